//! The header fields of an error reply.

use super::case::Case;
use super::describe;
use super::finding::Finding;
use super::found::Found;
use super::rule::{Needs, rules};
use crate::model::cause::Cause;
use crate::model::place::Place;

static NEEDS_CHARSET: Needs = Needs {
    what: "Content-Type with a charset",
    belongs: |_| true,
    holds: |case| case.reply.header("content-type").is_some_and(|value| value.contains("charset")),
};

static NEEDS_WRONG_METHOD: Needs =
    Needs { what: "reply with the status 405", belongs: |_| true, holds: |case| case.reply.status == 405 };

rules! {
    MEDIA_TYPE_MISSING = Warning "media-type-missing" {
        what: "The reply has a body and no Content-Type.",
        why: "A client has to guess, and some libraries do not parse then.",
        example: "400 with a JSON body and no Content-Type",
        source: "RFC 9110, section 8.3",
    }
    MEDIA_TYPE_UNEXPECTED = Warning "media-type-unexpected" {
        what: "The body is JSON and the Content-Type is not application/json.",
        why: "Libraries that parse by media type hand the client a string, and browsers may run it as a page.",
        example: "Content-Type: text/html with {\"error_code\": 3, …}",
        source: "RFC 8259, section 11; RFC 9110, section 8.3",
    }
    CHARSET_UNEXPECTED = Warning "charset-unexpected" {
        what: "The Content-Type names a charset other than UTF-8 for JSON.",
        why: "A client that obeys it reads the message as noise.",
        example: "Content-Type: application/json; charset=latin1",
        source: "RFC 8259, section 8.1",
        needs: NEEDS_CHARSET,
    }
    CONTENT_ENCODING_UNEXPECTED = Error "content-encoding-unexpected" {
        what: "The body is encoded though the request asked for identity.",
        why: "A client that did not ask for compression has no means to undo it.",
        example: "Content-Encoding: gzip under Accept-Encoding: identity",
        source: "RFC 9110, section 12.5.3",
    }
    ALLOW_MISSING = Warning "allow-missing" {
        what: "A 405 came without an Allow header field.",
        why: "A client cannot find out which methods it may use.",
        example: "405 with no Allow",
        source: "RFC 9110, section 15.5.6: the server MUST generate it; the document is silent",
        needs: NEEDS_WRONG_METHOD,
    }
    ALLOW_CONTRADICTORY = Warning "allow-contradictory" {
        what: "A 405 came with an Allow header field that lists the refused method.",
        why: "A client that obeys it sends the same request again.",
        example: "405 for PUT with Allow: GET, PUT",
        source: "RFC 9110, section 10.2.1",
        needs: NEEDS_WRONG_METHOD,
    }
}

/// What is wrong with the header fields.
pub(crate) fn findings(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(content_encoding(case));
    findings.extend(content_type(case));
    findings.extend(allow(case));
    findings
}

fn content_encoding(case: &Case<'_>) -> Option<Finding> {
    let coding = case.reply.header("content-encoding").filter(|coding| !coding.eq_ignore_ascii_case("identity"))?;
    let accepted = case.probe.request.header("accept-encoding").map(crate::model::secret::Template::masked);
    if accepted.is_some_and(|accepted| accepted == coding.to_ascii_lowercase().as_bytes()) {
        return None;
    }
    let found = Found::new(&CONTENT_ENCODING_UNEXPECTED, Place::header("content-encoding"))
        .expected("none: the request accepts identity only");
    Some(found.actual(describe::cut(&case.shown.header("content-encoding").unwrap_or_default())))
}

fn content_type(case: &Case<'_>) -> Vec<Finding> {
    let values: Vec<_> =
        case.reply.all("content-type").map(|value| String::from_utf8_lossy(value).trim().to_owned()).collect();
    let shown: Vec<_> =
        case.shown.all("content-type").map(|value| String::from_utf8_lossy(value).trim().to_owned()).collect();
    let expected = case.contract.file.media_type.as_str();
    if values.is_empty() {
        let has_body = !case.reply.body.is_empty();
        return has_body
            .then(|| Found::new(&MEDIA_TYPE_MISSING, Place::CONTENT_TYPE).expected(expected).actual("no Content-Type"))
            .into_iter()
            .collect();
    }
    // A page is no JSON under its own media type: the body's rule says so, once.
    let read = case.json.is_some();
    let mut findings = Vec::new();
    if values.len() > 1 {
        let found = Found::new(&MEDIA_TYPE_UNEXPECTED, Place::CONTENT_TYPE).facet("count").expected("one Content-Type");
        findings.push(found.actual(describe::cut(&shown.join(", "))));
    }
    let value = &values[0];
    let mut parts = value.split(';');
    let media_type = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    if read && media_type != expected {
        findings.push(
            Found::new(&MEDIA_TYPE_UNEXPECTED, Place::CONTENT_TYPE).expected(expected).actual(describe::cut(&shown[0])),
        );
    }
    let charset = parts.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_ascii_lowercase())
    });
    // `utf8` is what some frameworks write; nobody takes it for another charset. ASCII is a part of UTF-8.
    if let Some(charset) = charset.filter(|charset| read && !["utf-8", "utf8", "us-ascii"].contains(&charset.as_str()))
    {
        findings.push(
            Found::new(&CHARSET_UNEXPECTED, Place::CONTENT_TYPE)
                .expected("UTF-8")
                .actual(describe::cut(&case.mask().text(&charset))),
        );
    }
    findings
}

fn allow(case: &Case<'_>) -> Option<Finding> {
    if case.reply.status != 405 {
        return None;
    }
    let expected = "the methods that the path has";
    let values: Vec<_> = case.reply.all("allow").map(|value| String::from_utf8_lossy(value).into_owned()).collect();
    if values.is_empty() {
        return Some(Found::new(&ALLOW_MISSING, Place::header("allow")).expected(expected).actual("no Allow"));
    }
    let value = values.join(", ");
    let refused = &case.probe.request.method;
    let lists = case.probe.cause == Cause::WrongMethod && value.split(',').any(|method| method.trim() == refused);
    lists.then(|| {
        let shown: Vec<_> = case.shown.all("allow").map(|value| String::from_utf8_lossy(value).into_owned()).collect();
        let actual = format!("405 for {refused} with Allow: {}", describe::cut(&shown.join(", ")));
        Found::new(&ALLOW_CONTRADICTORY, Place::header("allow"))
            .expected(format!("{expected}, {refused} not among them"))
            .actual(actual)
    })
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
        (
            "error content-encoding-unexpected header:content-encoding",
            OFFSET,
            Outcome::Reply(with(oz(400, 4), "content-encoding", "gzip")),
        ),
        (
            "warning allow-missing header:allow",
            METHOD,
            Outcome::Reply(reply(405, &json!({"error_code": 1, "error_message": "x"}))),
        ),
        (
            "warning allow-contradictory header:allow",
            METHOD,
            Outcome::Reply(with(reply(405, &json!({"error_code": 1, "error_message": "x"})), "allow", "GET, PATCH")),
        ),
    ]
}
