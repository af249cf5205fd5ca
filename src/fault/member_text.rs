//! Faults of a member's text: values that only bytes can say, where the service reads them.
//!
//! The same texts in a member that nobody declares are in [`super::json_syntax`]: a parser may mind them there, too, but what
//! stores, compares or repeats a value meets them in a declared member alone.

use serde_json::{Value, json};

use super::acceptance::Acceptance::Lenient;
use super::body::{Member, members, set};
use super::draft::{Subject, Variant};
use super::row::{Fault, fault};
use crate::catalog::suite::FieldType;

/// The table of this family.
pub static FAULTS: &[Fault] = &[
    fault!(
        "member-lone-surrogate",
        InvalidValue,
        "An escaped surrogate without its other half, in a declared text: UTF-8 cannot store or repeat it.",
        "{\"alias\":\"errdrift\\\\ud800\"}",
        "RFC 8259, section 8.2",
        |s| in_text(s, &[("", b"\"errdrift\\ud800\"")])
    ),
    fault!(
        "member-invalid-utf-8",
        MalformedBody,
        "A byte that is no UTF-8, in a declared text.",
        "{\"alias\":\"errdrift<FF>\"}",
        "RFC 8259, section 8.1",
        |s| in_text(s, &[("", b"\"errdrift\xff\"")])
    ),
    fault!(
        "member-not-finite",
        MalformedBody,
        "NaN and the infinities for a value: JSON has none, and services that take them answer with them.",
        "{\"price\":NaN}",
        "RFC 8259, section 6",
        |s| in_number(s, &[("nan", b"NaN"), ("infinity", b"Infinity"), ("minus-infinity", b"-Infinity")])
    ),
    fault!(
        "member-huge-number",
        InvalidValue,
        "A number beyond what a double holds for a value, and one of 400 digits.",
        "{\"price\":1e400}",
        "RFC 8259, section 6",
        |s| in_number(s, &[("exponent", b"1e400"), ("digits", &[b'1'; 400])])
    ),
    fault!(
        "member-deep-nesting",
        InvalidValue,
        "Arrays nested 200 deep for a value.",
        "{\"price\":[[[[…]]]]}",
        "RFC 8259, section 9",
        |s| in_number(s, &[("", [[b'['; 200], [b']'; 200]].as_flattened())])
    ),
    fault!(
        "member-strange-name",
        InvalidValue,
        "A member without a name, and one with a name of 10,000 letters, beside the declared ones.",
        "{\"\":1}",
        "RFC 8259, section 4",
        strange_name
    ),
    fault!(
        "member-duplicate",
        MalformedBody,
        "A member twice: parsers take the first, the last, or refuse.",
        "{\"alias\":\"errdrift\",\"alias\":\"errdrift\"}",
        "RFC 8259, section 4",
        duplicate
    ),
];

/// What stands for the text in a request until its bytes are written.
const SLOT: &str = "errdrift-slot-of-a-text";

/// The first declared text with each of these values; an error's form alone is judged, since a server may take any of them.
fn in_text(subject: &Subject<'_>, values: &[(&str, &[u8])]) -> Vec<Variant> {
    let is_text = |member: &Member<'_>| member.field.kind == FieldType::String && member.field.values.is_empty();
    in_first(subject, is_text, values)
}

/// The first declared number, or else the first value, with each of these values.
fn in_number(subject: &Subject<'_>, values: &[(&str, &[u8])]) -> Vec<Variant> {
    let is_number = |member: &Member<'_>| matches!(member.field.kind, FieldType::Integer | FieldType::Number);
    let is_value = |member: &Member<'_>| !matches!(member.field.kind, FieldType::Object | FieldType::Array);
    let variants = in_first(subject, is_number, values);
    if variants.is_empty() { in_first(subject, is_value, values) } else { variants }
}

fn in_first(subject: &Subject<'_>, fits: impl Fn(&Member<'_>) -> bool, values: &[(&str, &[u8])]) -> Vec<Variant> {
    let members = members(subject);
    let Some((member, base)) = members.iter().find(|member| fits(member)).zip(subject.base.json.as_ref()) else {
        return Vec::new();
    };
    let mut json = base.clone();
    set(&mut json, &members, &member.way, json!(SLOT));
    let text = json.to_string();
    let Some((before, after)) = text.split_once(&json!(SLOT).to_string()) else { return Vec::new() };
    let variant = |(word, value): &(&str, &[u8])| {
        let bytes = [before.as_bytes(), value, after.as_bytes()].concat();
        let name = if word.is_empty() { member.name() } else { format!("{}.{word}", member.name()) };
        subject.variant(name, Lenient, |draft| draft.set_body(bytes)).form_only()
    };
    values.iter().map(variant).collect()
}

fn strange_name(subject: &Subject<'_>) -> Vec<Variant> {
    let (Some(_), Some(base)) = (subject.json_body(), subject.base.json.as_ref()) else { return Vec::new() };
    let with = |word: &str, name: String| {
        let mut json = base.clone();
        json.as_object_mut()?.insert(name, Value::from(1));
        Some(subject.variant(word, Lenient, |draft| draft.set_json(json)).form_only())
    };
    [("empty", String::new()), ("long", "x".repeat(10_000))]
        .into_iter()
        .filter_map(|(word, name)| with(word, name))
        .collect()
}

/// The first member of the request once more with the value that it has: whichever is taken, the request is the same.
fn duplicate(subject: &Subject<'_>) -> Vec<Variant> {
    let (Some(_), Some(Value::Object(base))) = (subject.json_body(), subject.base.json.as_ref()) else {
        return Vec::new();
    };
    let Some((name, value)) = base.iter().next() else { return Vec::new() };
    let text = Value::Object(base.clone()).to_string();
    let text = format!("{},{}:{value}}}", text.strip_suffix('}').unwrap_or(&text), json!(name));
    vec![subject.variant(name, Lenient, |draft| draft.set_body(text)).form_only()]
}
