//! Every rule of the table: a reply that fires it with its severity and place, and one on which it is silent.

use std::collections::BTreeSet;
use std::time::Duration;

use super::promised;
use super::support::{NGINX, escrow, judged, lines, oz, probe, reply, text, typed, with};
use errdrift::judge::rules;
use errdrift::model::exchange::{Defect, Ending, Flaw, Outcome, Reply, Silence};
use serde_json::json;

const OFFSET: &str = "oz-api/folders.list/query-negative/offset";
const METHOD: &str = "oz-api/version/method-unsupported/PATCH";
const UNKNOWN: &str = "oz-api/folders.get/path-unknown-id";
const DEAL: &str = "escrow-box/deals.get/path-unknown-id";
const CITIES: &str = "escrow-box/handlers.cities/credentials-absent";

/// A finding as `severity rule at`, the probe, and what came.
type Row = (&'static str, &'static str, Outcome);

fn message(text: &str) -> Outcome {
    Outcome::Reply(reply(400, &json!({"error_code": 4, "error_message": text})))
}

fn ended(ending: Ending) -> Outcome {
    Outcome::Reply(Reply { ending, ..oz(400, 4) })
}

fn flawed(kind: Flaw) -> Outcome {
    Outcome::Reply(Reply { defects: vec![Defect { kind, what: "it".into() }], ..oz(400, 4) })
}

/// With what came for the good request behind the probe's own.
fn followed(next: Outcome) -> Outcome {
    Outcome::Reply(Reply { next: Some(Box::new(next)), ..oz(400, 4) })
}

fn typed_as(media_type: &str) -> Outcome {
    Outcome::Reply(typed(400, media_type, oz(400, 4).body))
}

fn untyped(reply: Reply) -> Outcome {
    Outcome::Reply(Reply { headers: Vec::new(), ..reply })
}

/// The code as it is written in the body.
fn code(text: &str) -> Outcome {
    Outcome::Reply(self::text(400, format!("{{\"error_code\":{text},\"error_message\":\"an error\"}}")))
}

fn around(before: &[u8], after: &[u8]) -> Outcome {
    Outcome::Reply(text(400, [before, &oz(400, 4).body, after].concat()))
}

fn token() -> String {
    let pairs = errdrift::reference::environment(errdrift::reference::Api::OzApi);
    pairs.iter().find(|(name, _)| *name == "OZ_TOKEN").map(|(_, value)| (*value).to_owned()).unwrap()
}

fn delivery() -> Vec<Row> {
    let silence = Outcome::Silence;
    vec![
        ("error no-reply reply", OFFSET, silence(Silence::Closed("reset".into()))),
        ("error no-reply reply", OFFSET, silence(Silence::TimedOut(Duration::from_secs(1)))),
        ("error reply-not-http reply", OFFSET, silence(Silence::NotHttp("{".into()))),
        ("error reply-truncated body", OFFSET, ended(Ending::Truncated("closed".into()))),
        ("error reply-truncated body", OFFSET, ended(Ending::TimedOut)),
        ("error reply-oversized body", OFFSET, ended(Ending::Oversized(1 << 20))),
        ("error reply-oversized head", OFFSET, ended(Ending::OversizedHead("1000 lines".into()))),
        ("error no-reply reply", OFFSET, silence(Silence::Stalled(Duration::from_secs(1), "HTTP/1.1".into()))),
        ("error head-malformed status-line", OFFSET, flawed(Flaw::StatusLine)),
        ("note head-malformed status-line", OFFSET, flawed(Flaw::ReasonPhrase)),
        ("error head-malformed head", OFFSET, flawed(Flaw::Field)),
        ("warning head-malformed head", OFFSET, flawed(Flaw::BareLineFeed)),
        ("error framing-contradictory head", OFFSET, flawed(Flaw::Framing)),
        ("error body-forbidden body", OFFSET, flawed(Flaw::Body)),
        ("error bytes-after-reply body", OFFSET, flawed(Flaw::After)),
        (
            "warning page-of-another-layer body",
            "oz-api/folders.get/path-nul/folder_id",
            Outcome::Reply(typed(400, "text/html", NGINX)),
        ),
        ("error next-request-corrupted next", OFFSET, followed(Outcome::Reply(oz(400, 3)))),
        ("error next-request-corrupted next", OFFSET, followed(silence(Silence::NotHttp("}".into())))),
        ("warning service-unavailable status", OFFSET, Outcome::Reply(typed(502, "text/html", NGINX))),
        ("warning service-unavailable status", OFFSET, Outcome::Reply(typed(429, "text/html", NGINX))),
        ("error request-accepted status", OFFSET, Outcome::Reply(reply(200, &json!([])))),
        (
            "note request-tolerated status",
            "oz-api/folders.list/query-fractional/offset",
            Outcome::Reply(reply(200, &json!([]))),
        ),
        ("error error-under-success status", OFFSET, Outcome::Reply(oz(200, 4))),
        (
            "error request-redirected status",
            OFFSET,
            Outcome::Reply(with(typed(302, "text/html", ""), "location", "/login")),
        ),
    ]
}

fn status_and_headers() -> Vec<Row> {
    vec![
        ("error status-class-unexpected status", OFFSET, Outcome::Reply(oz(500, 4))),
        ("error status-unexpected status", UNKNOWN, Outcome::Reply(oz(400, 10))),
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
        (
            "note reply-ungoverned status",
            "oz-api/no-operation/path-unknown/outside",
            Outcome::Reply(typed(404, "text/html", NGINX)),
        ),
    ]
}

fn body() -> Vec<Row> {
    let utf_16 =
        |text: &[u8]| String::from_utf8_lossy(text).encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    vec![
        ("error body-empty", OFFSET, Outcome::Reply(typed(400, "application/json", ""))),
        ("error body-not-json", OFFSET, Outcome::Reply(typed(400, "text/html", NGINX))),
        ("error body-not-json", OFFSET, Outcome::Reply(text(400, "404 page not found\n"))),
        ("error body-not-utf-8", OFFSET, Outcome::Reply(text(400, utf_16(&oz(400, 4).body)))),
        (
            "error body-not-utf-8",
            OFFSET,
            Outcome::Reply(text(400, *b"{\"error_code\":4,\"error_message\":\"\xe9t\xe9\"}")),
        ),
        ("error body-byte-order-mark", OFFSET, around(b"\xef\xbb\xbf", b"")),
        ("error body-bytes-after-value", OFFSET, around(b"", b"</body>")),
        (
            "error body-duplicate-member /error_code",
            OFFSET,
            Outcome::Reply(text(400, "{\"error_code\":0,\"error_code\":4,\"error_message\":\"x\"}")),
        ),
        ("error body-integer-not-plain /error_code", OFFSET, code("4.0")),
        ("error body-integer-not-plain /error_code", OFFSET, code("4e0")),
        ("error schema-violation /error_code", OFFSET, code("\"4\"")),
        ("error schema-violation /error_code", OFFSET, code("4.5")),
        ("error schema-violation /error_message", OFFSET, Outcome::Reply(reply(400, &json!({"error_code": 4})))),
        ("error schema-violation", OFFSET, Outcome::Reply(text(400, "[]"))),
        (
            "warning member-undocumented /error_details",
            OFFSET,
            Outcome::Reply(reply(400, &json!({"error_code": 4, "error_message": "x", "error_details": null}))),
        ),
        ("warning convention-broken /error_message", OFFSET, message("")),
    ]
}

fn meaning() -> Vec<Row> {
    let unhandled = json!({"code": "UNKNOWN_ERROR", "message": "Internal server error"});
    vec![
        ("error code-undocumented /error_code", OFFSET, code("13")),
        ("error code-undocumented /error_code", OFFSET, code("-1")),
        ("error code-unexpected /error_code", OFFSET, code("7")),
        ("error code-contradicts-status status", OFFSET, code("10")),
        (
            "warning operation-not-realized /error_code",
            "oz-api/folders.get/path-ill-typed-id/folder_id",
            Outcome::Reply(oz(501, 2)),
        ),
        ("warning fault-unhandled /error/code", DEAL, Outcome::Reply(escrow(&unhandled))),
        (
            "warning credentials-checked-late status",
            "oz-api/folders.get/credentials-absent",
            Outcome::Reply(oz(404, 10)),
        ),
        (
            "warning message-unexpected /error/message",
            CITIES,
            Outcome::Reply(escrow(&json!({"code": "NOT_ALLOWED", "message": "Client is not ACTIVE"}))),
        ),
        (
            "error fields-mirror-nothing /error/fields/nosuch",
            DEAL,
            Outcome::Reply(escrow(&json!({"code": "X", "fields": {"nosuch": "REQUIRED"}}))),
        ),
        (
            "error stack-trace-disclosed /error_message",
            OFFSET,
            message("Traceback (most recent call last):\n  File \"x.py\", line 10, in get"),
        ),
        ("error sql-disclosed /error_message", OFFSET, message("ERROR: syntax error at or near \"'\"")),
        ("error credential-disclosed /error_message", OFFSET, message(&format!("token {} is wrong", token()))),
        ("warning path-disclosed /error_message", OFFSET, message("No such file: /srv/app/config.ini")),
        ("warning version-disclosed header:server", OFFSET, Outcome::Reply(with(oz(400, 4), "server", "nginx/1.22.1"))),
        ("warning version-disclosed /error_message", OFFSET, message("Werkzeug/2.3.4 is not amused")),
    ]
}

fn rows() -> Vec<Row> {
    [delivery(), status_and_headers(), body(), meaning()].into_iter().flatten().collect()
}

fn rule(line: &str) -> &str {
    line.split(' ').nth(1).unwrap()
}

/// Rules of several replies: tests/trust has a drift and a conforming target for each.
const OF_SEVERAL: &[&str] = &[
    "answer-varies",
    "answer-intermittent",
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
        let reply = if status == 405 { with(reply, "allow", "GET") } else { reply };
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
        assert_eq!(judgement.verdict(), errdrift::model::verdict::Verdict::Inconclusive);
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
