//! Faults of what the request says of its content, and of the content that it wants back.

use super::acceptance::Acceptance::{Never, Unread};
use super::draft;
use super::draft::{Draft, Subject, Variant};
use super::row::{Fault, fault};
use crate::model::cause::Cause;

/// The table of this family.
pub static FAULTS: &[Fault] = &[
    fault!(
        "content-type-absent",
        WrongMediaType,
        "Content without a Content-Type; a lenient server looks at the bytes.",
        "POST without Content-Type",
        "RFC 9110, section 8.3",
        |s| content_type(s, None)
    ),
    fault!(
        "content-type-text",
        WrongMediaType,
        "Content-Type: text/plain; a lenient server looks at the bytes.",
        "Content-Type: text/plain",
        "RFC 9110, section 15.5.16",
        |s| content_type(s, Some("text/plain"))
    ),
    fault!(
        "content-type-xml",
        WrongMediaType,
        "Content-Type: application/xml; a lenient server looks at the bytes.",
        "Content-Type: application/xml",
        "RFC 9110, section 15.5.16",
        |s| content_type(s, Some("application/xml"))
    ),
    fault!(
        "content-type-form",
        WrongMediaType,
        "JSON as application/x-www-form-urlencoded, as `curl -d` sends it; a lenient server looks at the bytes.",
        "Content-Type: application/x-www-form-urlencoded",
        "RFC 9110, section 15.5.16",
        |s| json_as(s, "application/x-www-form-urlencoded")
    ),
    fault!(
        "content-type-multipart",
        WrongMediaType,
        "JSON as multipart/form-data without a boundary: parsers of forms fail on it in their own ways.",
        "Content-Type: multipart/form-data",
        "RFC 2046, section 5.1.1",
        |s| json_as(s, "multipart/form-data")
    ),
    fault!(
        "content-type-malformed",
        WrongMediaType,
        "A Content-Type that is no media type.",
        "Content-Type: json",
        "RFC 9110, section 8.3.1",
        |s| content_type(s, Some("json"))
    ),
    fault!(
        "content-type-charset",
        WrongMediaType,
        "A charset that the bytes are not in; JSON has none, and a lenient server passes it over.",
        "Content-Type: application/json; charset=utf-16",
        "RFC 8259, section 11",
        |s| json_as(s, "application/json; charset=utf-16")
    ),
    fault!(
        "content-encoding-unknown",
        WrongMediaType,
        "A content coding that nobody has registered.",
        "Content-Encoding: errdrift",
        "RFC 9110, section 15.5.16",
        |s| coding(s, "errdrift")
    ),
    fault!(
        "content-encoding-false",
        WrongMediaType,
        "Content-Encoding: gzip on plain bytes; a lenient server passes it over.",
        "Content-Encoding: gzip",
        "RFC 9110, section 8.4",
        |s| coding(s, "gzip")
    ),
    fault!(
        "accept-impossible",
        NotAcceptable,
        "An Accept that no JSON API can meet, on a request that is wrong anyway: the error stays in its format.",
        "Accept: image/png",
        "RFC 9110, section 12.5.1",
        |s| accept(s, "image/png")
    ),
    fault!(
        "accept-html",
        NotAcceptable,
        "Accept: text/html, as a browser sends it, on a request that is wrong anyway: the error stays in its format.",
        "Accept: text/html",
        "RFC 9110, section 12.5.1",
        |s| accept(s, "text/html")
    ),
];

fn has_body(subject: &Subject<'_>) -> bool {
    subject.operation.is_some_and(|operation| operation.body.is_some())
}

fn content_type(subject: &Subject<'_>, value: Option<&str>) -> Vec<Variant> {
    if !has_body(subject) {
        return Vec::new();
    }
    let change = |draft: &mut Draft| draft.content_type = value.map(str::to_owned);
    vec![subject.variant("", Unread, change).also(BODY)]
}

/// What a server finds in content that it could not read as meant.
const BODY: &[Cause] = &[Cause::MalformedBody, Cause::MissingField];

fn json_as(subject: &Subject<'_>, media_type: &str) -> Vec<Variant> {
    if subject.json_body().is_some() { content_type(subject, Some(media_type)) } else { Vec::new() }
}

fn coding(subject: &Subject<'_>, value: &str) -> Vec<Variant> {
    if !has_body(subject) {
        return Vec::new();
    }
    let change = |draft: &mut Draft| draft.content_encoding = Some(value.to_owned());
    vec![subject.variant("", Unread, change).also(BODY)]
}

fn accept(subject: &Subject<'_>, value: &str) -> Vec<Variant> {
    let Some(operation) = subject.operation else { return Vec::new() };
    let html = |draft: &mut Draft| value.clone_into(&mut draft.accept);
    let variant = if let Some(cause) = draft::standing(operation) {
        let variant = subject.variant("", Never, html).instead(cause);
        // No document says which code an unknown account has.
        if cause == Cause::UnknownResource { variant } else { variant.form_only() }
    } else if subject.credential().is_some() {
        let change = |draft: &mut Draft| {
            html(draft);
            draft.credential.clear();
        };
        subject.variant("", Never, change).instead(Cause::NoCredentials)
    } else {
        return Vec::new();
    };
    vec![variant.also(&[Cause::NotAcceptable])]
}
