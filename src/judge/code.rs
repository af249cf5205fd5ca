//! Code, status and message against the catalogue and against what was wrong with the request.

use serde_json::Value;

use super::case::Case;
use super::describe;
use super::finding::Finding;
use super::found::Found;
use super::rule::{Needs, rules};
use super::status::{list, status};
use crate::catalog::contract::{CausePromise, CodeSet, Contract, Meaning};
use crate::catalog::suite::Effect;
use crate::model::cause::Cause;
use crate::model::place::Place;
use crate::model::pointer::{every, first};
use crate::model::verdict::Severity;
use crate::plan::NO_OPERATION;

static NEEDS_CODE: Needs = Needs {
    what: "reply with the contract's code",
    belongs: |api| api.contract.file.code.is_some(),
    holds: |case| case.envelope,
};

static NEEDS_MESSAGE: Needs = Needs {
    what: "reply of the contract to a cause with a documented message",
    belongs: |api| api.contract.file.cause.values().any(|promise| promise.message.is_some()),
    holds: |case| {
        let promise = case.probe.promise(case.probe.cause);
        case.envelope && promise.is_some_and(|promise| promise.message.is_some())
    },
};

static NEEDS_WRONG_CREDENTIALS: Needs = Needs {
    what: "reply to wrong credentials",
    belongs: |api| api.contract.file.cause.values().any(|promise| promise.outranked.is_some()),
    holds: |case| case.probe.cause.is_about_credentials(),
};

rules! {
    CODE_UNDOCUMENTED = Error "code-undocumented" {
        what: "The code is not in the catalogue, which lists all codes.",
        why: "Clients that map codes to actions have no line for it.",
        example: "{\"error_code\": 13, …}",
        source: "the contract's catalogue",
    }
    CODE_UNEXPECTED = Error "code-unexpected" {
        what: "The code is documented, but not for what was wrong with the request.",
        why: "The client does the wrong thing: it logs in again when it should mend its request.",
        example: "code 7 (token does not exist) for a malformed body under a right token",
        source: "the contract's promise for the cause",
        needs: NEEDS_CODE,
    }
    CODE_CONTRADICTS_STATUS = Error "code-contradicts-status" {
        what: "The code and the status say different things, whatever was wrong with the request.",
        why: "Two clients, one reading the code and one the status, do two different things.",
        example: "code 10 (does not exist, 404) under 400",
        source: "the contract's catalogue",
        needs: NEEDS_CODE,
    }
    OPERATION_NOT_REALIZED = Warning "operation-not-realized" {
        what: "The deployment answers that the documented operation is not realised.",
        why: "The suite and the documentation promise an operation that nobody can use here.",
        example: "501 {\"error_code\": 2, …}",
        source: "the contract's catalogue",
    }
    FAULT_UNHANDLED = Warning "fault-unhandled" {
        what: "The service answered a caller's mistake by its code for unhandled errors.",
        why: "The document sends the client to the support, for a mistake that the client could mend.",
        example: "400 {\"error\": {\"code\": \"UNKNOWN_ERROR\", …}} for a body that is no JSON",
        source: "the contract's catalogue",
    }
    CREDENTIALS_CHECKED_LATE = Warning "credentials-checked-late" {
        what: "The request had no right credentials, and something else was answered first.",
        why: "Anyone can find out which resources exist. The documents leave the order of the checks open.",
        example: "404 code 10 for an unknown folder, without a token",
        source: "the order of checks is undocumented; the contract weighs this one",
        needs: NEEDS_WRONG_CREDENTIALS,
    }
    MESSAGE_UNEXPECTED = Warning "message-unexpected" {
        what: "The message is another than the catalogue gives for the cause.",
        why: "Where one code has several messages, the message is all that tells them apart.",
        example: "NOT_ALLOWED with \"Client is not ACTIVE\" for a missing header",
        source: "the contract's catalogue",
        needs: NEEDS_MESSAGE,
    }
}

/// The code in a body, the first of several. A whole number is its integer, however it was written.
pub(crate) fn of(contract: &Contract, json: Option<&Value>) -> Option<Value> {
    Some(plain(first(json?, &contract.file.code.as_ref()?.at)?))
}

fn plain(code: &Value) -> Value {
    match code.as_f64() {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within the range of exact integers of a double")]
        Some(number) if number.fract() == 0.0 && number.abs() < 9e15 => Value::from(number as i64),
        _ => code.clone(),
    }
}

/// What of a reply answers a cause.
struct Answer<'c> {
    status: u16,
    /// The code, where it is one that the catalogue can hold.
    code: Option<&'c Value>,
    message: Option<&'c str>,
}

/// What is wrong with the code, the status and the message.
pub(crate) fn findings(case: &Case<'_>) -> Vec<Finding> {
    let contract = case.contract;
    let code = of(contract, case.json);
    let typed = |code: &&Value| {
        let place = contract.file.code.as_ref();
        place.is_some_and(|place| {
            let first = case.json.and_then(|json| every(json, &place.at).into_iter().next());
            let is_wrong = |at: &str, json| case.schema().violations(json).iter().any(|violation| violation.at == at);
            first.zip(case.json).is_some_and(|((at, _), json)| !is_wrong(&at, json))
        }) && !code.is_null()
    };
    let code = code.as_ref().filter(typed);
    let message = contract.file.message.as_ref().and_then(|place| first(case.json?, &place.at)?.as_str());
    let answer = Answer { status: case.reply.status, code, message };
    let mut findings = Vec::new();
    findings.extend(undocumented(contract, answer.code, case));
    findings.extend(contradiction(contract, &answer));
    if let Some(meaning) = meaning(case, &answer) {
        findings.push(meaning);
    } else if case.reply.status / 100 != 2 {
        findings.extend(against_causes(case, &answer));
    } else if !case.probe.expectation.form_only {
        // Under a success status the status has its own finding; the code is still held against the cause.
        findings.extend(against_causes(case, &answer).into_iter().filter(|finding| finding.at != Place::STATUS));
    }
    findings
}

/// Codes outside a closed catalogue that the schema has let pass: of a list of errors, every one.
fn undocumented(contract: &Contract, first: Option<&Value>, case: &Case<'_>) -> Vec<Finding> {
    let Some(place) = contract.file.code.as_ref().filter(|place| place.set == CodeSet::Closed) else {
        return Vec::new();
    };
    let others = case.json.filter(|_| case.envelope).map_or_else(Vec::new, |json| every(json, &place.at));
    let others = others.into_iter().skip(1).map(|(at, code)| (at, plain(code)));
    let all = first.map(|code| (place.at.clone(), code.clone())).into_iter().chain(others);
    let is_unknown = |(_, code): &(String, Value)| !code.is_null() && contract.entries(code).next().is_none();
    let finding = |(at, code): (String, Value)| {
        let found = Found::new(&CODE_UNDOCUMENTED, Place::pointer(&at))
            .severity(place.strength.severity())
            .source(place.source.as_str());
        let code = describe::cut(&case.mask().json(&code, code.to_string()));
        found.class(code.as_str()).expected("a code of the catalogue").actual(code)
    };
    all.filter(is_unknown).map(finding).collect()
}

/// What the code says of the status, whatever the cause.
fn contradiction(contract: &Contract, answer: &Answer<'_>) -> Option<Finding> {
    let entry = contract.entries(answer.code?).find(|entry| entry.status.is_some())?;
    let promise = entry.status.as_ref()?;
    let severity = promise.breach(|status| status.covers(answer.status))?;
    let found = Found::new(&CODE_CONTRADICTS_STATUS, Place::STATUS).severity(severity).facet(entry.code.to_string());
    let found = found
        .expected(format!("{} with code {} ({})", list(&promise.any_of), entry.code, entry.name))
        .source(promise.source.as_str());
    Some(found.class(answer.status.to_string()).actual(answer.status.to_string()))
}

/// A code that says something of the target rather than of the request.
fn meaning(case: &Case<'_>, answer: &Answer<'_>) -> Option<Finding> {
    let entry = case.contract.entries(answer.code?).find(|entry| entry.means.is_some())?;
    let fits =
        entry.status.as_ref().is_none_or(|promise| promise.breach(|status| status.covers(answer.status)).is_none());
    if !fits {
        return None;
    }
    let rule = match entry.means? {
        // What no document has cannot be missing.
        Meaning::NotRealized if case.probe.operation == NO_OPERATION || is_realized(case) => return None,
        Meaning::NotRealized => &OPERATION_NOT_REALIZED,
        // Where the contract names the code for wrong credentials, any other code is a wrong one.
        Meaning::Unhandled if case.probe.cause.is_about_credentials() => return None,
        Meaning::Unhandled => &FAULT_UNHANDLED,
    };
    let at = Place::pointer(case.contract.file.code.as_ref().map_or("", |place| &place.at));
    let found = Found::new(rule, at)
        .by_cause()
        .for_all(true)
        .expected(format!("an answer to what is wrong with the request: {}", case.probe.cause));
    Some(
        found
            .source(format!("«{}»", entry.meaning))
            .actual(format!("{} {} ({})", answer.status, entry.code, entry.name)),
    )
}

/// Whether the operation is known to be there: its control succeeded, or nothing would be judged. A wrong method is no
/// operation at all.
fn is_realized(case: &Case<'_>) -> bool {
    let operation = case.probe.declared();
    case.probe.cause == Cause::WrongMethod || operation.is_some_and(|operation| operation.control.is_some())
}

/// Holds the answer against the probe's cause and against what else describes the request. The cause that it fits best is
/// the one it is judged by; in doubt the probe's own.
fn against_causes(case: &Case<'_>, answer: &Answer<'_>) -> Vec<Finding> {
    let own = breaches(case, case.probe.cause, answer);
    let mut findings = own;
    let mut fits = case.probe.cause;
    for cause in &case.probe.expectation.also {
        if findings.is_empty() {
            break;
        }
        if plausible(case.contract, *cause, answer) {
            let other = breaches(case, *cause, answer);
            if worst(&other) < worst(&findings) {
                findings = other;
                fits = *cause;
            }
        }
    }
    if !findings.is_empty() && is_without_rights(case, answer) {
        for finding in &mut findings {
            finding.severity = finding.severity.min(Severity::Warning);
        }
    }
    if fits != case.probe.cause && !fits.is_about_credentials() {
        findings.extend(late_credentials(case, fits, answer));
    }
    if findings.is_empty() {
        findings.extend(foreign_message(case, fits, answer));
    }
    findings
}

/// Whether the reply is a right answer to the cause, or the page that the contract leaves to a router for it.
pub(crate) fn fits(case: &Case<'_>, cause: Cause) -> bool {
    let code = of(case.contract, case.json);
    let message = case.contract.file.message.as_ref().and_then(|place| first(case.json?, &place.at)?.as_str());
    let answer = Answer { status: case.reply.status, code: code.as_ref(), message };
    let Some(promise) = case.probe.promise(cause) else { return false };
    if !case.envelope {
        return promise.ungoverned.iter().any(|status| status.covers(case.reply.status));
    }
    plausible(case.contract, cause, &answer)
        && breaches(case, cause, &answer).iter().all(|finding| finding.severity < Severity::Warning)
}

/// Whether the answer says that the account has no right to a privileged or changing operation: the order of the checks is
/// undocumented, and an account for tests may well be a weak one.
fn is_without_rights(case: &Case<'_>, answer: &Answer<'_>) -> bool {
    let operation = case.probe.declared();
    let may =
        operation.is_some_and(|o| o.privileged || o.effect != Effect::None) && !case.probe.cause.is_about_credentials();
    let promised = case.probe.promise(Cause::Forbidden).is_some_and(|promise| promise.code.is_some());
    may && promised && answer.message.is_some() && breaches(case, Cause::Forbidden, answer).is_empty()
}

fn worst(findings: &[Finding]) -> Option<Severity> {
    findings.iter().map(|finding| finding.severity).max()
}

/// Whether the code may stand for the cause at all: not one that the catalogue gives to other causes, nor the one for
/// what was not handled.
fn plausible(contract: &Contract, cause: Cause, answer: &Answer<'_>) -> bool {
    let Some(code) = answer.code else { return true };
    let mut entries = contract.entries(code).peekable();
    entries.peek().is_none()
        || entries.any(|entry| entry.means.is_none() && (entry.causes.is_empty() || entry.causes.contains(&cause)))
}

/// What of the answer breaks the promises of one cause.
fn breaches(case: &Case<'_>, cause: Cause, answer: &Answer<'_>) -> Vec<Finding> {
    let Some(promise) = case.probe.promise(cause) else { return Vec::new() };
    let mut findings = Vec::new();
    findings.extend(status(case.probe, promise, cause, answer.status));
    if !case.probe.expectation.form_only {
        findings.extend(code(case, promise, cause, answer));
        findings.extend(message(case, promise, cause, answer));
    }
    findings
}

fn code(case: &Case<'_>, promise: &CausePromise, cause: Cause, answer: &Answer<'_>) -> Option<Finding> {
    let (promise, code) = (promise.code.as_ref()?, answer.code?);
    // A code that nobody documented has its own finding.
    if case.contract.file.code.as_ref().is_some_and(|place| place.set == CodeSet::Closed)
        && case.contract.entries(code).next().is_none()
    {
        return None;
    }
    let severity = promise.breach(|listed| listed == code)?;
    let at = Place::pointer(case.contract.file.code.as_ref().map_or("", |place| &place.at));
    let named = |code: &Value| {
        let name = case.contract.entries(code).next().map(|entry| entry.name.as_str());
        name.filter(|_| code.is_number()).map_or_else(|| code.to_string(), |name| format!("{code} ({name})"))
    };
    let expected = if promise.any_of.is_empty() {
        format!("a code for {cause}, not {}", promise.none_of.iter().map(named).collect::<Vec<_>>().join(" or "))
    } else {
        format!("{} for {cause}", promise.any_of.iter().map(named).collect::<Vec<_>>().join(" or "))
    };
    let shown = describe::cut(&case.mask().json(code, code.to_string()));
    let found = Found::new(&CODE_UNEXPECTED, at).by_cause().class(shown.as_str()).severity(severity).expected(expected);
    let everywhere = case.probe.single_promise(cause).is_none();
    let found = found.for_all(
        everywhere && case.contract.is_for_all(|promise| promise.code.as_ref().map(|promise| &promise.any_of)),
    );
    let actual = if case.contract.entries(code).next().is_some() { named(code) } else { shown };
    Some(found.source(promise.source.as_str()).actual(describe::cut(&actual)))
}

fn message(case: &Case<'_>, promise: &CausePromise, cause: Cause, answer: &Answer<'_>) -> Option<Finding> {
    let (promise, message) = (promise.message.as_ref()?, answer.message?);
    // An empty message is a matter of convention.
    let severity = promise.breach(|listed| listed == message).filter(|_| !message.is_empty())?;
    let at = Place::pointer(case.contract.file.message.as_ref().map_or("", |place| &place.at));
    let expected = promise.any_of.iter().map(|message| format!("«{message}»")).collect::<Vec<_>>().join(" or ");
    let found =
        Found::new(&MESSAGE_UNEXPECTED, at).by_cause().severity(severity).expected(format!("{expected} for {cause}"));
    Some(found.source(promise.source.as_str()).actual(describe::quoted(&case.mask().text(message))))
}

/// Wrong credentials that were outranked by something else that is wrong with the request.
fn late_credentials(case: &Case<'_>, fits: Cause, answer: &Answer<'_>) -> Option<Finding> {
    // Where the other mistake is made on purpose, the order is what is asked.
    if case.probe.like.is_some() {
        return None;
    }
    let strength = case.probe.promise(case.probe.cause)?.outranked?;
    let code = answer
        .code
        .map_or_else(String::new, |code| format!(" with {}", describe::cut(&case.mask().json(code, code.to_string()))));
    let found =
        Found::new(&CREDENTIALS_CHECKED_LATE, Place::STATUS).by_cause().for_all(true).severity(strength.severity());
    Some(
        found
            .expected(format!("the answer to {}", case.probe.cause))
            .actual(format!("the answer to {fits}: {}{code}", answer.status)),
    )
}

/// A message that the catalogue gives for a cause that the request does not have.
fn foreign_message(case: &Case<'_>, fits: Cause, answer: &Answer<'_>) -> Option<Finding> {
    if fits.is_about_credentials() || case.probe.expectation.also.iter().any(|cause| cause.is_about_credentials()) {
        return None;
    }
    let message = answer.message?;
    let entry = case.contract.entries(answer.code?).find(|entry| entry.message.as_deref() == Some(message))?;
    if entry.causes.is_empty() || entry.causes.contains(&fits) {
        return None;
    }
    let causes = entry.causes.iter().map(|cause| cause.word()).collect::<Vec<_>>().join(", ");
    let at = Place::pointer(case.contract.file.code.as_ref().map_or("", |place| &place.at));
    let found = Found::new(&CODE_UNEXPECTED, at)
        .by_cause()
        .facet("message")
        .expected(format!("an answer to {}", case.probe.cause));
    Some(found.source(format!("«{}»", entry.meaning)).actual(format!(
        "{} {}, which is documented for {causes}",
        entry.code,
        describe::quoted(message)
    )))
}

/// Replies that fire these rules: severity, rule and place, the probe, and what came. All are silent on what is promised.
#[cfg(test)]
pub(super) fn fires() -> Vec<super::tests::prelude::Row> {
    use super::tests::prelude::*;

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
    ]
}
