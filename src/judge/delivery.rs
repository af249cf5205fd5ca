//! Whether an error came at all: silences, cut replies, successes and redirects in place of an error.

use super::{Case, Found, Judgement, describe};
use crate::model::exchange::{Ending, Reply, Script, Silence};
use crate::model::finding::Finding;
use crate::model::verdict::Severity;
use crate::plan::Probe;

/// What a silence comes to: what could not be reached could not be judged; what does not answer breaks its promise.
pub(crate) fn silence(probe: &Probe, silence: &Silence) -> Judgement {
    let finding =
        |rule, expected: &str| Found::new(rule, "reply").expected(expected).by_cause().actual(silence.to_string());
    let script = probe.request.script.as_ref();
    let closed = matches!(silence, Silence::Closed(_)) && script.is_some_and(|script| script.unfinished);
    // To a line without a version, a body without a head is the reply of HTTP/0.9.
    let bare = matches!(silence, Silence::NotHttp(_)) && script.is_some_and(Script::is_simple);
    if closed || bare {
        let found = Found::new("request-tolerated", "reply").by_cause();
        let found = found.expected("an error, or what a server may make of such a request");
        return Judgement { findings: vec![found.actual(silence.to_string())], ..Judgement::default() };
    }
    match silence {
        Silence::Unreachable(_) | Silence::Local(_) | Silence::Tls(_) => {
            Judgement { inconclusive: Some(silence.to_string()), ..Judgement::default() }
        }
        Silence::Closed(_) | Silence::TimedOut(_) | Silence::Stalled(..) => {
            Judgement { findings: vec![finding("no-reply", "an error reply")], ..Judgement::default() }
        }
        Silence::NotHttp(_) => {
            Judgement { findings: vec![finding("reply-not-http", "an HTTP/1.1 reply")], ..Judgement::default() }
        }
    }
}

/// A body that did not come whole.
pub(crate) fn ending(reply: &Reply, shown: &Reply) -> Option<Finding> {
    let truncated = |why: String| {
        let actual = format!("{} bytes of body, then {why}", reply.body.len());
        Found::new("reply-truncated", "body").expected("the whole body that the reply announces").actual(actual)
    };
    match &shown.ending {
        Ending::Complete => None,
        Ending::Truncated(why) => Some(truncated(why.to_string())),
        Ending::TimedOut => Some(truncated("nothing until the deadline".to_owned())),
        Ending::OversizedHead(limit) => Some(
            Found::new("reply-oversized", "head")
                .expected(format!("a head of at most {limit}"))
                .actual(format!("a head of more than {limit}")),
        ),
        // A success may be as long as it likes; whether one may come is another rule's.
        Ending::Oversized(_) if reply.status / 100 == 2 => None,
        Ending::Oversized(limit) => Some(
            Found::new("reply-oversized", "body")
                .expected(format!("at most {limit} bytes"))
                .actual(format!("more than {limit} bytes")),
        ),
    }
}

/// A success that is no error in disguise.
pub(crate) fn success(case: &Case<'_>) -> Option<Finding> {
    let reply = case.reply;
    let actual = format!("{} with {}", reply.status, case.described());
    if !case.probe.expectation.governed {
        return None;
    }
    if case.probe.expectation.tolerated {
        return Some(
            Found::new("request-tolerated", "status")
                .by_cause()
                .expected("an error, or a success of a lenient server")
                .actual(actual),
        );
    }
    let expected = format!("an error: {}", case.probe.fault.what);
    Some(Found::new("request-accepted", "status").by_cause().expected(expected).source(source(case)).actual(actual))
}

/// An error body under a success status.
pub(crate) fn error_under_success(case: &Case<'_>) -> Finding {
    let actual = format!("{} with {}", case.reply.status, case.described());
    Found::new("error-under-success", "status").expected("an error status").source(source(case)).actual(actual)
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
    if case.probe.expectation.tolerated {
        return Some(
            Found::new("request-tolerated", "status")
                .by_cause()
                .expected("an error, or what a lenient server makes of it")
                .actual(actual),
        );
    }
    Some(Found::new("request-redirected", "status").by_cause().expected("an error").source(source(case)).actual(actual))
}

/// A reply that no document reaches.
pub(crate) fn ungoverned(case: &Case<'_>) -> Option<Finding> {
    if case.envelope {
        return None;
    }
    let promise = case.contract.promise(case.probe.cause);
    let source = promise.and_then(|promise| promise.silent.clone());
    let strict = case.settings.strict && case.probe.expectation.governed;
    let source =
        source.filter(|_| case.probe.expectation.governed).unwrap_or_else(|| "the path is outside the API".to_owned());
    let found =
        Found::new("reply-ungoverned", "status").by_cause().expected("the contract's body, if anything").source(source);
    let found = found.severity(if strict { Severity::Error } else { Severity::Note });
    Some(found.actual(format!("{} with {}", case.reply.status, case.described())))
}

/// A page of a layer that does not owe the contract for this cause.
pub(crate) fn foreign(case: &Case<'_>) -> Option<Finding> {
    let origin = case.origin;
    if case.reply.status < 400 || case.probe.api.suite.owed_by.holds(case.probe.cause, origin.layer) {
        return None;
    }
    let product = origin.product.unwrap_or("unknown");
    let actual = format!("{} from {product}, with {}", case.reply.status, case.described());
    let found = Found::new("page-of-another-layer", "body").facet(product).expected("the contract's body");
    Some(found.actual(actual))
}

/// Where the contract says what the cause deserves.
fn source(case: &Case<'_>) -> String {
    let promise = case.contract.promise(case.probe.cause);
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
    Found::new("service-unavailable", "status").expected("an error reply of the service").actual(actual)
}
