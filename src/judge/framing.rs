//! The reply as a message of HTTP/1.1: its grammar, its framing, and what came after it.

use super::describe;
use super::finding::Finding;
use super::found::Found;
use super::rule::{Needs, rules};
use crate::model::exchange::{Defect, Flaw, Outcome, Reply};
use crate::model::place::Place;
use crate::model::verdict::Severity;

static NEEDS_NEXT_REQUEST: Needs = Needs {
    what: "reply to a request that another follows (--tier wire)",
    belongs: |_| true,
    holds: |case| case.probe.request.script.as_ref().is_some_and(|script| script.good_follows),
};

static NEEDS_NO_BODY: Needs = Needs {
    what: "reply to HEAD, and none with 204 or 304",
    belongs: |_| true,
    holds: |case| case.probe.request.method == "HEAD" || matches!(case.reply.status, 204 | 304),
};

rules! {
    HEAD_MALFORMED = Error "head-malformed" {
        what: "The status line or a header field is not of HTTP's grammar: no colon, white space before it, a folded line, a control byte, an impossible status code. A bare line feed is a warning, a missing space after the status code a note.",
        why: "Strict clients refuse the whole reply; where a proxy and a client read it differently, one smuggles past the other.",
        example: "X-Request-Id : 7",
        source: "RFC 9112, sections 4 and 5",
        marks: [Unrecorded],
    }
    FRAMING_CONTRADICTORY = Error "framing-contradictory" {
        what: "The reply says the length of its body in two ways, or in none that can be read.",
        why: "Each client cuts the body elsewhere, and takes the rest for the next reply.",
        example: "Content-Length: 40 and Content-Length: 57",
        source: "RFC 9112, section 6.3",
        marks: [Unrecorded],
    }
    CHUNK_MALFORMED = Note "chunk-malformed" {
        what: "The size of a chunk is followed by something that is no extension of HTTP's grammar: white space, a semicolon without a name, a bare line feed.",
        why: "Most clients overlook it; strict ones refuse the reply, and what proxies and clients read differently is how replies are smuggled.",
        example: "2; before a chunk of two bytes",
        source: "RFC 9112, sections 7.1 and 7.1.1",
        marks: [Unrecorded],
    }
    BODY_FORBIDDEN = Error "body-forbidden" {
        what: "Bytes follow a reply that must not have a body: one to HEAD, a 204 or a 304.",
        why: "A client takes them for the beginning of the next reply on the connection.",
        example: "204 with {\"error_code\": 0} after its head",
        source: "RFC 9110, section 6.4.1; RFC 9112, section 6.3",
        needs: NEEDS_NO_BODY,
        marks: [Unrecorded],
    }
    BYTES_AFTER_REPLY = Error "bytes-after-reply" {
        what: "Bytes follow the end that the reply's framing announced.",
        why: "A client loses them, or takes them for the next reply on the connection.",
        example: "Content-Length: 40 before a body of 57 bytes",
        source: "RFC 9112, section 6.3",
        marks: [Unrecorded],
    }
    NEXT_REQUEST_CORRUPTED = Error "next-request-corrupted" {
        what: "The connection stayed open after a refused request, and the good request after it was not answered by a success.",
        why: "What is left of one caller's request becomes the beginning of the next one's: requests fail at random, or are smuggled.",
        example: "401 without reading the body, then 400 for the body's bytes",
        source: "RFC 9112, section 9.3: close the connection, or read the whole request",
        needs: NEEDS_NEXT_REQUEST,
        marks: [Unrecorded],
    }
}

/// What is wrong with the message, whatever it says.
pub(crate) fn findings(reply: &Reply) -> impl Iterator<Item = Finding> {
    reply.defects.iter().map(defect).chain(next(reply))
}

fn defect(defect: &Defect) -> Finding {
    let (rule, at, expected, severity) = match defect.kind {
        Flaw::StatusLine => (&HEAD_MALFORMED, Place::STATUS_LINE, "a status line of HTTP/1.1", Severity::Error),
        Flaw::ReasonPhrase => (&HEAD_MALFORMED, Place::STATUS_LINE, "a space after the status code", Severity::Note),
        Flaw::Field => (&HEAD_MALFORMED, Place::HEAD, "header fields of HTTP's grammar", Severity::Error),
        Flaw::BareLineFeed => (&HEAD_MALFORMED, Place::HEAD, "lines that end in CR LF", Severity::Warning),
        Flaw::Framing => (&FRAMING_CONTRADICTORY, Place::HEAD, "one length that can be relied on", Severity::Error),
        Flaw::Chunk => (&CHUNK_MALFORMED, Place::BODY, "a size, its extensions and CR LF", Severity::Note),
        Flaw::Body => (&BODY_FORBIDDEN, Place::BODY, "nothing after the head", Severity::Error),
        Flaw::After => (&BYTES_AFTER_REPLY, Place::BODY, "nothing after the announced end", Severity::Error),
    };
    Found::new(rule, at).severity(severity).expected(expected).actual(defect.what.to_string())
}

/// What came of the good request after the probe's own.
fn next(reply: &Reply) -> Option<Finding> {
    let actual = match reply.next.as_deref()? {
        Outcome::Reply(next) if (200..300).contains(&next.status) => return None,
        Outcome::Reply(next) => format!("{} with {}", next.status, describe::describe(next)),
        Outcome::Silence(silence) => silence.to_string(),
    };
    let found = Found::new(&NEXT_REQUEST_CORRUPTED, Place::NEXT);
    Some(found.expected("a success for the good request after it, or a closed connection").actual(actual))
}

/// Replies that fire these rules: severity, rule and place, the probe, and what came. All are silent on what is promised.
#[cfg(test)]
pub(super) fn fires() -> Vec<super::tests::prelude::Row> {
    use super::tests::prelude::*;

    let silence = Outcome::Silence;
    vec![
        ("error head-malformed status-line", OFFSET, flawed(Flaw::StatusLine)),
        ("note head-malformed status-line", OFFSET, flawed(Flaw::ReasonPhrase)),
        ("error head-malformed head", OFFSET, flawed(Flaw::Field)),
        ("warning head-malformed head", OFFSET, flawed(Flaw::BareLineFeed)),
        ("error framing-contradictory head", OFFSET, flawed(Flaw::Framing)),
        ("note chunk-malformed body", OFFSET, flawed(Flaw::Chunk)),
        ("error body-forbidden body", OFFSET, flawed(Flaw::Body)),
        ("error bytes-after-reply body", OFFSET, flawed(Flaw::After)),
        ("error next-request-corrupted next", OFFSET, followed(Outcome::Reply(oz(400, 3)))),
        ("error next-request-corrupted next", OFFSET, followed(silence(Silence::NotHttp("}".into())))),
    ]
}
