//! Whether an error came at all: silences, cut replies, successes and redirects in place of an error.

use super::case::Case;
use super::describe;
use super::finding::Finding;
use super::found::Found;
use super::judgement::Judgement;
use super::rule::rules;
use crate::model::exchange::{Ending, Reply, Script, Silence};
use crate::model::place::Place;
use crate::model::verdict::Severity;
use crate::plan::{Probe, Success};

rules! {
    NO_REPLY = Error "no-reply" {
        what: "The target closed, reset or held the connection and sent no reply.",
        why: "A client cannot tell a refused request from a broken network, and will send it again.",
        example: "TCP connection closed after the request, without a byte",
        source: "RFC 9112, section 2.2: a server that cannot read a request should answer 400 and close",
    }
    REPLY_NOT_HTTP = Error "reply-not-http" {
        what: "Bytes came that are no HTTP/1.1 reply.",
        why: "Every HTTP library fails before the client's own code sees the error.",
        example: "{\"error_code\": 3} without a status line",
        source: "RFC 9112, section 4",
    }
    REPLY_TRUNCATED = Error "reply-truncated" {
        what: "The body ended before its framing said so.",
        why: "The error's text is lost, and many clients report a network failure instead of the error.",
        example: "Content-Length: 120, and 60 bytes before the connection was closed",
        source: "RFC 9112, section 8",
        marks: [Partial],
    }
    REPLY_OVERSIZED = Warning "reply-oversized" {
        what: "The error's body or head exceeds what errdrift reads of one reply (2 MiB, or less where more than 32 probes are under way at once; a head of 1,000 lines): what it says could not be judged.",
        why: "A client that reads the whole error runs out of memory or time.",
        example: "400 with a body of 100 MB",
        source: "errdrift: no documented error needs more",
        marks: [Partial],
    }
    SERVICE_UNAVAILABLE = Warning "service-unavailable" {
        what: "A layer before the service answered that the service is not available (502, 503, 504) or that there were too many requests (429).",
        why: "The service was not asked: the probe says nothing of it, and a client meets a page that is no documented error.",
        example: "502 with nginx's page",
        source: "RFC 9110, section 15.6; RFC 6585, section 4",
    }
    PAGE_OF_ANOTHER_LAYER = Warning "page-of-another-layer" {
        what: "A gateway or a framework answered a malformed or too large request with a page of its own, and the suite does not say that it owes the contract.",
        why: "A client that sends such a request by mistake meets a page that it cannot read. Most gateways can be given a page of the documented format.",
        example: "414 with nginx's page for a URL of 8 kB",
        source: "the suite's owed_by; RFC 9110, section 15.5",
    }
    REQUEST_ACCEPTED = Error "request-accepted" {
        what: "A request that must be refused was answered by a success (2xx).",
        why: "The caller believes that something was done. Where credentials were wrong, the data are open to anyone.",
        example: "200 for a request without a token",
        source: "the contract's promise for the cause; RFC 9110, section 15.3",
        marks: [Uncapped],
    }
    REQUEST_TOLERATED = Note "request-tolerated" {
        what: "A request that a lenient server may take for right was answered by a success (2xx).",
        why: "Nothing is broken. Clients should not rely on it.",
        example: "200 for a JSON body under Content-Type: text/plain",
        source: "the document does not call it an error",
    }
    ERROR_UNDER_SUCCESS = Error "error-under-success" {
        what: "An error body came under a success status (2xx).",
        why: "Clients, caches, gateways and monitors read the status first and take the error for a success.",
        example: "200 {\"error_code\": 6, \"error_message\": \"No token\"}",
        source: "the contract's statuses; RFC 9110, section 15.3",
    }
    REQUEST_REDIRECTED = Error "request-redirected" {
        what: "A request that must be refused was answered by a redirect (3xx).",
        why: "A client follows to a page that is no API and fails on its HTML, or sends its credentials elsewhere.",
        example: "302 with Location: /login",
        source: "the contract's promise for the cause; RFC 9110, section 15.4",
    }
    REPLY_UNGOVERNED = Note "reply-ungoverned" {
        what: "The reply is not the contract's, and the document does not reach it.",
        why: "Clients will meet it all the same: know who answers.",
        example: "404 with an HTML page for a path outside the API",
        source: "the document is silent",
    }
}

/// The outcome of a silence: what could not be reached could not be judged; what does not answer breaks its promise.
pub(crate) fn silence(probe: &Probe, silence: &Silence) -> Judgement {
    let finding = |rule, expected: &str| Found::new(rule, Place::REPLY).expected(expected).by_cause();
    let script = probe.request.script.as_ref();
    let closed = matches!(silence, Silence::Closed(_)) && script.is_some_and(|script| script.unfinished);
    // To a line without a version, a body without a head is the reply of HTTP/0.9.
    let bare = matches!(silence, Silence::NotHttp(_)) && script.is_some_and(Script::is_simple);
    if closed || bare {
        let found = Found::new(&REQUEST_TOLERATED, Place::REPLY).by_cause();
        let found = found.expected("an error, or what a server may make of such a request");
        return Judgement { findings: vec![found.actual(silence.to_string())], ..Judgement::default() };
    }
    match silence {
        Silence::Unreachable(_) | Silence::Local(_) | Silence::Tls(_) => {
            Judgement { inconclusive: Some(silence.to_string()), ..Judgement::default() }
        }
        Silence::Closed(_) | Silence::TimedOut(_) | Silence::Stalled(..) => Judgement {
            findings: vec![finding(&NO_REPLY, "an error reply").actual(silence.to_string())],
            ..Judgement::default()
        },
        Silence::NotHttp(_) => Judgement {
            findings: vec![finding(&REPLY_NOT_HTTP, "an HTTP/1.1 reply").for_all(true).actual(silence.to_string())],
            ..Judgement::default()
        },
    }
}

/// A body that did not come whole.
pub(crate) fn ending(reply: &Reply, shown: &Reply) -> Option<Finding> {
    let truncated = |why: String| {
        let actual = format!("{} bytes of body, then {why}", reply.body.len());
        Found::new(&REPLY_TRUNCATED, Place::BODY).expected("the whole body that the reply announces").actual(actual)
    };
    match &shown.ending {
        Ending::Complete => None,
        Ending::Truncated(why) => Some(truncated(why.to_string())),
        Ending::TimedOut => Some(truncated("nothing until the deadline".to_owned())),
        Ending::OversizedHead(limit) => Some(
            Found::new(&REPLY_OVERSIZED, Place::HEAD)
                .expected(format!("a head of at most {limit}"))
                .actual(format!("a head of more than {limit}")),
        ),
        // A success may be as long as it likes; whether one may come is another rule's.
        Ending::Oversized(_) if reply.status / 100 == 2 => None,
        Ending::Oversized(limit) => Some(
            Found::new(&REPLY_OVERSIZED, Place::BODY)
                .expected(format!("at most {limit} bytes"))
                .actual(format!("more than {limit} bytes")),
        ),
    }
}

/// Why a reply cannot be judged whose end is found so.
pub(crate) fn oversized(ending: &Finding) -> Option<String> {
    (*ending.rule == REPLY_OVERSIZED)
        .then(|| format!("the reply has {}; with --jobs 32 or less, bodies of 2 MiB are read", ending.actual))
}

/// A success that is no error in disguise.
pub(crate) fn success(case: &Case<'_>) -> Option<Finding> {
    let reply = case.reply;
    let actual = format!("{} with {}", reply.status, case.described());
    if !case.probe.expectation.governed || case.probe.expectation.success == Success::Right {
        return None;
    }
    if case.probe.expectation.success == Success::Tolerated {
        return Some(
            Found::new(&REQUEST_TOLERATED, Place::STATUS)
                .by_cause()
                .class(case.reply.status.to_string())
                .expected("an error, or a success of a lenient server")
                .actual(actual),
        );
    }
    let expected = format!("an error: {}", case.probe.fault.what);
    Some(
        Found::new(&REQUEST_ACCEPTED, Place::STATUS)
            .by_cause()
            .class(reply.status.to_string())
            .expected(expected)
            .source(source(case))
            .actual(actual),
    )
}

/// An error body under a success status.
pub(crate) fn error_under_success(case: &Case<'_>) -> Finding {
    let actual = format!("{} with {}", case.reply.status, case.described());
    Found::new(&ERROR_UNDER_SUCCESS, Place::STATUS)
        .class(case.reply.status.to_string())
        .expected("an error status")
        .source(source(case))
        .actual(actual)
}

/// A redirect.
pub(crate) fn redirect(case: &Case<'_>) -> Option<Finding> {
    if !case.probe.expectation.governed {
        return None;
    }
    let location = case
        .shown
        .header("location")
        .map_or_else(|| "no Location".to_owned(), |to| format!("Location: {}", describe::cut(&to)));
    let actual = format!("{} with {location}", case.reply.status);
    if case.probe.expectation.success != Success::Wrong {
        return Some(
            Found::new(&REQUEST_TOLERATED, Place::STATUS)
                .by_cause()
                .class(case.reply.status.to_string())
                .expected("an error, or what a lenient server makes of it")
                .actual(actual),
        );
    }
    Some(
        Found::new(&REQUEST_REDIRECTED, Place::STATUS)
            .by_cause()
            .class(case.reply.status.to_string())
            .expected("an error")
            .source(source(case))
            .actual(actual),
    )
}

/// A reply that no document reaches.
pub(crate) fn ungoverned(case: &Case<'_>) -> Option<Finding> {
    // Where no body is promised, any is right, wherever it comes from.
    if case.envelope || !case.has_body() {
        return None;
    }
    let promise = case.probe.promise(case.probe.cause);
    let source = promise.and_then(|promise| promise.silent.clone());
    let strict = case.settings.strict && case.probe.expectation.governed;
    let source =
        source.filter(|_| case.probe.expectation.governed).unwrap_or_else(|| "the path is outside the API".to_owned());
    let found = Found::new(&REPLY_UNGOVERNED, Place::STATUS)
        .by_cause()
        .expected("the contract's body, if anything")
        .source(source);
    let found = found.severity(if strict { Severity::Error } else { Severity::Note });
    Some(found.actual(format!("{} with {}", case.reply.status, case.described())))
}

/// A page of a layer that does not owe the contract for this cause.
pub(crate) fn foreign(case: &Case<'_>) -> Option<Finding> {
    let origin = case.origin;
    // Where no body is promised, a page of anybody is a body.
    if !case.has_body() || case.reply.status < 400 || case.probe.api.suite.owed_by.holds(case.probe.cause, origin.layer)
    {
        return None;
    }
    let product = origin.product.unwrap_or("unknown");
    let actual = format!("{} from {product}, with {}", case.reply.status, case.described());
    let found = Found::new(&PAGE_OF_ANOTHER_LAYER, Place::BODY).facet(product).expected("the contract's body");
    Some(found.actual(actual))
}

/// Where the contract says what the cause deserves.
fn source(case: &Case<'_>) -> String {
    let promise = case.probe.promise(case.probe.cause);
    let sources = promise.map(|promise| {
        let class = promise.class.as_ref().map(|promise| promise.source.clone());
        let status = promise.status.as_ref().map(|promise| promise.source.clone());
        promise.code.as_ref().map(|promise| promise.source.clone()).or(status).or(class)
    });
    sources.flatten().unwrap_or_else(|| case.contract.file.document.clone())
}

/// Why a reply says that the service could not be asked, where it says so: 429 and a 503 that says for how long, whoever
/// wrote them; 502, 503 and 504 that are not the contract's.
pub(crate) fn unavailable(case: &Case<'_>) -> Option<String> {
    match case.reply.status {
        429 => Some("rate limited: 429; lower --jobs or set --rate".to_owned()),
        503 if case.reply.header("retry-after").is_some() => Some("unavailable: 503 with Retry-After".to_owned()),
        status @ 502..=504 if !case.envelope => Some(format!("unavailable: {status} from a layer before the service")),
        _ => None,
    }
}

/// What such a reply is reported as, so that one in a thousand is seen.
pub(crate) fn unavailability(case: &Case<'_>) -> Finding {
    let actual = format!("{} with {}", case.reply.status, case.described());
    Found::new(&SERVICE_UNAVAILABLE, Place::STATUS).expected("an error reply of the service").actual(actual)
}

/// Replies that fire these rules: severity, rule and place, the probe, and what came. All are silent on what is promised.
#[cfg(test)]
pub(super) fn fires() -> Vec<super::tests::prelude::Row> {
    use super::tests::prelude::*;

    let silence = Outcome::Silence;
    vec![
        ("error no-reply reply", OFFSET, silence(Silence::Closed("reset".into()))),
        ("error no-reply reply", OFFSET, silence(Silence::TimedOut(Duration::from_secs(1)))),
        ("error reply-not-http reply", OFFSET, silence(Silence::NotHttp("{".into()))),
        ("error reply-truncated body", OFFSET, ended(Ending::Truncated("closed".into()))),
        ("error reply-truncated body", OFFSET, ended(Ending::TimedOut)),
        ("warning reply-oversized body", OFFSET, ended(Ending::Oversized(1 << 20))),
        ("warning reply-oversized head", OFFSET, ended(Ending::OversizedHead("1000 lines".into()))),
        ("error no-reply reply", OFFSET, silence(Silence::Stalled(Duration::from_secs(1), "HTTP/1.1".into()))),
        (
            "warning page-of-another-layer body",
            "oz-api/folders.get/path-nul/folder_id",
            Outcome::Reply(typed(400, "text/html", NGINX)),
        ),
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
        (
            "note reply-ungoverned status",
            "oz-api/no-operation/path-unknown/outside",
            Outcome::Reply(typed(404, "text/html", NGINX)),
        ),
    ]
}
