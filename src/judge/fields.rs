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
    belongs: |contract| contract.file.fields.is_some(),
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
    for (name, value) in mirror {
        let at = member(&place.at, name);
        match declared(operation, name) {
            Some(Declared::Field(field)) => compare(field, value, &at, case.mask(), &mut wrong),
            Some(Declared::Free) => {}
            None => wrong.push((at, DECLARED.to_owned(), format!("`{}`", describe::cut(&case.mask().name(name))))),
        }
    }
    let finding = |(at, expected, actual): (String, String, String)| {
        let found = Found::new(&FIELDS_MIRROR_NOTHING, Place::pointer(case.mask().pointer(&at)))
            .severity(place.strength.severity());
        found.expected(expected).source(place.source.as_str()).actual(actual)
    };
    wrong.into_iter().map(finding).collect()
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

    vec![(
        "error fields-mirror-nothing /error/fields/nosuch",
        DEAL,
        Outcome::Reply(escrow(&json!({"code": "X", "fields": {"nosuch": "REQUIRED"}}))),
    )]
}
