//! Which members a schema documents, as far as it says so plainly: by `properties` and `required`, through references and
//! `allOf`.

use serde_json::Value;

use super::Schema;

/// A member that a schema documents.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Documented<'s> {
    /// Its name.
    pub name: &'s str,
    /// Its own schema.
    pub schema: &'s Value,
    /// Whether it must be there.
    pub required: bool,
}

impl Documented<'_> {
    /// Whether it may be a value of that JSON type, as [`crate::model::answer::kind`] names it.
    #[must_use]
    pub fn takes(&self, kind: &str) -> bool {
        let is = |word: &Value| word == kind || word == "number" && kind == "integer";
        match self.schema.get("type") {
            Some(Value::Array(words)) => words.iter().any(is),
            Some(word) => is(word),
            None => true,
        }
    }
}

/// References and parts that are followed at most, one within the other.
const MAX_DEPTH: usize = 16;

impl Schema {
    /// The documented members of the object at that pointer of an instance.
    #[must_use]
    pub fn documented(&self, at: &str) -> Vec<Documented<'_>> {
        let mut parts = vec![self.document()];
        for name in at.split('/').skip(1) {
            let of = |part| self.parts(part, MAX_DEPTH);
            parts = parts.into_iter().flat_map(of).filter_map(|part| part.get("properties")?.get(name)).collect();
        }
        let parts: Vec<&Value> = parts.into_iter().flat_map(|part| self.parts(part, MAX_DEPTH)).collect();
        let required = |name: &str| {
            let names = |part: &&Value| part.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
            parts.iter().any(|part| names(part).iter().any(|other| other == name))
        };
        let members = parts.iter().filter_map(|part| part.get("properties")?.as_object()).flatten();
        members.map(|(name, schema)| Documented { name, schema, required: required(name) }).collect()
    }

    /// The schema and all that it refers to or joins.
    fn parts<'s>(&'s self, schema: &'s Value, depth: usize) -> Vec<&'s Value> {
        let mut parts = vec![schema];
        if depth > 0 {
            let to = schema.get("$ref").and_then(Value::as_str).and_then(|to| self.part(to.strip_prefix('#')?));
            let joined = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
            parts.extend(to.into_iter().chain(joined).flat_map(|part| self.parts(part, depth - 1)));
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_found_through_references_and_parts() {
        let schema = json!({
            "allOf": [{"$ref": "#/$defs/base"}, {"required": ["error"]}],
            "$defs": {
                "base": {"properties": {"error": {"$ref": "#/$defs/error"}, "id": {}}},
                "error": {"type": "object", "required": ["code"], "properties": {"code": {"type": ["number", "null"]}}}
            }
        });
        let schema = Schema::compile("s", &schema).unwrap();
        let told = |at: &str| -> Vec<_> {
            schema.documented(at).iter().map(|member| (member.name.to_owned(), member.required)).collect()
        };
        assert_eq!(told(""), [("error".to_owned(), true), ("id".to_owned(), false)]);
        assert_eq!(told("/error"), [("code".to_owned(), true)]);
        assert!(told("/id").is_empty() && told("/none").is_empty());
        let code = schema.documented("/error")[0];
        assert!(code.takes("integer") && code.takes("null") && !code.takes("string"));
    }
}
