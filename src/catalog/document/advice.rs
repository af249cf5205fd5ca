//! A violation of a meta-schema in the words of somebody who is writing the file: what is wrong, and what to write.

use serde_json::Value;

use super::parsed::{Document, Syntax};
use super::problem::Problem;
use crate::catalog::schema::{Schema, Violation, describe};
use crate::model::pointer::unescaped;

/// The problem that a violation is.
pub(super) fn problem(document: &Document, schema: &Schema, violation: &Violation) -> Problem {
    let advice = Advice { document, schema, violation };
    let (message, help) = match violation.keyword.as_str() {
        "additionalProperties" => advice.unknown_member(),
        "required" => advice.missing_member(),
        "enum" => advice.none_of_the_values(),
        "type" => advice.wrong_type(),
        _ => advice.outside(),
    };
    let problem = document.problem(&violation.at, message);
    match help {
        Some(help) => problem.help(help),
        None => problem,
    }
}

struct Advice<'a> {
    document: &'a Document,
    schema: &'a Schema,
    violation: &'a Violation,
}

type Words = (String, Option<String>);

impl<'a> Advice<'a> {
    /// The subschema that the broken keyword stands in.
    fn subschema(&self) -> Option<&'a Value> {
        let (parent, _) = self.violation.place.rsplit_once('/')?;
        self.schema.part(parent)
    }

    /// The name of the member that the violation is at.
    fn name(&self) -> String {
        let name = self.violation.at.rsplit('/').next().unwrap_or_default();
        unescaped(name)
    }

    /// What stands at the violation.
    fn found(&self) -> Option<&'a Value> {
        self.document.value.pointer(&self.violation.at)
    }

    fn unknown_member(&self) -> Words {
        let name = self.name();
        let allowed = self.subschema().and_then(|schema| schema.get("properties")).and_then(Value::as_object);
        let allowed: Vec<_> = allowed.into_iter().flat_map(|members| members.keys()).map(String::as_str).collect();
        (format!("unknown member `{name}`"), closest_or_all(&name, &allowed))
    }

    fn missing_member(&self) -> Words {
        let name = self.name();
        let member = self.subschema().and_then(|schema| schema.get("properties")?.get(&name));
        let example = member.and_then(|member| self.example(member)).map(|example| self.written(&example));
        let description = member.and_then(|member| self.keyword(member, "description")).and_then(Value::as_str);
        let help = match (example, description) {
            (Some(example), Some(description)) => format!("write {}: {description}", self.assigned(&name, &example)),
            (Some(example), None) => format!("write {}", self.assigned(&name, &example)),
            (None, Some(description)) => format!("it is this: {description}"),
            (None, None) => return (format!("`{name}` is missing"), None),
        };
        (format!("`{name}` is missing"), Some(help))
    }

    fn none_of_the_values(&self) -> Words {
        let values = self.subschema().and_then(|schema| schema.get("enum")).and_then(Value::as_array);
        let values: Vec<_> = values.into_iter().flatten().filter_map(Value::as_str).collect();
        let found = self.found();
        let message =
            format!("{} is not one of the values", found.map_or_else(String::new, |value| self.written(value)));
        (message, closest_or_all(found.and_then(Value::as_str).unwrap_or_default(), &values))
    }

    fn wrong_type(&self) -> Words {
        let message = format!("expected {}, found {}", self.violation.expected, self.violation.actual);
        let example = self.subschema().and_then(|schema| self.example(schema));
        (message, example.map(|example| format!("write it as {}", self.written(&example))))
    }

    fn outside(&self) -> Words {
        let found = self.found().map_or_else(|| self.violation.actual.clone(), describe);
        let message = format!("expected {}, found {found}", self.violation.expected);
        let subschema = self.subschema();
        let example = subschema.and_then(|schema| self.example(schema)).map(|example| self.written(&example));
        let description = subschema.and_then(|schema| schema.get("description")).and_then(Value::as_str);
        let help = match (example, description) {
            (Some(example), Some(description)) => Some(format!("write it as {example}: {description}")),
            (Some(example), None) => Some(format!("write it as {example}")),
            (None, description) => description.map(|description| format!("it is this: {description}")),
        };
        (message, help)
    }

    /// A keyword of a subschema, or of what it refers to in the same document.
    fn keyword(&self, subschema: &'a Value, keyword: &str) -> Option<&'a Value> {
        let referred = || self.schema.part(subschema.get("$ref")?.as_str()?.strip_prefix('#')?)?.get(keyword);
        subschema.get(keyword).or_else(referred)
    }

    /// A value that the subschema allows: its own example, or one of its type.
    fn example(&self, subschema: &'a Value) -> Option<Value> {
        let listed = |keyword| self.keyword(subschema, keyword).and_then(|values| values.get(0)).cloned();
        listed("examples").or_else(|| listed("enum")).or_else(|| {
            Some(match self.keyword(subschema, "type")?.as_str()? {
                "boolean" => Value::Bool(true),
                "integer" => 3.into(),
                "string" => "text".into(),
                _ => return None,
            })
        })
    }

    fn assigned(&self, name: &str, value: &str) -> String {
        match self.document.syntax {
            Syntax::Toml => format!("`{} = {value}`", key(name)),
            Syntax::Json => format!("`{}: {value}`", Value::from(name)),
        }
    }

    /// A value as the document's syntax writes it.
    fn written(&self, value: &Value) -> String {
        match (self.document.syntax, value) {
            (Syntax::Toml, Value::Array(elements)) => {
                format!("[{}]", elements.iter().map(|element| self.written(element)).collect::<Vec<_>>().join(", "))
            }
            (Syntax::Toml, Value::Object(members)) => {
                let members = members.iter().map(|(name, value)| format!("{} = {}", key(name), self.written(value)));
                format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
            }
            _ => value.to_string(),
        }
    }
}

/// A key as TOML writes it.
fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if bare { name.to_owned() } else { Value::from(name).to_string() }
}

/// The one of several names that is most like the given one; empty where there is none.
#[must_use]
pub fn nearest<'n>(given: &str, names: &[&'n str]) -> &'n str {
    let nearness = |name: &&&str| strsim::jaro_winkler(given, name);
    names.iter().max_by(|a, b| nearness(a).total_cmp(&nearness(b))).copied().unwrap_or_default()
}

/// "did you mean …?", or all there is to choose from.
#[must_use]
pub fn closest_or_all(given: &str, allowed: &[&str]) -> Option<String> {
    const MIN_LIKENESS: f64 = 0.8;
    let closest = nearest(given, allowed);
    if allowed.is_empty() {
        return None;
    }
    if strsim::jaro_winkler(given, closest) >= MIN_LIKENESS {
        return Some(format!("did you mean `{closest}`?"));
    }
    let all: Vec<_> = allowed.iter().map(|name| format!("`{name}`")).collect();
    Some(if all.len() == 1 { format!("write {}", all[0]) } else { format!("write one of {}", all.join(", ")) })
}
