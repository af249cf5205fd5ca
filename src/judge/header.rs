//! The header fields of an error reply.

use super::{Case, Found, describe};
use crate::model::cause::Cause;
use crate::model::finding::Finding;

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
    let found = Found::new("content-encoding-unexpected", "header:content-encoding")
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
            .then(|| {
                Found::new("media-type-missing", "header:content-type").expected(expected).actual("no Content-Type")
            })
            .into_iter()
            .collect();
    }
    // A page is no JSON under its own media type: the body's rule says so, once.
    let read = case.json.is_some();
    let mut findings = Vec::new();
    if values.len() > 1 {
        let found =
            Found::new("media-type-unexpected", "header:content-type").facet("count").expected("one Content-Type");
        findings.push(found.actual(describe::cut(&shown.join(", "))));
    }
    let value = &values[0];
    let mut parts = value.split(';');
    let media_type = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    if read && media_type != expected {
        findings.push(
            Found::new("media-type-unexpected", "header:content-type")
                .expected(expected)
                .actual(describe::cut(&shown[0])),
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
            Found::new("charset-unexpected", "header:content-type")
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
        return Some(Found::new("allow-missing", "header:allow").expected(expected).actual("no Allow"));
    }
    let value = values.join(", ");
    let refused = &case.probe.request.method;
    let lists = case.probe.cause == Cause::WrongMethod && value.split(',').any(|method| method.trim() == refused);
    lists.then(|| {
        let shown: Vec<_> = case.shown.all("allow").map(|value| String::from_utf8_lossy(value).into_owned()).collect();
        let actual = format!("405 for {refused} with Allow: {}", describe::cut(&shown.join(", ")));
        Found::new("allow-contradictory", "header:allow")
            .expected(format!("{expected}, {refused} not among them"))
            .actual(actual)
    })
}
