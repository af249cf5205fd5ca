//! Faults of the header fields that an operation takes as parameters: each against its own declaration.

use super::acceptance::Acceptance::{Lenient, Never};
use super::draft::{Subject, Variant};
use super::row::{Fault, fault};
use crate::catalog::suite::{Field, FieldType};

/// The table of this family.
pub(super) static FAULTS: &[Fault] = &[
    fault!(
        "header-missing",
        MissingField,
        "A required header field is left out.",
        "DELETE /api/things/1 without If-Match",
        "the field's declaration",
        missing
    ),
    fault!(
        "header-ill-typed",
        WrongType,
        "A header field whose value is not of the declared type.",
        "X-Api-Version: abc",
        "the field's declared type",
        ill_typed
    ),
    fault!(
        "header-invalid",
        InvalidValue,
        "A header field whose value is outside its declared constraint: no UUID, below the minimum, above the maximum, no member of the enumeration.",
        "X-Api-Version: 0",
        "the field's declared constraints",
        invalid
    ),
];

fn missing(subject: &Subject<'_>) -> Vec<Variant> {
    each(subject, |field| if field.required && !field.lenient { vec![(String::new(), None)] } else { Vec::new() })
}

fn ill_typed(subject: &Subject<'_>) -> Vec<Variant> {
    each(subject, |field| match field.kind {
        FieldType::Integer | FieldType::Number => vec![(String::new(), Some("abc".to_owned()))],
        FieldType::Boolean => vec![(String::new(), Some("maybe".to_owned()))],
        _ => Vec::new(),
    })
}

fn invalid(subject: &Subject<'_>) -> Vec<Variant> {
    each(subject, |field| {
        let below = field.minimum.and_then(|minimum| minimum.checked_sub(1)).map(|value| value.to_string());
        let above = field.maximum.and_then(|maximum| maximum.checked_add(1)).map(|value| value.to_string());
        let unknown = (!field.values.is_empty()).then(|| "errdrift".to_owned());
        let no_uuid = (field.kind == FieldType::Uuid).then(|| "not-a-uuid".to_owned());
        let malformed = field.malformed.as_ref().and_then(|value| value.as_str()).map(str::to_owned);
        let all = [("below", below), ("above", above), ("enum", unknown), ("uuid", no_uuid), ("malformed", malformed)];
        all.into_iter().filter_map(|(word, value)| Some((format!(".{word}"), Some(value?)))).collect()
    })
}

/// A variant for each wrong value of each declared field: how its name ends, and the value; none leaves the field out.
fn each(subject: &Subject<'_>, wrong: impl Fn(&Field) -> Vec<(String, Option<String>)>) -> Vec<Variant> {
    let Some(operation) = subject.operation else { return Vec::new() };
    let variants = operation.headers.iter().flat_map(|(name, field)| {
        let acceptance = if field.lenient { Lenient } else { Never };
        let variant = |(ending, value): (String, Option<String>)| {
            let name = name.to_ascii_lowercase();
            subject.variant(format!("{name}{ending}"), acceptance, |draft| draft.set_field(&name, value))
        };
        wrong(field).into_iter().map(variant).collect::<Vec<_>>()
    });
    variants.collect()
}
