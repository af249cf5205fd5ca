//! The mirror of the request's fields, where the contract has one: it repeats the structure of declared fields.

use std::collections::BTreeMap;

use serde_json::Value;

use super::case::Case;
use super::describe;
use super::finding::Finding;
use super::found::Found;
use super::rule::{Needs, rules};
use crate::catalog::suite::{Field, FieldType, Operation};
use crate::model::place::Place;
use crate::model::pointer::{member, pointed};
use crate::model::secret::Mask;

static NEEDS_FIELDS: Needs = Needs {
    what: "reply with mirrored fields",
    belongs: |api| api.contract.file.fields.is_some(),
    holds: |case| {
        let fields = case.contract.file.fields.as_ref();
        fields.is_some_and(|place| case.json.is_some_and(|json| pointed(json, &place.at).is_some()))
    },
};

rules! {
    FIELDS_MIRROR_NOTHING = Error "fields-mirror-nothing" {
        what: "The error's fields name a field that the operation does not have, or structure where it has a value.",
        why: "The client cannot put the error beside the field that it is about.",
        example: "{\"fields\": {\"payment.type\": \"REQUIRED\"}} for {\"payment\": {\"type\": …}}",
        source: "the contract's fields promise",
        needs: NEEDS_FIELDS,
    }
}

/// What the mirror names and the operation does not declare.
pub(crate) fn findings(case: &Case<'_>) -> Vec<Finding> {
    let Some(place) = &case.contract.file.fields else { return Vec::new() };
    let Some(Value::Object(mirror)) = case.json.and_then(|json| pointed(json, &place.at)) else { return Vec::new() };
    let operation = case.probe.declared();
    // A path without an operation declares nothing that could be mirrored or not.
    let Some(operation) = operation else { return Vec::new() };
    let mut wrong = Vec::new();
    let mut flat = Vec::new();
    for (name, value) in mirror {
        let at = member(&place.at, name);
        let shown = || format!("`{}`", describe::cut(&case.mask().name(name)));
        match declared(operation, name) {
            Some(Declared::Field(field)) => compare(field, value, &at, case.mask(), &mut wrong),
            Some(Declared::Free) => {}
            None => match flattened(operation, name) {
                Some((separator, nested)) => flat.push((separator, (at, nested, shown()))),
                None => wrong.push((at, DECLARED.to_owned(), shown())),
            },
        }
    }
    let found = |class: String, (at, expected, actual): (String, String, String)| {
        let found = Found::new(&FIELDS_MIRROR_NOTHING, Place::pointer(case.mask().pointer(&at)))
            .severity(place.strength.severity());
        found.class(class).expected(expected).source(place.source.as_str()).actual(actual)
    };
    // One change mends all that are flat.
    let flat = flat.into_iter().map(|(separator, it)| found(format!("flattened with {separator}"), it));
    wrong.into_iter().map(|it| found(String::new(), it)).chain(flat).collect()
}

/// What joins the names of a flattened structure.
const SEPARATORS: [&str; 8] = [".", "/", "->", "[", "__", "_", "-", ":"];

/// The separator, and the structure that the name repeats in one text, where it does.
fn flattened(operation: &Operation, name: &str) -> Option<(&'static str, String)> {
    let repeats = |separator: &&str| {
        let plain = name.trim_start_matches(*separator).replace(']', "");
        let parts: Vec<_> = plain.split(*separator).collect();
        let (first, rest) = parts.split_first()?;
        let Some(Declared::Field(mut field)) = declared(operation, first) else { return None };
        if rest.is_empty() {
            return None;
        }
        for part in rest {
            // An object that declares no members has any.
            if field.kind == FieldType::Object && field.members.is_empty() && !part.is_empty() {
                break;
            }
            let element = field.items.as_deref().filter(|_| part.bytes().all(|digit| digit.is_ascii_digit()));
            field = element.or_else(|| field.members.get(*part))?;
        }
        let nested = parts.iter().rev().fold("…".to_owned(), |inner, part| format!("{{\"{part}\": {inner}}}"));
        Some(format!("the structure of the request: {nested}"))
    };
    SEPARATORS.iter().find_map(|separator| Some((*separator, repeats(separator)?)))
}

/// What a mirror may name.
const DECLARED: &str = "a declared field of the request";

enum Declared<'f> {
    Field(&'f Field),
    /// A member of an object of free keys.
    Free,
}

/// A field of the request of that name: in the body, in the query, in the path.
fn declared<'o>(operation: &'o Operation, name: &str) -> Option<Declared<'o>> {
    let body = operation.body.as_ref();
    let field = body
        .and_then(|body| body.members.get(name))
        .or_else(|| operation.query.get(name))
        .or_else(|| operation.path_parameters.get(name));
    field.map(Declared::Field).or_else(|| body.is_some_and(|body| body.free).then_some(Declared::Free))
}

fn compare(field: &Field, value: &Value, at: &str, mask: &Mask, wrong: &mut Vec<(String, String, String)>) {
    match (field.kind, value) {
        (FieldType::Object | FieldType::Json, Value::Object(mirror)) => {
            members(&field.members, mirror, at, mask, wrong);
        }
        (FieldType::Array, Value::Array(elements)) => {
            if let Some(items) = &field.items {
                for (index, element) in elements.iter().enumerate() {
                    compare(items, element, &format!("{at}/{index}"), mask, wrong);
                }
            }
        }
        (kind, Value::Object(_) | Value::Array(_)) => {
            let declared = format!("a text code: the field is declared as {}", word(kind));
            let told = crate::catalog::schema::told(value, |json| mask.json(value, json));
            wrong.push((at.to_owned(), declared, told));
        }
        // A code in place of a whole object or array says that all of it was wrong.
        _ => {}
    }
}

fn members(
    declared: &BTreeMap<String, Field>,
    mirror: &serde_json::Map<String, Value>,
    at: &str,
    mask: &Mask,
    wrong: &mut Vec<(String, String, String)>,
) {
    // An object that declares no members is one of free keys.
    if declared.is_empty() {
        return;
    }
    for (name, value) in mirror {
        let at = member(at, name);
        match declared.get(name) {
            Some(field) => compare(field, value, &at, mask, wrong),
            None => wrong.push((at, DECLARED.to_owned(), format!("`{}`", describe::cut(&mask.name(name))))),
        }
    }
}

fn word(kind: FieldType) -> &'static str {
    match kind {
        FieldType::String => "a string",
        FieldType::Uuid => "a UUID",
        FieldType::Integer => "an integer",
        FieldType::Number => "a number",
        FieldType::Boolean => "a boolean",
        FieldType::Object => "an object",
        FieldType::Array => "an array",
        FieldType::Json => "JSON text",
        FieldType::File => "a file",
    }
}

/// Replies that fire these rules: severity, rule and place, the probe, and what came. All are silent on what is promised.
#[cfg(test)]
pub(super) fn fires() -> Vec<super::tests::prelude::Row> {
    use super::tests::prelude::*;

    let naming = |name: &str| Outcome::Reply(escrow(&json!({"code": "X", "fields": {name: "REQUIRED"}})));
    vec![
        ("error fields-mirror-nothing /error/fields/nosuch", DEAL, naming("nosuch")),
        ("error fields-mirror-nothing /error/fields/handler.recipient", NEW_DEAL, naming("handler.recipient")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::tests::prelude::{NEW_DEAL, probe};

    #[test]
    fn a_name_that_repeats_a_declared_structure_in_one_text_is_told_from_one_that_repeats_none() {
        let operation = probe(NEW_DEAL).declared().unwrap();
        for (name, separator) in [
            ("handler.recipient", "."),
            ("handler.recipient.cityRef", "."),
            ("/handler/recipient", "/"),
            ("handler[recipient]", "["),
            ("handler_recipient", "_"),
        ] {
            assert_eq!(flattened(operation, name).map(|(separator, _)| separator), Some(separator), "{name}");
        }
        for name in [
            "nosuch.recipient",
            "handler.nosuch",
            "handler.",
            "handler.recipient.",
            "",
            ".",
            "body_handler",
            "[",
            "handler]",
        ] {
            assert_eq!(flattened(operation, name), None, "{name}");
        }
    }
}
