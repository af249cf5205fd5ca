//! The one door to the JSON Schema library.
//!
//! A schema is compiled once and gives every violation of an instance in words of our own, so that a change of the
//! library is felt in this file only. It knows nothing of contracts, files or replies, and never touches the network.

mod graph;
mod growth;
pub mod members;
mod overlap;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod words;

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::Value;

use self::growth::Growth;
use crate::model::pointer::member;

/// A compiled JSON Schema (2020-12 where it does not say otherwise).
#[derive(Debug)]
pub struct Schema {
    document: Value,
    validator: Validator,
    growth: Growth,
}

/// One way in which an instance is not what the schema says.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Violation {
    /// JSON Pointer into the instance. Where a member is missing or too much, of that member.
    pub at: String,
    /// JSON Pointer into the schema, to the keyword.
    pub place: String,
    /// The keyword.
    pub keyword: String,
    /// What the schema allows, as the end of "expected …".
    pub expected: String,
    /// What is there, as the end of "found …".
    pub actual: String,
}

impl Schema {
    /// Compiles a schema. `name` is what an error calls it.
    ///
    /// Formats are asserted, an unknown format is an error, patterns run in linear time (so no look-around), and a
    /// reference to a schema elsewhere is an error.
    ///
    /// # Errors
    /// What is wrong with the schema, and where.
    pub fn compile(name: &str, schema: &Value) -> Result<Self, String> {
        let growth = Growth::of(schema).map_err(|why| format!("{name} is no valid JSON Schema: {why}"))?;
        let validator = jsonschema::options()
            .offline()
            .should_validate_formats(true)
            .should_ignore_unknown_formats(false)
            .with_pattern_options(PatternOptions::regex())
            .build(schema)
            .map_err(|error| match error.instance_path().as_str() {
                "" => format!("{name} is no valid JSON Schema: {error}"),
                at => format!("{name} is no valid JSON Schema: {at}: {error}"),
            })?;
        Ok(Self { document: schema.clone(), validator, growth })
    }

    /// Every violation, ordered by its place in the instance.
    #[must_use]
    pub fn violations(&self, instance: &Value) -> Vec<Violation> {
        if let Some(steps) = self.growth.excess(instance) {
            return vec![too_much(steps)];
        }
        // Most replies conform, which is told faster than what is wrong.
        if self.validator.is_valid(instance) {
            return Vec::new();
        }
        let mut violations: Vec<_> =
            self.validator.iter_errors(instance).flat_map(|error| of(&error, instance)).take(MAX_VIOLATIONS).collect();
        violations.sort();
        violations.dedup();
        violations
    }

    /// Whether there is no violation.
    #[must_use]
    pub fn accepts(&self, instance: &Value) -> bool {
        self.growth.excess(instance).is_none() && self.validator.is_valid(instance)
    }

    /// The schema as it is written.
    #[must_use]
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// The part of the schema that a pointer names, as the `place` of a violation does.
    #[must_use]
    pub fn part(&self, place: &str) -> Option<&Value> {
        self.document.pointer(place)
    }
}

/// Violations of one instance that are reported: more tell a reader nothing.
const MAX_VIOLATIONS: usize = 200;

/// An instance that the schema cannot be held against.
fn too_much(steps: u64) -> Violation {
    let steps = if steps == u64::MAX { "more steps than can be counted".to_owned() } else { format!("{steps} steps") };
    Violation {
        at: String::new(),
        place: "/$ref".to_owned(),
        keyword: "$ref".to_owned(),
        expected: "a value that the schema can be held against".to_owned(),
        actual: format!("one for which it takes {steps}, since it asks for the same parts again and again"),
    }
}

/// What one error of the library says; the library puts several members into one error.
fn of(error: &ValidationError<'_>, instance: &Value) -> Vec<Violation> {
    let at = error.instance_path().as_str();
    let violation = |at: String, expected: String, actual: String| Violation {
        at,
        place: error.schema_path().as_str().to_owned(),
        keyword: error.kind().keyword().to_owned(),
        expected,
        actual,
    };
    match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![violation(member(at, name), format!("a member `{name}`"), "no such member".to_owned())]
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => unexpected
            .iter()
            .take(MAX_VIOLATIONS)
            .map(|name| {
                let at = member(at, name);
                let actual = instance.pointer(&at).map_or_else(|| "a member".to_owned(), describe);
                violation(at, format!("no member `{name}`"), actual)
            })
            .collect(),
        kind => vec![violation(at.to_owned(), expectation(kind), describe(error.instance()))],
    }
}

/// What the schema allows, as the end of "expected …".
fn expectation(kind: &Kind) -> String {
    match kind {
        Kind::Type { kind: TypeKind::Single(one) } => with_article(one.as_str()),
        Kind::Type { kind: TypeKind::Multiple(set) } => {
            let names: Vec<_> = set.iter().map(|one| with_article(one.as_str())).collect();
            names.join(" or ")
        }
        Kind::Enum { options } => match options.as_array().map(Vec::as_slice) {
            Some([one]) => excerpt(one),
            Some(many) => format!("one of {}", many.iter().map(excerpt).collect::<Vec<_>>().join(", ")),
            None => "one of the listed values".to_owned(),
        },
        Kind::Constant { expected_value } => excerpt(expected_value),
        Kind::Minimum { limit } => format!("at least {limit}"),
        Kind::Maximum { limit } => format!("at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("a multiple of {multiple_of}"),
        Kind::MinLength { limit } => format!("at least {}", counted(*limit, "character")),
        Kind::MaxLength { limit } => format!("at most {}", counted(*limit, "character")),
        Kind::MinItems { limit } => format!("at least {}", counted(*limit, "element")),
        Kind::MaxItems { limit } => format!("at most {}", counted(*limit, "element")),
        Kind::MinProperties { limit } => format!("at least {}", counted(*limit, "member")),
        Kind::MaxProperties { limit } => format!("at most {}", counted(*limit, "member")),
        Kind::AdditionalItems { limit } => format!("at most {}", counted(*limit as u64, "element")),
        Kind::UniqueItems => "no element twice".to_owned(),
        Kind::Pattern { pattern } => format!("text that matches {pattern}"),
        Kind::Format { format } => format!("text in the format {format}"),
        Kind::Contains => "an element of the wanted kind".to_owned(),
        Kind::FalseSchema => "nothing here".to_owned(),
        Kind::Not { .. } => "something that is not excluded here".to_owned(),
        Kind::PropertyNames { error } => format!("member names that are {}", expectation(error.kind())),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            format!("what one of {} schemas allows", context.len())
        }
        Kind::OneOfMultipleValid { .. } => "what exactly one of the schemas allows".to_owned(),
        other => format!("what `{}` allows", other.keyword()),
    }
}

/// A value in words: its type, then an excerpt of it.
#[must_use]
pub fn describe(value: &Value) -> String {
    told(value, |json| json)
}

/// The same, with what is made of its JSON text before that is cut.
#[must_use]
pub fn told(value: &Value, text: impl FnOnce(String) -> String) -> String {
    let kind = match value {
        Value::Null => return "null".to_owned(),
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    format!("{}, {}", with_article(kind), cut(text(value.to_string())))
}

/// The value's JSON, cut where it gets long.
fn excerpt(value: &Value) -> String {
    cut(value.to_string())
}

fn cut(text: String) -> String {
    // What a finding shows is cut further, once secrets are masked.
    const MAX_SOURCE: usize = 4_096;
    match text.char_indices().nth(MAX_SOURCE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn with_article(kind: &str) -> String {
    match kind {
        "null" => kind.to_owned(),
        "integer" | "array" | "object" => format!("an {kind}"),
        other => format!("a {other}"),
    }
}

fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
