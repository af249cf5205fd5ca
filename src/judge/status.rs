//! The status against what was wrong with the request.

use super::case::Case;
use super::finding::Finding;
use super::found::Found;
use super::rule::{Needs, rules};
use crate::catalog::contract::{CausePromise, Promise, Status};
use crate::model::cause::Cause;
use crate::model::place::Place;
use crate::model::pointer::pointed;
use crate::plan::Probe;

rules! {
    STATUS_CLASS_UNEXPECTED = Error "status-class-unexpected" {
        what: "The status is of another class than the contract promises for the cause, as a 5xx for the caller's mistake.",
        why: "Clients retry a 5xx and give up on a 4xx; monitors wake people for a 5xx.",
        example: "500 for a body that is no JSON",
        source: "the contract's promise for the cause; RFC 9110, section 15",
    }
    STATUS_UNEXPECTED = Error "status-unexpected" {
        what: "The status is not one that the contract promises for the cause.",
        why: "Clients that tell errors apart by status take the wrong branch.",
        example: "422 where every handled error has 400",
        source: "the contract's promise for the cause",
    }
    STATUS_UNDOCUMENTED = Warning "status-undocumented" {
        what: "The error has a status that the document does not list for the operation.",
        why: "Clients that are generated from the document have no branch for it.",
        example: "409 where the document lists 401 and 404",
        source: "the operation's `statuses`, or the contract's",
        needs: NEEDS_STATUSES,
    }
    STATUS_CONTRADICTED = Error "status-contradicted" {
        what: "The body repeats the status, and says another one.",
        why: "A client that reads the body and one that reads the status do two different things; a gateway in between may have changed one.",
        example: "404 with {\"status\": 500, …}",
        source: "the contract's status",
        needs: NEEDS_STATUS,
    }
}

static NEEDS_STATUSES: Needs = Needs {
    what: "error of an operation whose statuses are listed",
    belongs: |api| {
        let of_operations = api.suite.operation.iter().any(|operation| operation.statuses.is_some());
        of_operations || api.contract.file.statuses.is_some()
    },
    holds: |case| listed(case).is_some(),
};

/// The statuses of the probe's operation, where they are listed and speak of its cause: which method, path or syntax a server
/// refuses before it comes to an operation is no matter of the operation.
fn listed<'c>(case: &Case<'c>) -> Option<&'c Promise<Status>> {
    let of_no_operation = matches!(
        case.probe.cause,
        Cause::WrongMethod | Cause::UnknownPath | Cause::MalformedHttp | Cause::TooLarge | Cause::NotAcceptable
    );
    let operation = case.probe.declared().filter(|_| !of_no_operation)?;
    operation.statuses.as_ref().or(case.contract.file.statuses.as_ref())
}

/// The status of an error that the document does not list, and that the promise for the cause does not have either.
pub(super) fn undocumented(case: &Case<'_>) -> Option<Finding> {
    let actual = case.reply.status;
    let promise = listed(case).filter(|_| actual >= 400)?;
    let severity = promise.breach(|status| status.covers(actual))?;
    let of_cause = case.probe.promise(case.probe.cause).and_then(|promise| promise.status.as_ref());
    if of_cause.is_some_and(|promise| promise.any_of.iter().any(|status| status.covers(actual))) {
        return None;
    }
    let found = Found::new(&STATUS_UNDOCUMENTED, Place::STATUS).class(actual.to_string()).severity(severity);
    let found = found.expected(list(&promise.any_of)).source(promise.source.as_str());
    Some(found.actual(actual.to_string()))
}

static NEEDS_STATUS: Needs = Needs {
    what: "reply that repeats the status in its body",
    belongs: |api| api.contract.file.status.is_some(),
    holds: |case| {
        let place = case.contract.file.status.as_ref();
        case.envelope && place.is_some_and(|place| case.json.is_some_and(|json| pointed(json, &place.at).is_some()))
    },
};

/// The status that the body repeats, where it is another one.
pub(super) fn repeated(case: &Case<'_>) -> Option<Finding> {
    let place = case.contract.file.status.as_ref().filter(|_| case.envelope)?;
    let repeated = pointed(case.json?, &place.at)?;
    // What is no number is the schema's business.
    let number = repeated.as_f64().filter(|number| (number - f64::from(case.reply.status)).abs() > f64::EPSILON)?;
    let found = Found::new(&STATUS_CONTRADICTED, Place::pointer(&place.at)).severity(place.strength.severity());
    let found = found.for_all(true).expected(format!("{}, the reply's status", case.reply.status));
    Some(found.source(place.source.as_str()).actual(number.to_string()))
}

/// What HTTP itself answers to a request that is right but for what no server need have: an odd version (RFC 9110, section
/// 15.6.6) and a transfer coding (RFC 9112, section 6.1). No class that a document gives to its callers' mistakes is against it.
const OF_HTTP: &[(&str, u16)] = &[("version-unexpected", 505), ("transfer-encoding-unknown", 501)];

pub(super) fn status(probe: &Probe, promise: &CausePromise, cause: Cause, actual: u16) -> Option<Finding> {
    let everywhere = probe.single_promise(cause).is_none();
    let breach = |promise: &Promise<Status>| promise.breach(|status| status.covers(actual));
    let found = |rule, promise: &Promise<Status>, severity| {
        let expected = format!("{} for {cause}", list(&promise.any_of));
        Found::new(rule, Place::STATUS)
            .by_cause()
            .for_all(everywhere && probe.api.contract.is_for_all(|it| it.status.as_ref().map(|it| &it.any_of)))
            .class(actual.to_string())
            .severity(severity)
            .expected(expected)
            .source(promise.source.as_str())
            .actual(actual.to_string())
    };
    let class = promise.class.as_ref().filter(|_| !OF_HTTP.contains(&(probe.fault.id, actual)));
    if let Some((class, severity)) = class.and_then(|class| Some((class, breach(class)?))) {
        return Some(found(&STATUS_CLASS_UNEXPECTED, class, severity));
    }
    let promise = promise.status.as_ref()?;
    let severity = breach(promise)?;
    let other_class = !promise.any_of.iter().any(|status| status.class() == actual / 100);
    Some(found(if other_class { &STATUS_CLASS_UNEXPECTED } else { &STATUS_UNEXPECTED }, promise, severity))
}

pub(super) fn list(statuses: &[Status]) -> String {
    statuses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}

/// Replies that fire these rules: severity, rule and place, the probe, and what came. All are silent on what is promised.
#[cfg(test)]
pub(super) fn fires() -> Vec<super::tests::prelude::Row> {
    use super::tests::prelude::*;

    vec![
        ("error status-class-unexpected status", OFFSET, Outcome::Reply(oz(500, 4))),
        ("error status-unexpected status", UNKNOWN, Outcome::Reply(oz(400, 10))),
        (
            "error status-undocumented status",
            "traced/things.get/path-unknown-id",
            Outcome::Reply(with(reply(409, &json!({"errors": [{"code": "GONE"}]})), "x-request-id", "0123abcd")),
        ),
        (
            "error status-contradicted /status",
            "things/things.get/path-unknown-id",
            Outcome::Reply(reply(404, &json!({"title": "x", "status": 500}))),
        ),
    ]
}
