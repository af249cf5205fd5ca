//! Faults of the query: each declared parameter against its own declaration.

use super::acceptance::Acceptance;
use super::acceptance::Acceptance::{Lenient, Never, Right};
use super::draft;
use super::draft::{Subject, Variant};
use super::row::{Fault, fault};
use crate::catalog::suite::{Field, FieldType};
use crate::model::cause::Cause;

/// The table of this family.
pub static FAULTS: &[Fault] = &[
    fault!(
        "query-absent",
        MissingField,
        "No query where at least one parameter is needed.",
        "GET /api/handlers/NovaPoshta/costs",
        "the operation's declaration",
        absent
    ),
    fault!(
        "query-missing",
        MissingField,
        "A required parameter is left out.",
        "GET /api/payers/nosuch/commissionAmount",
        "the parameter's declaration",
        missing
    ),
    fault!(
        "query-ill-typed",
        WrongType,
        "A value that is not of the declared type.",
        "GET /api/folders/?limit=abc",
        "the parameter's declared type",
        ill_typed
    ),
    fault!(
        "query-invalid-uuid",
        InvalidValue,
        "A value that is no UUID.",
        "GET /api/users/?company_id=not-a-uuid",
        "the parameter's declared type",
        invalid_uuid
    ),
    fault!(
        "query-negative",
        InvalidValue,
        "A value below the declared minimum, and negative.",
        "GET /api/folders/?offset=-1",
        "the parameter's declared minimum",
        |subject| below(subject, true)
    ),
    fault!(
        "query-below-minimum",
        InvalidValue,
        "A value below the declared minimum, and not negative.",
        "GET /api/things/?page=0",
        "the parameter's declared minimum",
        |subject| below(subject, false)
    ),
    fault!(
        "query-above-maximum",
        InvalidValue,
        "A value above the declared maximum.",
        "GET /api/things/?limit=101",
        "the parameter's declared maximum",
        above
    ),
    fault!(
        "query-unknown-enum",
        InvalidValue,
        "A value that the declared enumeration does not have.",
        "GET /api/folders/?resolution_status=errdrift",
        "the parameter's declared enumeration",
        unknown_enum
    ),
    fault!(
        "query-malformed",
        InvalidValue,
        "A value that breaks the declared format.",
        "GET /api/folders/?sorting=%7B%7D",
        "the parameter's declared format",
        malformed
    ),
    fault!(
        "query-fractional",
        WrongType,
        "A fraction for an integer; a lenient server rounds it.",
        "GET /api/folders/?offset=1.5",
        "the parameter's declared type",
        fractional
    ),
    fault!(
        "query-overflow",
        InvalidValue,
        "An integer of 30 digits; a server with large integers takes it.",
        "GET /api/folders/?offset=999999999999999999999999999999",
        "the parameter's declared type",
        overflow
    ),
    fault!(
        "query-nul",
        InvalidValue,
        "An encoded NUL in a declared parameter: databases refuse it, and services that pass it on fail.",
        "GET /api/folders/?technical_meta=errdrift%00",
        "RFC 3986, section 7.3",
        nul
    ),
    fault!(
        "query-not-finite",
        WrongType,
        "NaN, infinity and a number beyond a double where a number is declared: they pass many a comparison.",
        "GET /api/folders/?limit=NaN",
        "the parameter's declared type",
        not_finite
    ),
    fault!(
        "query-duplicate",
        InvalidValue,
        "A declared parameter twice: servers take the first, the last, a list, or fail.",
        "GET /api/folders/?limit=1&limit=1",
        "RFC 3986, section 3.4",
        duplicate
    ),
    fault!(
        "query-bad-encoding",
        MalformedHttp,
        "A percent sign without two hexadecimal digits, a byte that is no UTF-8, and half of a surrogate pair.",
        "GET /api/folders/?offset=%zz",
        "RFC 3986, section 2.1",
        bad_encoding
    ),
];

/// One variant a declared parameter for which there is a wrong value.
fn each(subject: &Subject<'_>, acceptance: Acceptance, wrong: impl Fn(&Field) -> Option<String>) -> Vec<Variant> {
    let Some(operation) = subject.operation else { return Vec::new() };
    let variant = |(name, field): (&String, &Field)| {
        let wrong = wrong(field)?;
        let acceptance = if field.lenient && acceptance == Never { Lenient } else { acceptance };
        Some(subject.variant(name, acceptance, |draft| draft.query = Some(draft::query_with(operation, name, &wrong))))
    };
    operation.query.iter().filter_map(variant).collect()
}

fn absent(subject: &Subject<'_>) -> Vec<Variant> {
    let needed = subject.operation.is_some_and(|operation| operation.query_required);
    if needed { subject.only(Never, |draft| draft.query = None) } else { Vec::new() }
}

fn missing(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(operation) = subject.operation else { return Vec::new() };
    let required = operation.query.iter().filter(|(_, field)| field.required);
    required.map(|(name, _)| subject.variant(name, Never, |draft| draft.set_query(name, None))).collect()
}

fn ill_typed(subject: &Subject<'_>) -> Vec<Variant> {
    each(subject, Never, |field| match field.kind {
        FieldType::Integer | FieldType::Number => Some("abc".into()),
        FieldType::Boolean => Some("maybe".into()),
        _ => None,
    })
}

fn invalid_uuid(subject: &Subject<'_>) -> Vec<Variant> {
    each(subject, Never, |field| (field.kind == FieldType::Uuid).then(|| "not-a-uuid".into()))
}

fn below(subject: &Subject<'_>, negative: bool) -> Vec<Variant> {
    each(subject, Never, |field| {
        let wrong = field.minimum?.checked_sub(1)?;
        ((wrong < 0) == negative).then(|| wrong.to_string())
    })
}

fn above(subject: &Subject<'_>) -> Vec<Variant> {
    each(subject, Never, |field| Some(field.maximum?.checked_add(1)?.to_string()))
}

fn unknown_enum(subject: &Subject<'_>) -> Vec<Variant> {
    each(subject, Never, |field| (!field.values.is_empty()).then(|| "errdrift".into()))
}

fn malformed(subject: &Subject<'_>) -> Vec<Variant> {
    each(subject, Never, |field| {
        let text = field.malformed.as_ref()?.as_str()?;
        Some(String::from_utf8_lossy(&crate::model::secret::percent_encoded(text.as_bytes())).into_owned())
    })
}

fn fractional(subject: &Subject<'_>) -> Vec<Variant> {
    let variants = each(subject, Lenient, |field| (field.kind == FieldType::Integer).then(|| "1.5".into()));
    variants.into_iter().map(|variant| variant.also(&[Cause::InvalidValue])).collect()
}

fn overflow(subject: &Subject<'_>) -> Vec<Variant> {
    let variants = each(subject, Lenient, |field| (field.kind == FieldType::Integer).then(|| "9".repeat(30)));
    variants.into_iter().map(Variant::form_only).collect()
}

fn nul(subject: &Subject<'_>) -> Vec<Variant> {
    let text = |field: &Field| field.kind == FieldType::String && field.values.is_empty();
    let mut variants = each(subject, Lenient, |field| text(field).then(|| "errdrift%00".into()));
    if variants.is_empty() {
        variants = each(subject, Lenient, |_| Some("1%00".into())).into_iter().take(1).collect();
    }
    variants.into_iter().map(|variant| variant.also(&[Cause::WrongType, Cause::MalformedHttp]).form_only()).collect()
}

fn not_finite(subject: &Subject<'_>) -> Vec<Variant> {
    let number = |field: &Field| matches!(field.kind, FieldType::Integer | FieldType::Number);
    let with = |(word, raw): (&str, &str)| {
        let first = each(subject, Lenient, |field| number(field).then(|| raw.to_owned())).into_iter().next()?;
        let name = format!("{}.{word}", first.name);
        Some(Variant { name, ..first }.also(&[Cause::InvalidValue]).form_only())
    };
    [("nan", "NaN"), ("infinity", "Infinity"), ("exponent", "1e400")].into_iter().filter_map(with).collect()
}

fn duplicate(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(operation) = subject.operation else { return Vec::new() };
    let Some((name, field)) = operation.query.first_key_value() else { return Vec::new() };
    let pair = draft::pair(name, &draft::text_of(field));
    let (_, value) = pair.split_once('=').unwrap_or_default();
    let twice = format!("{value}&{pair}");
    // It is the same value.
    let variant = subject.variant(name, Right, |draft| draft.query = Some(draft::query_with(operation, name, &twice)));
    vec![variant.also(&[Cause::WrongType, Cause::MalformedHttp]).form_only()]
}

fn bad_encoding(subject: &Subject<'_>) -> Vec<Variant> {
    let mut variants = Vec::new();
    for (name, raw) in [("percent", "%zz"), ("utf-8", "%ff"), ("surrogate", "%ed%a0%80")] {
        if let Some(first) = each(subject, Lenient, |_| Some(raw.into())).into_iter().next() {
            variants.push(Variant { name: name.into(), ..first }.form_only());
        }
    }
    variants
}
