//! The header fields of an error reply.

use super::case::Case;
use super::describe;
use super::finding::Finding;
use super::found::Found;
use super::rule::{Needs, Rule, rules};
use crate::catalog::contract;
use crate::model::content;
use crate::model::content::Unpacked;
use crate::model::exchange::{Ending, Reply};
use crate::model::place::Place;
use crate::model::secret::Template;
use crate::model::verdict::Severity;

static NEEDS_CHARSET: Needs = Needs {
    what: "Content-Type with a charset",
    belongs: |_| true,
    holds: |case| case.reply.header("content-type").is_some_and(|value| value.contains("charset")),
};

rules! {
    MEDIA_TYPE_MISSING = Warning "media-type-missing" {
        what: "The reply has a body and no Content-Type. An error where the contract names a media type.",
        why: "A client has to guess, and some libraries do not parse then.",
        example: "400 with a JSON body and no Content-Type",
        source: "RFC 9110, section 8.3",
    }
    MEDIA_TYPE_UNEXPECTED = Warning "media-type-unexpected" {
        what: "The body is JSON and the Content-Type is another than the contract's: application/json where the contract names none. An error where it names one.",
        why: "Libraries that parse by media type hand the client a string, and browsers may run it as a page.",
        example: "Content-Type: text/html with {\"error_code\": 3, …}",
        source: "RFC 8259, section 11; RFC 9110, section 8.3; the contract's media type",
    }
    CHARSET_UNEXPECTED = Warning "charset-unexpected" {
        what: "The Content-Type names a charset other than UTF-8 for JSON. `utf8`, which is no registered name, is a note.",
        why: "A client that obeys it reads the message as noise.",
        example: "Content-Type: application/json; charset=latin1",
        source: "RFC 8259, section 8.1",
        needs: NEEDS_CHARSET,
    }
    CONTENT_ENCODING_UNEXPECTED = Error "content-encoding-unexpected" {
        what: "The body is encoded though the request asked for identity, or its Content-Encoding does not say what it is in.",
        why: "A client that did not ask for compression has no means to undo it, and none undoes what is not named, or named wrongly.",
        example: "Content-Encoding: gzip under Accept-Encoding: identity",
        source: "RFC 9110, sections 8.4 and 12.5.3",
    }
}

/// What is wrong with the header fields.
pub(crate) fn findings(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(content_encoding(case));
    findings.extend(content_type(case));
    findings
}

/// The codings of the body against their label, and against what the request accepts.
fn content_encoding(case: &Case<'_>) -> Option<Finding> {
    let Unpacked { named, found, whole, opaque, .. } = case.unpacked;
    let shown = describe::cut(&case.shown.header("content-encoding").unwrap_or_default());
    let found = found.iter().copied().chain(opaque.as_deref()).rev().collect::<Vec<_>>().join(", ");
    let label = named.iter().rev().map(String::as_str).collect::<Vec<_>>().join(", ");
    let complete = case.reply.ending == Ending::Complete;
    let (facet, expected, actual) = if found.is_empty() && label.is_empty() {
        return None;
    } else if label.is_empty() {
        ("unlabelled", "a body as it is", format!("{found} data without Content-Encoding"))
    } else if label != found && complete && !case.reply.body.is_empty() {
        let is = if found.is_empty() { "no such data".to_owned() } else { format!("{found} data") };
        ("mislabelled", "a body as it is", format!("{shown}, and the body is {is}"))
    } else if !whole && complete {
        ("broken", "a body as it is", format!("{shown}, and the data cannot be read to their end"))
    } else {
        let accepted = case.probe.request.header("accept-encoding").map(Template::masked);
        if accepted.is_some_and(|accepted| accepted == label.as_bytes()) {
            return None;
        }
        ("", "none: the request accepts identity only", shown)
    };
    let place = Place::header("content-encoding");
    Some(Found::new(&CONTENT_ENCODING_UNEXPECTED, place).facet(facet).expected(expected).actual(actual))
}

fn content_type(case: &Case<'_>) -> Vec<Finding> {
    let all = |reply: &Reply| {
        reply.all("content-type").map(|value| String::from_utf8_lossy(value).trim().to_owned()).collect::<Vec<_>>()
    };
    let (values, shown) = (all(case.reply), all(case.shown));
    let expected = case.media_type().unwrap_or(contract::MEDIA_TYPE);
    let Some(value) = values.first() else {
        let found = promised(case, &MEDIA_TYPE_MISSING).expected(expected).actual("no Content-Type");
        return if case.reply.body.is_empty() { Vec::new() } else { vec![found] };
    };
    let mut findings = Vec::new();
    if values.len() > 1 {
        let found = Found::new(&MEDIA_TYPE_UNEXPECTED, Place::CONTENT_TYPE).facet("count").expected("one Content-Type");
        findings.push(found.actual(describe::cut(&shown.join(", "))));
    }
    // A page is no JSON under its own media type: the body's rule says so, once.
    if case.json.is_none() {
        return findings;
    }
    if !content::media_type(value).eq_ignore_ascii_case(expected) {
        let actual = describe::cut(shown.first().map_or("", String::as_str));
        findings.push(
            promised(case, &MEDIA_TYPE_UNEXPECTED)
                .class(content::media_type(&actual))
                .expected(expected)
                .actual(actual),
        );
    }
    findings.extend(charset(case, value));
    findings
}

/// A finding about the media type: where the contract itself names it, it is a promise.
fn promised(case: &Case<'_>, rule: &'static Rule) -> Found {
    let found = Found::new(rule, Place::CONTENT_TYPE);
    match case.media_type() {
        Some(named) => found.severity(Severity::Error).source(format!("{}: {named}", case.contract.file.document)),
        None => found,
    }
}

fn charset(case: &Case<'_>, value: &str) -> Option<Finding> {
    let charset = content::charset(value)?;
    let found = Found::new(&CHARSET_UNEXPECTED, Place::CONTENT_TYPE).class(charset.as_str());
    // ASCII is a part of UTF-8. `utf8` is what some frameworks write: nobody takes it for another charset, and .NET throws.
    let found = match charset.as_str() {
        "utf-8" | "us-ascii" => return None,
        "utf8" => found.severity(Severity::Note).facet("name").expected("utf-8, the registered name"),
        _ => found.expected("UTF-8"),
    };
    Some(found.actual(describe::cut(&case.mask().text(&charset))))
}

/// Replies that fire these rules: severity, rule and place, the probe, and what came. All are silent on what is promised.
#[cfg(test)]
pub(super) fn fires() -> Vec<super::tests::prelude::Row> {
    use super::tests::prelude::*;

    vec![
        ("warning media-type-missing header:content-type", OFFSET, untyped(oz(400, 4))),
        ("warning media-type-unexpected header:content-type", OFFSET, typed_as("text/html")),
        ("warning media-type-unexpected header:content-type", OFFSET, typed_as("application/problem+json")),
        ("warning charset-unexpected header:content-type", OFFSET, typed_as("application/json; charset=latin1")),
        ("note charset-unexpected header:content-type", OFFSET, typed_as("application/json; charset=utf8")),
        (
            "error content-encoding-unexpected header:content-encoding",
            OFFSET,
            Outcome::Reply(with(oz(400, 4), "content-encoding", "gzip")),
        ),
    ]
}
