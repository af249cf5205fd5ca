//! Faults of a member's value: of the declared type, and outside its declared constraint.

use serde_json::{Value, json};

use super::acceptance::Acceptance;
use super::acceptance::Acceptance::{Lenient, Never};
use super::body::{members, with};
use super::draft::{Subject, Variant};
use super::row::{Fault, fault};
use crate::catalog::suite::{Field, FieldType};
use crate::model::cause::Cause;

/// The table of this family.
pub static FAULTS: &[Fault] = &[
    fault!(
        "member-invalid-uuid",
        InvalidValue,
        "A text that is no UUID.",
        "{\"company_id\":\"not-a-uuid\"}",
        "the member's declared type",
        |s| each(s, Never, |field| (field.kind == FieldType::Uuid).then(|| json!("not-a-uuid")))
    ),
    fault!(
        "member-unknown-enum",
        InvalidValue,
        "A value that the declared enumeration does not have.",
        "{\"type\":\"errdrift\"}",
        "the member's declared enumeration",
        |s| each(s, Never, |field| (!field.values.is_empty()).then(|| json!("errdrift")))
    ),
    fault!(
        "member-malformed",
        InvalidValue,
        "A value that breaks the declared format.",
        "{\"email\":\"errdrift\"}",
        "the member's declared format",
        |s| each(s, Never, |field| field.malformed.clone())
    ),
    fault!(
        "member-nul",
        InvalidValue,
        "An escaped NUL in a text: JSON allows it, databases refuse it, and services that pass it on fail.",
        "{\"alias\":\"errdrift\\u0000\"}",
        "RFC 8259, section 7",
        nul
    ),
    fault!(
        "member-below-minimum",
        InvalidValue,
        "A number below the declared minimum.",
        "{\"price\":-1}",
        "the member's declared minimum",
        |s| each(s, Never, |field| Some(json!(field.minimum?.checked_sub(1)?)))
    ),
    fault!(
        "member-above-maximum",
        InvalidValue,
        "A number above the declared maximum.",
        "{\"count\":101}",
        "the member's declared maximum",
        |s| each(s, Never, |field| Some(json!(field.maximum?.checked_add(1)?)))
    ),
    fault!(
        "member-too-short",
        InvalidValue,
        "A text below the declared length.",
        "{\"alias\":\"\"}",
        "the member's declared length",
        |s| each(s, Never, |field| Some(text(field.min_length?.checked_sub(1)?)))
    ),
    fault!(
        "member-too-long",
        InvalidValue,
        "A text above the declared length.",
        "{\"alias\":\"xxxx…\"}",
        "the member's declared length",
        |s| each(s, Never, |field| Some(text(field.max_length?.checked_add(1)?)))
    ),
    fault!(
        "member-fractional",
        InvalidValue,
        "A fraction for an integer; a lenient server rounds it.",
        "{\"cartId\":1.5}",
        "the member's declared type",
        |s| each(s, Lenient, |field| (field.kind == FieldType::Integer).then(|| json!(1.5)))
    ),
    fault!(
        "member-overflow",
        InvalidValue,
        "An integer beyond 64 bits; a server with large integers takes it.",
        "{\"cartId\":18446744073709551615}",
        "the member's declared type",
        |s| each(s, Lenient, |field| (field.kind == FieldType::Integer).then(|| json!(u64::MAX)))
            .into_iter()
            .map(Variant::form_only)
            .collect()
    ),
];

fn text(length: u64) -> Value {
    json!("x".repeat(usize::try_from(length).unwrap_or_default()))
}

/// One variant a declared member for which there is a wrong value.
fn nul(subject: &Subject<'_>) -> Vec<Variant> {
    let text = |field: &Field| field.kind == FieldType::String && field.values.is_empty();
    let variants = each(subject, Lenient, |field| text(field).then(|| json!("errdrift\u{0}")));
    variants.into_iter().take(MAX_NUL).map(Variant::form_only).collect()
}

/// The most members of an operation that are sent with a NUL: they are read alike.
const MAX_NUL: usize = 2;

fn each(subject: &Subject<'_>, acceptance: Acceptance, wrong: impl Fn(&Field) -> Option<Value>) -> Vec<Variant> {
    let members = members(subject);
    let variant = |member: &super::body::Member<'_>| {
        let wrong = wrong(member.field)?;
        // What is wrong with an optional member, a lenient server may pass over; but not what the type itself excludes.
        let certain = member.required || member.field.kind == FieldType::Uuid;
        let acceptance = if certain { acceptance } else { Lenient };
        let variant = with(subject, &members, member, member.name(), acceptance, wrong)?;
        Some(if member.field.kind == FieldType::Integer { variant.also(&[Cause::WrongType]) } else { variant })
    };
    members.iter().filter_map(variant).collect()
}
