//! Faults of the body's shape: valid JSON of another structure than the operation declares.

use serde_json::{Map, Value, json};

use super::acceptance::Acceptance;
use super::acceptance::Acceptance::{Lenient, Never, Unread};
use super::draft;
use super::draft::{Subject, Variant};
use super::row::{Fault, fault};
use crate::catalog::suite::{Field, FieldType};
use crate::model::cause::Cause;

/// The table of this family.
pub static FAULTS: &[Fault] = &[
    fault!(
        "body-root-type",
        MalformedBody,
        "An array, a string, a number, true and null in place of the object.",
        "[]",
        "the operation's declared body",
        root_type
    ),
    fault!(
        "body-empty-object",
        MissingField,
        "An object without any member, where some are required.",
        "{}",
        "the operation's declared body",
        empty_object
    ),
    fault!(
        "body-unknown-reference",
        UnknownResource,
        "A well-formed body that names an account or a resource that does not exist.",
        "{\"cartId\":0}",
        "the operation's declared refusal",
        unknown_reference
    ),
    fault!(
        "member-missing",
        MissingField,
        "A required member is left out, nested ones too.",
        "{\"credentials\":{\"email\":\"x\"}}",
        "the member's declaration",
        missing
    ),
    fault!(
        "member-renamed",
        MissingField,
        "A required member with another case; a lenient server does not mind.",
        "{\"Alias\":\"x\"}",
        "the member's declaration; RFC 8259, section 8.3",
        renamed
    ),
    fault!(
        "member-null",
        WrongType,
        "A member that is null; a lenient server takes an optional one for absent.",
        "{\"alias\":null}",
        "the member's declared type",
        null
    ),
    fault!(
        "member-type",
        WrongType,
        "A member of each other JSON type; a lenient server converts between scalars.",
        "{\"alias\":{}}",
        "the member's declared type",
        other_type
    ),
];

fn root_type(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(body) = subject.json_body() else { return Vec::new() };
    let required = body.members.values().any(|field| field.required);
    let roots = [("array", "[]"), ("string", "\"errdrift\""), ("number", "1"), ("true", "true"), ("null", "null")];
    let variant = |(name, text): (&str, &str)| {
        // What an operation needs no body for, a lenient server may take for none: null above all, and an empty list, which is
        // an empty object in PHP and has the members of one in JavaScript.
        let unread = body.optional || (matches!(name, "null" | "array") && !required);
        subject.variant(name, if unread { Unread } else { Never }, |draft| draft.set_body(text))
    };
    roots.into_iter().map(variant).collect()
}

fn empty_object(subject: &Subject<'_>) -> Vec<Variant> {
    let required = subject.json_body().is_some_and(|body| body.members.values().any(|field| field.required));
    if required { subject.only(Never, |draft| draft.set_body("{}")) } else { Vec::new() }
}

fn unknown_reference(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(refusal) = subject.operation.and_then(|operation| operation.refused.as_ref()) else { return Vec::new() };
    let variant = subject.variant("", Never, |_| {}).instead(refusal.cause);
    // No document says which code an unknown account has.
    vec![if refusal.cause.is_about_credentials() { variant.form_only() } else { variant }]
}

/// A declared member with the way to it: names of members, `0` for the first element of an array.
pub(super) struct Member<'f> {
    /// The way from the root.
    pub(super) way: Vec<String>,
    /// The declaration.
    pub(super) field: &'f Field,
    /// Whether it and everything on the way to it is required.
    pub(super) required: bool,
}

impl Member<'_> {
    /// The way with dots, as it stands in a probe's id.
    pub(super) fn name(&self) -> String {
        self.way.join(".")
    }

    fn is_element(&self) -> bool {
        self.way.last().is_some_and(|part| part == "0")
    }
}

/// Every declared member of the operation's JSON body, parents first.
pub(super) fn members<'s>(subject: &Subject<'s>) -> Vec<Member<'s>> {
    let mut all = Vec::new();
    if let Some(body) = subject.json_body() {
        for (name, field) in &body.members {
            collect(std::slice::from_ref(name), field, field.required, &mut all);
        }
    }
    all
}

fn collect<'f>(way: &[String], field: &'f Field, required: bool, all: &mut Vec<Member<'f>>) {
    all.push(Member { way: way.to_vec(), field, required });
    let below = |part: &str| way.iter().cloned().chain([part.to_owned()]).collect::<Vec<_>>();
    for (name, child) in &field.members {
        collect(&below(name), child, required && child.required, all);
    }
    if let Some(items) = &field.items {
        collect(&below("0"), items, required, all);
    }
}

/// Sets the member in the JSON value, and makes what is missing on the way to it from the declarations.
pub(super) fn set(root: &mut Value, members: &[Member<'_>], way: &[String], value: Value) {
    let mut place = root;
    for (depth, part) in way.iter().enumerate() {
        let parent = &way[..depth];
        if place.is_null() || place.as_array().is_some_and(Vec::is_empty) {
            let declared = members.iter().find(|member| member.way == parent);
            *place = declared.map_or_else(|| Value::Object(Map::new()), |member| draft::example(member.field));
        }
        place = match place {
            Value::Array(elements) => match elements.first_mut() {
                Some(element) => element,
                None => return,
            },
            Value::Object(object) => object.entry(part.clone()).or_insert(Value::Null),
            _ => return,
        };
    }
    *place = value;
}

fn without(root: &mut Value, way: &[String]) -> Option<Value> {
    let (last, parent) = way.split_last()?;
    let mut place = root;
    for part in parent {
        place = match place {
            Value::Array(elements) => elements.first_mut()?,
            Value::Object(object) => object.get_mut(part)?,
            _ => return None,
        };
    }
    place.as_object_mut()?.shift_remove(last)
}

/// The base with one member set to a value.
pub(super) fn with(
    subject: &Subject<'_>,
    members: &[Member<'_>],
    member: &Member<'_>,
    name: String,
    acceptance: Acceptance,
    value: Value,
) -> Option<Variant> {
    let mut json = subject.base.json.clone()?;
    set(&mut json, members, &member.way, value);
    Some(subject.variant(name, acceptance, |draft| draft.set_json(json)))
}

fn missing(subject: &Subject<'_>) -> Vec<Variant> {
    let members = members(subject);
    // The first element of an array is no member.
    let required = members.iter().filter(|member| member.required && member.field.required && !member.is_element());
    let variant = |member: &Member<'_>| {
        let mut json = subject.base.json.clone()?;
        without(&mut json, &member.way)?;
        Some(subject.variant(member.name(), Never, |draft| draft.set_json(json)))
    };
    required.filter_map(variant).collect()
}

fn renamed(subject: &Subject<'_>) -> Vec<Variant> {
    let members = members(subject);
    let required = members.iter().filter(|member| member.required && member.field.required && !member.is_element());
    let variant = |member: &Member<'_>| {
        let mut json = subject.base.json.clone()?;
        let value = without(&mut json, &member.way)?;
        let (last, parent) = member.way.split_last()?;
        let upper = last.to_uppercase();
        let other = if upper == *last { last.to_lowercase() } else { upper };
        if other == *last {
            return None;
        }
        let way: Vec<_> = parent.iter().cloned().chain([other]).collect();
        set(&mut json, &members, &way, value);
        Some(subject.variant(member.name(), Lenient, |draft| draft.set_json(json)))
    };
    required.filter_map(variant).collect()
}

fn null(subject: &Subject<'_>) -> Vec<Variant> {
    let members = members(subject);
    let variant = |member: &Member<'_>| {
        // An array's element may be null in formats that keep places.
        let acceptance = if member.required && !member.is_element() { Never } else { Lenient };
        with(subject, &members, member, member.name(), acceptance, Value::Null)
    };
    members.iter().filter_map(variant).collect()
}

fn other_type(subject: &Subject<'_>) -> Vec<Variant> {
    let members = members(subject);
    let mut variants = Vec::new();
    for member in &members {
        for (name, value) in [
            ("string", json!("errdrift")),
            ("number", json!(7)),
            ("boolean", json!(true)),
            ("array", json!([])),
            ("object", json!({})),
        ] {
            let Some(acceptance) = taken(member.field, name) else { continue };
            // An empty object may be taken for an empty list; one with a member is no element of objects that need others.
            let value = if name == "object" && has_demanding_elements(member.field) {
                json!({ "errdrift": true })
            } else {
                value
            };
            let acceptance = if member.required { acceptance } else { Lenient };
            let id = format!("{}.{name}", member.name());
            let variant = with(subject, &members, member, id, acceptance, value);
            // What is no UUID at all is a wrong type or a wrong value, and so is a text for a number.
            variants.extend(variant.map(|variant| {
                if matches!(member.field.kind, FieldType::Uuid | FieldType::Integer | FieldType::Number) {
                    variant.also(&[Cause::InvalidValue])
                } else {
                    variant
                }
            }));
        }
    }
    variants
}

/// Whether the field is a list of objects that have required members.
fn has_demanding_elements(field: &Field) -> bool {
    field.items.as_ref().is_some_and(|items| demands(items))
}

/// Whether the field is an object with a required member: nothing that is empty stands for it.
fn demands(field: &Field) -> bool {
    field.kind == FieldType::Object && field.members.values().any(|member| member.required)
}

/// Whether a lenient server may take the JSON type for the declared one; `None` where it is the declared one.
fn taken(field: &Field, given: &str) -> Option<Acceptance> {
    Some(match (field.kind, given) {
        (FieldType::String | FieldType::Uuid, "string")
        | (FieldType::Integer | FieldType::Number, "number")
        | (FieldType::Boolean, "boolean")
        | (FieldType::Object | FieldType::Json, "object")
        | (FieldType::Array, "array")
        | (FieldType::File, _) => return None,
        // A single value may be taken for a list of it.
        (FieldType::Array, _) if has_demanding_elements(field) => Never,
        (FieldType::String, "number" | "boolean")
        | (FieldType::Integer | FieldType::Number, "boolean")
        | (FieldType::Boolean, "string" | "number")
        | (FieldType::Array, "string" | "number" | "boolean" | "object") => Lenient,
        // PHP knows no difference between an empty list and an empty object.
        (FieldType::Object, "array") if !demands(field) => Lenient,
        _ => Never,
    })
}
