//! Faults of form data (RFC 7578, RFC 2046).

use super::acceptance::Acceptance::{Guarded, Lenient, Never, Unread};
use super::draft::{Subject, Variant};
use super::form;
use super::form::FormPart;
use super::row::{Fault, fault};
use crate::catalog::suite::{Field, FieldType};
use crate::model::cause::Cause;

/// The table of this family.
pub static FAULTS: &[Fault] = &[
    fault!(
        "multipart-no-boundary",
        MalformedBody,
        "Content-Type: multipart/form-data without a boundary.",
        "Content-Type: multipart/form-data",
        "RFC 2046, section 5.1.1",
        no_boundary
    ),
    fault!(
        "multipart-wrong-boundary",
        MalformedBody,
        "A boundary that the content does not have.",
        "Content-Type: multipart/form-data; boundary=errdrift-other",
        "RFC 2046, section 5.1.1",
        wrong_boundary
    ),
    fault!(
        "multipart-unterminated",
        MalformedBody,
        "Form data without its closing delimiter; a lenient server does not mind.",
        "--boundary … and no --boundary--",
        "RFC 2046, section 5.1.1",
        unterminated
    ),
    fault!(
        "multipart-part-missing",
        MissingField,
        "A required part is left out.",
        "form data without payload",
        "the part's declaration",
        part_missing
    ),
    fault!(
        "multipart-part-not-json",
        MalformedBody,
        "A part that holds JSON holds something else: cut JSON, plain text, single quotes, a trailing comma.",
        "payload={",
        "the part's declared type",
        part_not_json
    ),
    fault!(
        "multipart-part-root-type",
        MalformedBody,
        "A part that holds a JSON object holds an array, a string, a number, true or null.",
        "payload=[]",
        "the part's declared type",
        part_root_type
    ),
    fault!(
        "multipart-member-type",
        WrongType,
        "A member of the JSON in a part is of another type.",
        "payload={\"media:tags\":{}}",
        "the member's declared type",
        member_type
    ),
];

fn no_boundary(subject: &Subject<'_>) -> Vec<Variant> {
    if subject.form_body().is_none() {
        return Vec::new();
    }
    vec![
        subject
            .variant("", Unread, |draft| draft.content_type = Some("multipart/form-data".into()))
            .also(&[Cause::MissingField]),
    ]
}

fn wrong_boundary(subject: &Subject<'_>) -> Vec<Variant> {
    if subject.form_body().is_none() {
        return Vec::new();
    }
    let other = "multipart/form-data; boundary=errdrift-other";
    vec![subject.variant("", Unread, |draft| draft.content_type = Some(other.into())).also(&[Cause::MissingField])]
}

fn unterminated(subject: &Subject<'_>) -> Vec<Variant> {
    if subject.form_body().is_none() {
        return Vec::new();
    }
    let variant = subject.variant("", Lenient, |draft| {
        let closing = format!("--{}--\r\n", form::BOUNDARY).len();
        let cut = draft.body.as_ref().map_or(0, |body| body.len().saturating_sub(closing));
        draft.body.iter_mut().for_each(|body| body.truncate(cut));
    });
    vec![variant.also(&[Cause::MissingField])]
}

fn part_missing(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(body) = subject.form_body() else { return Vec::new() };
    let required = body.members.iter().filter(|(_, field)| field.required);
    required
        .map(|(name, _)| {
            subject.variant(name, Never, |draft| {
                let mut parts = std::mem::take(&mut draft.parts);
                parts.retain(|part| part.name != *name);
                // Form data has at least one part.
                parts.push(FormPart::field("errdrift", "probe"));
                draft.set_form(&parts);
            })
        })
        .collect()
}

/// One variant a JSON part and text.
fn each(
    subject: &Subject<'_>,
    acceptance: impl Fn(&str) -> super::acceptance::Acceptance,
    texts: &[(&str, &str)],
) -> Vec<Variant> {
    let Some(body) = subject.form_body() else { return Vec::new() };
    let json = body.members.iter().filter(|(_, field)| field.kind == FieldType::Json).map(|(part, _)| part.as_str());
    let variants = |part: &str| -> Vec<Variant> {
        let variant = |(name, text): &(&str, &str)| with(subject, part, name, acceptance(part), text);
        texts.iter().map(variant).collect()
    };
    json.flat_map(variants).collect()
}

fn with(
    subject: &Subject<'_>,
    part: &str,
    name: &str,
    acceptance: super::acceptance::Acceptance,
    text: &str,
) -> Variant {
    let variant = subject.variant(format!("{part}.{name}"), acceptance, |draft| {
        let mut parts = std::mem::take(&mut draft.parts);
        parts.retain(|other| other.name != part);
        parts.push(FormPart::field(part, text));
        draft.set_form(&parts);
    });
    // The form itself is right: what is wrong is the value of one of its parameters.
    variant.also(&[Cause::InvalidValue, Cause::WrongType])
}

/// What is said of a part that a server may pass over, where it is optional.
fn unless_required(
    subject: &Subject<'_>,
    part: &str,
    otherwise: super::acceptance::Acceptance,
) -> super::acceptance::Acceptance {
    let required = subject.form_body().and_then(|body| body.members.get(part)).is_some_and(|field| field.required);
    if required { Never } else { otherwise }
}

fn part_not_json(subject: &Subject<'_>) -> Vec<Variant> {
    let mut variants = each(subject, |_| Never, &[("cut", "{"), ("text", "errdrift")]);
    // Some parsers take these, and read a list where an object is wanted.
    let lenient = |part: &str| unless_required(subject, part, Guarded);
    variants.extend(each(subject, lenient, &[("single-quotes", "['errdrift']"), ("trailing-comma", "[1,]")]));
    variants
}

fn part_root_type(subject: &Subject<'_>) -> Vec<Variant> {
    let texts = [("array", "[]"), ("string", "\"errdrift\""), ("number", "1"), ("true", "true"), ("null", "null")];
    each(subject, |part| unless_required(subject, part, Unread), &texts)
}

fn member_type(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(body) = subject.form_body() else { return Vec::new() };
    let mut variants = Vec::new();
    for (part, field) in body.members.iter().filter(|(_, field)| field.kind == FieldType::Json) {
        for (name, member) in &field.members {
            let text = serde_json::json!({ name.as_str(): wrong(member) }).to_string();
            variants.push(with(subject, part, name, Unread, &text));
        }
    }
    variants
}

/// A value that no conversion makes one of the declared type.
fn wrong(member: &Field) -> serde_json::Value {
    match member.kind {
        FieldType::Object | FieldType::Json => serde_json::json!("errdrift"),
        _ => serde_json::json!({ "errdrift": true }),
    }
}
