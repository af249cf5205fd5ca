//! What a browser asks of a reply before a page of another origin may read it (the Fetch standard), where the suite names such a
//! page.

use super::case::Case;
use super::describe;
use super::finding::Finding;
use super::found::Found;
use super::rule::{Needs, rules};
use crate::model::place::Place;

/// The header field in which a preflight names the method of the request that is to come.
const METHOD: &str = "access-control-request-method";
/// The header field in which a preflight names the header fields of the request that is to come.
const HEADERS: &str = "access-control-request-headers";

static NEEDS_PREFLIGHT: Needs = Needs { what: "reply to a preflight", belongs: |_| true, holds: is_preflight };

static NEEDS_ORIGIN: Needs = Needs {
    what: "error in reply to a page of a browser",
    belongs: |_| true,
    holds: |case| case.reply.status >= 400 && page(case).is_some(),
};

rules! {
    PREFLIGHT_REFUSED = Error "preflight-refused" {
        what: "A preflight is refused, or its reply does not allow the page, the method or the header fields that it asks for.",
        why: "No browser sends the request that was to come: the page cannot call the operation at all.",
        example: "401 to OPTIONS with Origin and Access-Control-Request-Method, because no token came with it",
        source: "the Fetch standard, section 4.8 (CORS-preflight fetch): it carries no credential and needs an ok status",
        needs: NEEDS_PREFLIGHT,
    }
    CORS_MISSING = Warning "cors-missing" {
        what: "An error in reply to a page of a browser does not allow that page to read it.",
        why: "The page sees a failed request, and neither the status nor the error.",
        example: "401 without Access-Control-Allow-Origin in reply to a request with Origin",
        source: "the Fetch standard, section 4.9 (CORS check)",
        needs: NEEDS_ORIGIN,
    }
}

/// Whether the probe is a preflight.
pub(crate) fn is_preflight(case: &Case<'_>) -> bool {
    case.probe.request.method == "OPTIONS" && asked(case, METHOD).is_some()
}

/// What a browser would not find in the reply.
pub(crate) fn findings(case: &Case<'_>) -> Option<Finding> {
    if is_preflight(case) {
        return preflight(case);
    }
    let is_read = page(case).is_none_or(|origin| allows_origin(case, &origin));
    (case.reply.status >= 400 && !is_read).then(|| {
        let found = Found::new(&CORS_MISSING, Place::header("access-control-allow-origin")).for_all(true);
        found.expected("the page's origin, or *").actual(shown(case, "access-control-allow-origin"))
    })
}

fn preflight(case: &Case<'_>) -> Option<Finding> {
    let method = asked(case, METHOD)?;
    let found = |at| Found::new(&PREFLIGHT_REFUSED, at).for_all(true);
    if case.reply.status / 100 != 2 {
        let expected = "a status from 200 to 299: a browser asks without a credential";
        return Some(found(Place::STATUS).expected(expected).actual(case.reply.status.to_string()));
    }
    if !page(case).is_none_or(|origin| allows_origin(case, &origin)) {
        let field = "access-control-allow-origin";
        return Some(found(Place::header(field)).expected("the page's origin, or *").actual(shown(case, field)));
    }
    let listed = |field: &str, wanted: &str, any: bool| {
        let listed = |value: &[u8]| {
            let value = String::from_utf8_lossy(value);
            let mut elements = value.split(',').map(str::trim);
            elements.any(|element| element.eq_ignore_ascii_case(wanted) || (any && element == "*"))
        };
        case.reply.all(field).any(listed)
    };
    let field = "access-control-allow-methods";
    // These three need no leave.
    if !matches!(method.as_str(), "GET" | "HEAD" | "POST") && !listed(field, &method, true) {
        let expected = format!("{method} among the methods");
        return Some(found(Place::header(field)).facet(&method).expected(expected).actual(shown(case, field)));
    }
    let field = "access-control-allow-headers";
    let fields = asked(case, HEADERS).unwrap_or_default();
    // The asterisk stands for every field but this one.
    let lacks = |name: &&str| !name.is_empty() && !listed(field, name, !name.eq_ignore_ascii_case("authorization"));
    let lacking = fields.split(',').find(lacks)?;
    let expected = format!("{lacking} among the header fields");
    Some(found(Place::header(field)).facet(lacking).expected(expected).actual(shown(case, field)))
}

/// The page that asks, where the suite names one: a field of every request may be called so, too.
fn page(case: &Case<'_>) -> Option<String> {
    case.probe.api.suite.browser()?;
    asked(case, "origin")
}

/// A field of the request.
fn asked(case: &Case<'_>, name: &str) -> Option<String> {
    case.probe.request.header(name).map(|value| String::from_utf8_lossy(&value.masked()).into_owned())
}

/// The Fetch standard compares the bytes; a list of origins is no leave for any.
fn allows_origin(case: &Case<'_>, origin: &str) -> bool {
    let mut values = case.reply.all("access-control-allow-origin");
    let first = values.next().map(<[u8]>::trim_ascii);
    first.is_some_and(|value| value == b"*" || value == origin.as_bytes()) && values.next().is_none()
}

/// A field of the reply as it may be shown.
fn shown(case: &Case<'_>, field: &str) -> String {
    let values: Vec<_> = case.shown.all(field).map(String::from_utf8_lossy).collect();
    if values.is_empty() { format!("no {field}") } else { describe::cut(&values.join(", ")) }
}

/// Replies that fire these rules: severity, rule and place, the probe, and what came. All are silent on what is promised.
#[cfg(test)]
pub(super) fn fires() -> Vec<super::tests::prelude::Row> {
    use super::tests::prelude::*;

    const PREFLIGHT: &str = "oz-api/users.list/preflight";
    let allowing = |origin, fields: &str| {
        let allowed =
            with(Reply { status: 204, body: Vec::new(), ..oz(204, 0) }, "access-control-allow-origin", origin);
        Outcome::Reply(with(allowed, "access-control-allow-headers", fields))
    };
    let every = "content-type";
    vec![
        ("error preflight-refused status", PREFLIGHT, bare(401, 6)),
        (
            "error preflight-refused header:access-control-allow-origin",
            PREFLIGHT,
            allowing("https://other.example", every),
        ),
        ("error preflight-refused header:access-control-allow-headers", PREFLIGHT, allowing("*", every)),
        (
            "error preflight-refused header:access-control-allow-headers",
            CITIES_PREFLIGHT,
            allowing("*", "*, Content-Type"),
        ),
        (
            "warning cors-missing header:access-control-allow-origin",
            "oz-api/users.list/alike-origin/no-credentials",
            bare(401, 6),
        ),
    ]
}
