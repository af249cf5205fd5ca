//! The same mistake in other circumstances: what a reply is asked in, from whom and over what must not change what it says.
//!
//! Each is one of a few plain faults on few operations; its answer is compared with that of the plain probe
//! ([`crate::report::consistency`]), and judged like any other.

use super::acceptance::Acceptance::{Never, Right};
use super::draft;
use super::draft::{Draft, Subject, Variant};
use super::http_message::{is_first, is_read, is_write};
use super::relation::{Like, Plain};
use super::row::{Fault, fault};
use crate::model::cause::Cause;
use crate::model::exchange::ConnectionUse;

/// The table of this family. The cause is that of the plain fault.
pub static FAULTS: &[Fault] = &[
    fault!(
        "alike-accept-browser",
        NotAcceptable,
        "The Accept of a browser, which prefers HTML, on a request that is wrong anyway.",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "RFC 9110, section 12.5.1; the document has one format for all clients",
        |s| each(s, |draft| accept(draft, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"))
    ),
    fault!(
        "alike-accept-any",
        NotAcceptable,
        "Accept: */*, as curl and most HTTP libraries send it, on a request that is wrong anyway.",
        "Accept: */*",
        "RFC 9110, section 12.5.1; the document has one format for all clients",
        |s| each(s, |draft| accept(draft, "*/*"))
    ),
    fault!(
        "alike-accept-none",
        NotAcceptable,
        "No Accept at all, as a bare socket or a health check asks, on a request that is wrong anyway.",
        "no Accept field",
        "RFC 9110, section 12.5.1: without it, any media type is acceptable; the document has one format for all clients",
        |s| each(s, |draft| accept(draft, ""))
    ),
    fault!(
        "alike-accept-versioned",
        NotAcceptable,
        "The API's own media type with a parameter, as clients that name a version ask, on a request that is wrong anyway.",
        "Accept: application/json; version=1",
        "RFC 9110, section 12.5.1; the document has one format for all clients",
        |s| each(s, |draft| accept(draft, "application/json; version=1"))
    ),
    fault!(
        "alike-accept-problem",
        NotAcceptable,
        "An Accept that prefers problem details to JSON, on a request that is wrong anyway.",
        "Accept: application/problem+json, application/json;q=0.9",
        "RFC 9110, section 12.5.1; the document has one format for all clients",
        |s| each(s, |draft| accept(draft, "application/problem+json, application/json;q=0.9"))
    ),
    fault!(
        "alike-accept-vendor",
        NotAcceptable,
        "An Accept that prefers a vendor's JSON to the API's own, on a request that is wrong anyway.",
        "Accept: application/vnd.errdrift.v1+json, application/json;q=0.9",
        "RFC 9110, section 12.5.1; RFC 6838, section 4.2.8",
        |s| each(s, |draft| accept(draft, "application/vnd.errdrift.v1+json, application/json;q=0.9"))
    ),
    fault!(
        "alike-language",
        NotAcceptable,
        "An Accept-Language, on a request that is wrong anyway: a message may be translated, a code may not.",
        "Accept-Language: uk, ru;q=0.8",
        "RFC 9110, section 12.5.4",
        |s| each(s, |draft| field(draft, "accept-language", "uk, ru;q=0.8"))
    ),
    fault!(
        "alike-languages-far",
        NotAcceptable,
        "Languages that few services have messages in, on a request that is wrong anyway.",
        "Accept-Language: zh, fr;q=0.9, de;q=0.8",
        "RFC 9110, section 12.5.4",
        |s| each(s, |draft| field(draft, "accept-language", "zh, fr;q=0.9, de;q=0.8"))
    ),
    fault!(
        "alike-encoding",
        NotAcceptable,
        "Accept-Encoding: gzip, on a request that is wrong anyway.",
        "Accept-Encoding: gzip",
        "RFC 9110, section 12.5.3",
        |s| each(s, |draft| draft.accept_encoding = Some("gzip".to_owned()))
    ),
    fault!(
        "alike-user-agent",
        NotAcceptable,
        "The User-Agent of a browser, on a request that is wrong anyway.",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "RFC 9110, section 10.1.5",
        |s| each(s, |draft| field(
            draft,
            "user-agent",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
        ))
    ),
    fault!(
        "alike-origin",
        NotAcceptable,
        "The Origin of the page that calls the API from a browser, on a request that is wrong anyway.",
        "Origin: https://app.example.com",
        "the Fetch standard, section 3.2.1; the document has one format for all clients",
        |s| s.suite.browser().map_or_else(Vec::new, |page| each(s, |draft| field(draft, "origin", &page.origin)))
    ),
    fault!(
        "preflight",
        WrongMethod,
        "What a browser asks before a page may send the operation's request: OPTIONS, without a credential. It is no mistake.",
        "OPTIONS /api/folders/ with Origin and Access-Control-Request-Method",
        "the Fetch standard, section 4.8: the reply must have an ok status, and allow the origin, the method and the fields",
        preflight
    ),
    fault!(
        "alike-trailing-slash",
        UnknownPath,
        "The path with a slash after it, or without one, where the suite says that both are the same.",
        "GET /api/folders in place of /api/folders/",
        "the suite's trailing_slash",
        trailing_slash
    ),
    fault!(
        "path-other-slash",
        UnknownPath,
        "The path with a slash after it, or without one, where the suite does not say that both are the same; without credentials.",
        "GET /api/folders in place of /api/folders/",
        "RFC 3986, section 6.2.3",
        path_other_slash
    ),
    fault!(
        "alike-fresh-connection",
        MalformedHttp,
        "The same request on a connection of its own.",
        "a new connection in place of one that is open",
        "RFC 9112, section 9.3",
        |s| each(s, |draft| draft.connection = ConnectionUse::Fresh)
    ),
    fault!(
        "alike-ordinary-client",
        MalformedHttp,
        "The same request as an HTTP library sends it, under a User-Agent and without an Accept-Encoding: customers use one.",
        "User-Agent: errdrift/…, from another client",
        "RFC 9110, section 10.1.5; the document has one format for all clients",
        |s| each(s, |draft| draft.connection = ConnectionUse::Ordinary)
    ),
    fault!(
        "alike-http-2",
        MalformedHttp,
        "The same request over HTTP/2, where the target offers it: another front may answer.",
        ":method: GET, :path: /api/folders/",
        "RFC 9113, section 8.3: the same semantics",
        |s| each(s, |draft| draft.connection = ConnectionUse::Http2)
    ),
    fault!(
        "alike-head",
        WrongMethod,
        "HEAD in place of GET: the same status, and no body.",
        "HEAD /api/folders/ without a token",
        "RFC 9110, section 9.3.2",
        head
    ),
];

/// The plain faults that are sent in other circumstances, and the operations that they are taken from: the read and the write
/// that the faults of the wire are put on, the suite's first read of what does not exist, and the suite as a whole.
fn plain(subject: &Subject<'_>) -> Vec<&'static str> {
    let Some(operation) = subject.operation else { return vec!["path-unknown"] };
    let mut faults = Vec::new();
    if is_read(subject) {
        faults.extend(["method-invented", "credentials-absent", "credentials-unknown", "query-negative"]);
    }
    let first_missing =
        subject.suite.operation.iter().find(|other| draft::is_safe(other) && draft::names_nothing(other));
    if first_missing.is_some_and(|first| first.id == operation.id) {
        faults.extend(["credentials-absent", "path-unknown-id", "path-ill-typed-id"]);
    }
    if is_write(subject) {
        faults.extend(["credentials-absent", "body-truncated"]);
    }
    let types = is_first(subject, |operation, body| {
        draft::is_refused_by_path(operation) && body.members.values().any(|field| field.required)
    });
    if types {
        faults.extend(["body-truncated", "member-type"]);
    }
    faults.sort_unstable();
    faults.dedup();
    faults
}

/// Each plain fault's first variant that no correct server accepts, with one circumstance changed. It is named by its cause:
/// who asks for a fault by its name wants that fault.
fn each(subject: &Subject<'_>, change: impl Fn(&mut Draft)) -> Vec<Variant> {
    let faults = plain(subject).into_iter().filter_map(super::plain::find);
    let variant = |fault: &'static Fault| {
        let mut variant = first_refused(fault, subject)?;
        let cause = variant.instead.unwrap_or(fault.cause);
        let plain =
            Plain { fault: fault.id, variant: std::mem::replace(&mut variant.name, cause.word().to_owned()), cause };
        variant.instead = Some(cause);
        variant.like = Some(Like::Same(plain));
        change(&mut variant.draft);
        Some(variant)
    };
    faults.filter_map(variant).collect()
}

/// The fault's first variant that no correct server accepts, whatever the operation.
pub(super) fn first_refused(fault: &Fault, subject: &Subject<'_>) -> Option<Variant> {
    (fault.apply)(subject).into_iter().find(|variant| variant.acceptance == Never)
}

fn accept(draft: &mut Draft, value: &str) {
    value.clone_into(&mut draft.accept);
}

fn field(draft: &mut Draft, name: &str, value: &str) {
    draft.fields.push((name.to_owned(), value.to_owned()));
}

/// As the Fetch standard writes it: the fields that no form could send, in lower case and in order.
fn preflight(subject: &Subject<'_>) -> Vec<Variant> {
    let (Some(page), Some(operation)) = (subject.suite.browser(), subject.operation) else { return Vec::new() };
    let called = page.operations.contains(&operation.id);
    if !called && !(page.operations.is_empty() && (is_read(subject) || is_write(subject))) {
        return Vec::new();
    }
    let parameters = subject.base.fields.iter().map(|(name, _)| name);
    let credential = subject.base.credential.iter().map(|(name, _)| name);
    let mut asked: Vec<_> = parameters.chain(credential).map(|name| name.to_ascii_lowercase()).collect();
    let content_type = subject.base.content_type.as_deref();
    asked.extend(content_type.filter(|it| !it.starts_with("multipart/form-data")).map(|_| "content-type".to_owned()));
    asked.sort_unstable();
    let preflight = Draft {
        method: "OPTIONS".to_owned(),
        path: subject.base.path.clone(),
        query: subject.base.query.clone(),
        accept: "*/*".to_owned(),
        common: subject.base.common.clone(),
        fields: vec![
            ("origin".to_owned(), page.origin.clone()),
            ("access-control-request-method".to_owned(), operation.method.clone()),
        ],
        ..Draft::default()
    };
    let mut variants = subject.only(Right, |draft| *draft = preflight);
    for variant in variants.iter_mut().filter(|_| !asked.is_empty()) {
        field(&mut variant.draft, "access-control-request-headers", &asked.join(","));
    }
    variants.into_iter().map(Variant::form_only).collect()
}

fn trailing_slash(subject: &Subject<'_>) -> Vec<Variant> {
    if !subject.suite.trailing_slash {
        return Vec::new();
    }
    each(subject, other_slash)
}

/// Adds a slash after the path, or takes it away.
fn other_slash(draft: &mut Draft) {
    if draft.path.ends_with('/') {
        draft.path.pop();
    } else {
        draft.path.push('/');
    }
}

/// What is refused without credentials whatever its path is changes nothing, on the read and the write that other faults of
/// the wire are put on.
fn path_other_slash(subject: &Subject<'_>) -> Vec<Variant> {
    if subject.suite.trailing_slash || !(is_read(subject) || is_write(subject)) {
        return Vec::new();
    }
    let Some(plain) = super::plain::find("credentials-absent") else { return Vec::new() };
    let Some(mut variant) = first_refused(plain, subject) else { return Vec::new() };
    other_slash(&mut variant.draft);
    vec![Variant { name: String::new(), ..variant }.also(&[Cause::NoCredentials, Cause::WrongMethod])]
}

fn head(subject: &Subject<'_>) -> Vec<Variant> {
    let variants = each(subject, |_| {}).into_iter().filter(|variant| variant.draft.method == "GET");
    let head = |mut variant: Variant| {
        "HEAD".clone_into(&mut variant.draft.method);
        variant
    };
    variants.map(head).collect()
}
