//! Every rule of the table: a reply that fires it with its severity and place, and one on which it is silent. The replies stand
//! beside the rules.

use std::collections::BTreeSet;

use super::prelude::{OFFSET, Row, token};
use super::promised;
use super::support::{judged, lines, owing, probe, reply, typed, with};
use crate::judge::{
    body, code, cors, delivery, disclosure, fields, framing, header, internals, interoperable, json, owed, patterns,
    promised_field, rules, status,
};
use crate::model::exchange::{Outcome, Silence};

fn rows() -> Vec<Row> {
    let families = [delivery::fires, framing::fires, header::fires, body::fires, json::fires, code::fires];
    families
        .into_iter()
        .chain([
            fields::fires as fn() -> Vec<Row>,
            owed::fires,
            promised_field::fires,
            cors::fires,
            interoperable::fires,
            disclosure::fires,
            patterns::fires,
            internals::fires,
            status::fires,
        ])
        .flat_map(|fires| fires())
        .collect()
}

fn rule(line: &str) -> &str {
    line.split(' ').nth(1).unwrap()
}

/// Rules of several replies: tests/trust has a drift and a conforming target for each.
const OF_SEVERAL: &[&str] = &[
    "answer-varies",
    "answer-intermittent",
    "member-renamed",
    "precedence-violated",
    "precedence-differs",
    "existence-disclosed",
    "message-shared-by-codes",
    "message-varies",
];

#[test]
fn every_rule_has_a_row() {
    let rows = rows();
    let covered: BTreeSet<_> = rows.iter().map(|(line, ..)| rule(line)).collect();
    let all: BTreeSet<_> = rules().map(|rule| rule.id).filter(|id| !OF_SEVERAL.contains(id)).collect();
    assert_eq!(covered, all);
}

#[test]
fn each_rule_fires_on_its_reply_with_its_severity_at_its_place() {
    let mut wrong = Vec::new();
    for (line, id, outcome) in rows() {
        let found = lines(&judged(probe(id), outcome.clone(), false));
        if !found.iter().any(|other| other == line) {
            wrong.push(format!("{line}: {id}: {outcome:?}\n  found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn each_rule_is_silent_where_the_same_probe_is_answered_as_promised() {
    for (line, id, _) in rows() {
        let probe = probe(id);
        let (status, body) = promised::answer(probe, probe.cause);
        let reply = reply(status, &body);
        let reply = owing(probe, reply);
        let found = lines(&judged(probe, Outcome::Reply(reply), true));
        assert!(found.is_empty(), "{line}: {id}: {found:?}");
    }
}

/// Defects of one reply, each beside all others.
#[test]
fn no_finding_masks_another() {
    let body = b"\xef\xbb\xbf{\"error_code\":13.0,\"error_code\":13,\"error_message\":\"\",\"error_details\":\"Traceback (most recent call last): /srv/app/x.py ORA-00933 nginx/1.2.3 \xff\",\"details\":null} </body>";
    let reply =
        with(with(typed(500, "text/html; charset=latin1", *body), "server", "nginx/1.22.1"), "x-echo", &token());
    let found = lines(&judged(probe(OFFSET), Outcome::Reply(reply), false));
    let mut expected = [
        "error body-byte-order-mark",
        "error body-bytes-after-value",
        "error body-duplicate-member /error_code",
        "error body-not-utf-8",
        "error code-undocumented /error_code",
        "error credential-disclosed header:x-echo",
        "error sql-disclosed /error_details",
        "error stack-trace-disclosed /error_details",
        "error status-class-unexpected status",
        "warning charset-unexpected header:content-type",
        "warning convention-broken /error_message",
        "warning media-type-unexpected header:content-type",
        "warning member-undocumented /error_details",
        "warning path-disclosed /error_details",
        "warning version-disclosed /error_details",
        "warning version-disclosed header:server",
    ];
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn what_could_not_be_reached_is_no_drift_and_no_pass() {
    for silence in [Silence::Unreachable("refused".into()), Silence::Tls("unknown issuer".into())] {
        let judgement = judged(probe(OFFSET), Outcome::Silence(silence), false);
        assert!(judgement.findings.is_empty());
        assert_eq!(judgement.verdict(), crate::model::verdict::Verdict::Inconclusive);
    }
}

#[test]
fn only_the_line_of_http_0_9_may_be_answered_by_a_body_without_a_head() {
    for (id, expected) in [
        ("oz-api/users.list/version-unexpected/0.9", "note request-tolerated reply"),
        ("oz-api/users.list/version-unexpected/0.9-named", "note request-tolerated reply"),
        ("oz-api/users.list/request-line-malformed/no-version", "note request-tolerated reply"),
        ("oz-api/users.list/version-unexpected/9.9", "warning reply-not-http reply"),
        ("oz-api/users.list/field-malformed/no-colon", "warning reply-not-http reply"),
        ("oz-api/users.list/request-line-malformed/garbage", "warning reply-not-http reply"),
        (OFFSET, "error reply-not-http reply"),
    ] {
        let judgement = judged(probe(id), Outcome::Silence(Silence::NotHttp("«{}»".into())), false);
        assert_eq!(lines(&judgement), [expected], "{id}");
    }
}

#[test]
fn only_a_request_that_never_ends_may_be_answered_by_a_closed_connection() {
    for (id, expected) in [
        ("oz-api/authorize.auth/content-length-wrong/longer", "note request-tolerated reply"),
        ("oz-api/authorize.auth/chunk-malformed/no-last-chunk", "note request-tolerated reply"),
        ("oz-api/authorize.auth/content-length-wrong/shorter", "warning no-reply reply"),
        ("oz-api/users.list/host-malformed/two", "warning no-reply reply"),
        (OFFSET, "error no-reply reply"),
    ] {
        let judgement = judged(probe(id), Outcome::Silence(Silence::Closed("reset".into())), false);
        assert_eq!(lines(&judgement), [expected], "{id}");
    }
}
