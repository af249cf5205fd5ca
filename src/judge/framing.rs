//! The reply as a message of HTTP/1.1: its grammar, its framing, and what came behind it.

use super::{Found, describe};
use crate::model::exchange::{Defect, Flaw, Outcome, Reply};
use crate::model::finding::Finding;
use crate::model::verdict::Severity;

/// What is wrong with the message, whatever it says.
pub(crate) fn findings(reply: &Reply) -> impl Iterator<Item = Finding> {
    reply.defects.iter().map(defect).chain(next(reply))
}

fn defect(defect: &Defect) -> Finding {
    let (rule, at, expected, severity) = match defect.kind {
        Flaw::StatusLine => ("head-malformed", "status-line", "a status line of HTTP/1.1", Severity::Error),
        Flaw::ReasonPhrase => ("head-malformed", "status-line", "a space behind the status code", Severity::Note),
        Flaw::Field => ("head-malformed", "head", "header fields of HTTP's grammar", Severity::Error),
        Flaw::BareLineFeed => ("head-malformed", "head", "lines that end in CR LF", Severity::Warning),
        Flaw::Framing => ("framing-contradictory", "head", "one length that can be relied on", Severity::Error),
        Flaw::Body => ("body-forbidden", "body", "nothing behind the head", Severity::Error),
        Flaw::After => ("bytes-after-reply", "body", "nothing behind the announced end", Severity::Error),
    };
    Found::new(rule, at).severity(severity).expected(expected).actual(defect.what.to_string())
}

/// What came of the good request behind the probe's own.
fn next(reply: &Reply) -> Option<Finding> {
    let actual = match reply.next.as_deref()? {
        Outcome::Reply(next) if (200..300).contains(&next.status) => return None,
        Outcome::Reply(next) => format!("{} with {}", next.status, describe::describe(next)),
        Outcome::Silence(silence) => silence.to_string(),
    };
    let found = Found::new("next-request-corrupted", "next");
    Some(found.expected("a success for the good request behind it, or a closed connection").actual(actual))
}
