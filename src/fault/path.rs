//! Faults of the path (RFC 3986, section 3.3).

use super::acceptance::Acceptance::{Lenient, Never};
use super::draft;
use super::draft::{Draft, Subject, Variant};
use super::row::{Fault, fault};
use crate::catalog::suite::{Field, FieldType, Operation, same_path};
use crate::model::cause::Cause;

/// The table of this family.
pub static FAULTS: &[Fault] = &[
    fault!(
        "path-unknown",
        UnknownPath,
        Core,
        "A path that no operation has: under the API's prefix, deeper, and outside of it.",
        "GET /api/errdrift-unknown",
        "RFC 9110, section 15.5.5",
        unknown
    ),
    fault!(
        "path-unknown-id",
        UnknownResource,
        Core,
        "A well-formed id that no resource has.",
        "GET /api/folders/5b1f0c52-9d3e-4f7a-8c61-e2d4a7b90f36",
        "RFC 9110, section 15.5.5",
        unknown_id
    ),
    fault!(
        "path-ill-typed-id",
        InvalidValue,
        Core,
        "An id that is not of the declared type.",
        "GET /api/folders/not-a-uuid",
        "the parameter's declared type",
        ill_typed
    ),
    fault!(
        "path-empty-segment",
        UnknownPath,
        Core,
        "An empty segment in place of an id; a lenient server merges the slashes.",
        "GET /api/folders//media/",
        "RFC 3986, section 3.3",
        empty_segment
    ),
    fault!(
        "path-bad-encoding",
        MalformedHttp,
        Core,
        "A percent sign without two hexadecimal digits.",
        "GET /api/folders/%zz",
        "RFC 3986, section 2.1",
        bad_encoding
    ),
    fault!(
        "path-invalid-utf-8",
        MalformedHttp,
        Core,
        "An encoded byte that is no UTF-8.",
        "GET /api/folders/%ff",
        "RFC 3986, section 2.5",
        invalid_utf_8
    ),
    fault!(
        "path-number-extreme",
        UnknownResource,
        Core,
        "NaN, infinity, a number beyond a double and one of 30 digits where the path has a number.",
        "GET /api/carts/1e400",
        "the parameter's declared type",
        extreme
    ),
    fault!(
        "path-encoded-slash",
        UnknownResource,
        Core,
        "An encoded slash in an id, alone and after two dots, and a semicolon: servers refuse or resolve them on their own.",
        "GET /api/folders/errdrift%2Fx",
        "RFC 3986, section 2.2",
        encoded_slash
    ),
    fault!("path-nul", MalformedHttp, Core, "An encoded NUL.", "GET /api/folders/%00", "RFC 3986, section 7.3", nul),
    fault!(
        "path-long-segment",
        TooLarge,
        Extended,
        "A segment of 8 kB.",
        "GET /api/folders/xxxx…x",
        "RFC 9110, section 15.5.15",
        long_segment
    ),
];

/// A request for a path of the suite as a whole, with the credential of its first operation that has one.
fn of_suite(subject: &Subject<'_>, name: &str, path: &str) -> Variant {
    subject.variant(name, Never, |draft| path.clone_into(&mut draft.path))
}

fn unknown(subject: &Subject<'_>) -> Vec<Variant> {
    if subject.operation.is_some() {
        return Vec::new();
    }
    let prefix = subject.suite.prefix.trim_end_matches('/');
    let posted = of_suite(subject, "posted", &format!("{prefix}/errdrift-unknown"));
    let posted = Variant { draft: Draft { method: "POST".into(), ..posted.draft }, ..posted };
    // Credentials are for the API alone.
    let outside = of_suite(subject, "outside", &format!("/errdrift-unknown/{}", subject.suite.id));
    let outside = Variant { draft: Draft { credential: Vec::new(), ..outside.draft }, ..outside };
    let inside = [
        of_suite(subject, "inside", &format!("{prefix}/errdrift-unknown")),
        of_suite(subject, "deeper", &format!("{prefix}/errdrift-unknown/{}/child", draft::UNKNOWN_UUID)),
        posted,
    ];
    // Nothing is outside an API that has all paths.
    let outside = (!prefix.is_empty()).then(|| outside.also(&[Cause::NoCredentials]));
    inside.into_iter().chain(outside).collect()
}

fn unknown_id(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(operation) = subject.operation else { return Vec::new() };
    let mut variants = Vec::new();
    let referred = operation.refused.as_ref().is_some_and(|refusal| refusal.cause == Cause::UnknownResource);
    if draft::names_nothing(operation) || (referred && !operation.path_parameters.is_empty()) {
        variants.push(subject.variant("", Never, |_| {}));
    } else if operation.path_parameters.values().any(|field| field.lenient) {
        variants.push(subject.variant("", Lenient, |_| {}));
    }
    for (name, _) in operation.path_parameters.iter().filter(|(_, field)| field.exists) {
        variants.push(with(subject, operation, name, "errdrift-unknown", Never));
    }
    // "10 is the answer; on a delete, missing rights are as right": who may not delete need not learn what exists.
    if operation.method == "DELETE" {
        variants = variants.into_iter().map(|variant| variant.also(&[Cause::Forbidden])).collect();
    }
    variants
}

fn with(
    subject: &Subject<'_>,
    operation: &Operation,
    name: &str,
    raw: &str,
    acceptance: super::acceptance::Acceptance,
) -> Variant {
    subject.variant(name, acceptance, |draft| {
        let text = |field: &Field| {
            draft::example(field).as_str().map_or_else(|| draft::example(field).to_string(), str::to_owned)
        };
        draft.path = draft::path(operation, |other, field| if other == name { raw.to_owned() } else { text(field) });
    })
}

/// One variant a path parameter.
fn each(subject: &Subject<'_>, make: impl Fn(&Operation, &str, &Field) -> Option<Variant>) -> Vec<Variant> {
    let Some(operation) = subject.operation else { return Vec::new() };
    operation.path_parameters.iter().filter_map(|(name, field)| make(operation, name, field)).collect()
}

fn ill_typed(subject: &Subject<'_>) -> Vec<Variant> {
    each(subject, |operation, name, field| {
        let wrong = match field.kind {
            FieldType::Uuid => "not-a-uuid",
            FieldType::Integer | FieldType::Number => "abc",
            _ => return None,
        };
        let acceptance = if field.lenient { Lenient } else { Never };
        // A router that takes the type for a part of the path finds nothing.
        Some(with(subject, operation, name, wrong, acceptance).also(&[Cause::UnknownResource, Cause::UnknownPath]))
    })
}

fn empty_segment(subject: &Subject<'_>) -> Vec<Variant> {
    each(subject, |operation, name, _| {
        // At the end of a path it is no empty segment but another path, which may well be there: only a read may find out.
        let last = operation.path.trim_end_matches('/').ends_with(&format!("{{{name}}}"));
        let merged = operation.path.replace(&format!("{{{name}}}/"), "").replace(&format!("{{{name}}}"), "");
        let is = |other: &Operation| other.method == operation.method && same_path(&other.path, &merged);
        // Nor where merged slashes make the path of another operation that changes something.
        let reaches = |other: &Operation| is(other) && (last || !draft::is_safe(other));
        if (last && !draft::is_safe(operation)) || subject.suite.operation.iter().any(reaches) {
            return None;
        }
        let variant = with(subject, operation, name, "", Lenient);
        Some(variant.also(&[Cause::UnknownResource, Cause::InvalidValue, Cause::WrongMethod]).form_only().unnamed())
    })
}

/// What is no URI may be answered by whoever reads it first.
const READINGS: &[Cause] = &[Cause::UnknownPath, Cause::UnknownResource, Cause::InvalidValue];

fn encoded(subject: &Subject<'_>, raw: &str) -> Vec<Variant> {
    if subject.operation.is_none() {
        let path = format!("{}/{raw}", subject.suite.prefix.trim_end_matches('/'));
        return vec![of_suite(subject, "", &path).also(READINGS)];
    }
    each(subject, |operation, name, field| {
        let acceptance = if field.lenient { Lenient } else { Never };
        Some(with(subject, operation, name, raw, acceptance).also(READINGS))
    })
}

fn bad_encoding(subject: &Subject<'_>) -> Vec<Variant> {
    encoded(subject, "%zz")
}

fn invalid_utf_8(subject: &Subject<'_>) -> Vec<Variant> {
    encoded(subject, "%ff")
}

/// Only a read may find out what a server makes of it.
fn extreme(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(operation) = subject.operation.filter(|operation| draft::is_safe(operation)) else { return Vec::new() };
    let number = |field: &Field| matches!(field.kind, FieldType::Integer | FieldType::Number);
    let digits = "9".repeat(30);
    let of = |(name, _): (&String, &Field)| {
        [("nan", "NaN"), ("infinity", "Infinity"), ("exponent", "1e400"), ("digits", digits.as_str())].map(
            |(word, raw)| {
                let variant = with(subject, operation, name, raw, Lenient).also(READINGS).also(&[Cause::WrongType]);
                Variant { name: format!("{name}.{word}"), ..variant }.form_only()
            },
        )
    };
    operation.path_parameters.iter().filter(|(_, field)| number(field)).take(1).flat_map(of).collect()
}

/// Only a read may find out what a server makes of it.
fn encoded_slash(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(operation) = subject.operation.filter(|operation| draft::is_safe(operation)) else { return Vec::new() };
    let of = |(name, _): (&String, &Field)| {
        [("slash", "errdrift%2Fx"), ("dots", "..%2Ferrdrift"), ("semicolon", "errdrift;x=1")].map(|(word, raw)| {
            let variant = with(subject, operation, name, raw, Lenient);
            Variant { name: format!("{name}.{word}"), ..variant.also(READINGS) }.form_only()
        })
    };
    operation.path_parameters.iter().take(1).flat_map(of).collect()
}

fn nul(subject: &Subject<'_>) -> Vec<Variant> {
    encoded(subject, "%00")
}

fn long_segment(subject: &Subject<'_>) -> Vec<Variant> {
    encoded(subject, &"x".repeat(8_000))
}
