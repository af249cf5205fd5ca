//! Header fields that the document promises of an error, where it promises any.

use regex::Regex;

use super::case::Case;
use super::describe;
use super::finding::Finding;
use super::found::Found;
use super::rule::{Needs, rules};
use crate::catalog::contract::HeaderPromise;
use crate::model::place::Place;

static NEEDS_PROMISE: Needs = Needs {
    what: "error of which the contract promises a header field",
    belongs: |api| !api.contract.file.header.is_empty(),
    holds: |case| case.contract.file.header.iter().any(|promise| promise.covers(case.reply.status)),
};

rules! {
    HEADER_FIELD_UNEXPECTED = Error "header-field-unexpected" {
        what: "A header field that the contract promises of the error is missing, or its value is not as promised.",
        why: "A client that relies on it, to wait, to report an incident or to page on, finds nothing or what it cannot read.",
        example: "429 without X-RateLimit-Reset",
        source: "the contract's header",
        needs: NEEDS_PROMISE,
    }
}

/// What is missing or other than promised.
pub(crate) fn findings(case: &Case<'_>) -> Vec<Finding> {
    let promises = case.contract.file.header.iter().zip(&case.contract.patterns);
    let promises = promises.filter(|(promise, _)| promise.covers(case.reply.status));
    let finding = |(promise, pattern): (&HeaderPromise, &Option<Regex>)| {
        let name = promise.name.to_ascii_lowercase();
        let found = Found::new(&HEADER_FIELD_UNEXPECTED, Place::header(&name))
            .severity(promise.strength.severity())
            .for_all(true)
            .source(promise.source.as_str());
        let Some(value) = case.reply.header(&name) else {
            return Some(found.expected(format!("a field {}", promise.name)).actual("none"));
        };
        let pattern = pattern.as_ref().filter(|pattern| !pattern.is_match(&value))?;
        let shown = case.shown.header(&name).unwrap_or_default();
        let found = found.facet("value").expected(format!("a value that matches {}", pattern.as_str()));
        Some(found.actual(describe::quoted(&shown)))
    };
    promises.filter_map(finding).collect()
}

/// Replies that fire these rules: severity, rule and place, the probe, and what came. All are silent on what is promised.
#[cfg(test)]
pub(super) fn fires() -> Vec<super::tests::prelude::Row> {
    use super::tests::prelude::*;

    const TRACED: &str = "traced/things.get/path-unknown-id";
    let gone = |status| reply(status, &json!({"errors": [{"code": "GONE"}]}));
    let traced = |reply: Reply, id: &str| Outcome::Reply(with(reply, "x-request-id", id));
    vec![
        ("error header-field-unexpected header:x-request-id", TRACED, Outcome::Reply(gone(404))),
        ("error header-field-unexpected header:x-request-id", TRACED, traced(gone(404), "?")),
        ("error header-field-unexpected header:x-request-id", TRACED, Outcome::Reply(gone(410))),
    ]
}
