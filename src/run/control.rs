//! The controls of a run: the operations' correct requests, which show that a wrong one proves something.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::brake::form;
use super::brake::form::Form;
use super::credentials::Checked;
use super::identity;
use super::pacing::limits::Key;
use super::recognition::recognised;
use super::shared::Shared;
use super::unsent::Unsent;
use super::waiting;
use crate::catalog::suite::Expects;
use crate::fault::draft::carried;
use crate::judge;
use crate::judge::origin::unrelated_path::Outside;
use crate::model::cause::{CAUSES, Cause};
use crate::model::exchange::{Ending, Outcome, Reply, Silence};
use crate::model::masked;
use crate::plan::{Control, Plan, Probe};
use crate::report::{Reason, record};

/// What the controls say of the target.
#[derive(Default)]
pub(crate) struct Controls {
    /// Why an operation's probes prove nothing, by suite and operation.
    failed: BTreeMap<(String, String), String>,
    /// Why a suite's probes prove nothing.
    pub(crate) suites: BTreeMap<String, String>,
    /// The forms of the successes, by suite.
    pub(crate) succeeded: BTreeMap<String, Vec<Form>>,
    /// Why a credential proves nothing, by suite and name.
    credentials: BTreeMap<(String, String), String>,
    /// For the summary.
    pub(crate) reasons: Vec<(Reason, String)>,
}

impl Controls {
    pub(crate) async fn send(plan: &Plan, shared: &Shared) -> Self {
        let mut all = Self::default();
        waiting::until_it_answers(plan, shared).await;
        if let Some(reason) = identity::identity_mismatch(plan, shared).await {
            let suites = plan.probes.iter().map(|probe| probe.api.suite.id.clone());
            all.suites = suites.map(|suite| (suite, reason.clone())).collect();
            all.reasons.push((Reason::Identity, reason));
            return all;
        }
        let controls = &plan.controls;
        let suites: BTreeSet<&str> = controls.iter().map(|control| control.api.suite.id.as_str()).collect();
        for suite in suites {
            let (mut sent, mut failures, mut missing) = (0, Vec::new(), BTreeSet::new());
            for control in controls.iter().filter(|control| control.api.suite.id == suite) {
                // A target that has had enough is not asked for more.
                if shared.stopped().is_some() {
                    break;
                }
                let Some(outcome) = answer(control, shared).await else {
                    let unset = |name: &&str| shared.environment.get(name).is_none();
                    let names = control.request.variables().into_iter().filter(unset);
                    missing.extend(names.map(|name| Unsent::NotSet(name.to_owned()).to_string()));
                    continue;
                };
                sent += 1;
                match outcome {
                    Ok(form) => all.succeeded.entry(suite.to_owned()).or_default().push(form),
                    Err(failure) => failures.push((control.operation.clone(), failure)),
                }
                if failures.last().is_some_and(|(_, failure)| matches!(failure.why, Why::Unreachable | Why::OtherForm))
                {
                    break;
                }
            }
            if sent == 0 && !missing.is_empty() {
                let missing = missing.into_iter().collect::<Vec<_>>().join(", ");
                let text = format!("no control of {suite} could be sent, so nothing shows that it is there: {missing}");
                all.reasons.push((Reason::Control, text));
            }
            let unreachable = failures.last().is_some_and(|(_, failure)| failure.why == Why::Unreachable);
            let first = |why: Why| failures.iter().find(move |(_, failure)| failure.why == why);
            if let Some((operation, failure)) = first(Why::OtherForm) {
                // Whoever answers so may well not be the API, whatever else succeeded.
                all.refuse(
                    suite,
                    format!(
                        "the target is not the API of {suite}: the control of {operation} {}; nothing else was sent; {}",
                        failure.text, failure.advice
                    ),
                );
            } else if sent > 0 && (unreachable || failures.len() == sent) {
                // What is asked without credentials tells most of a target that refuses all.
                let bare = failures.iter().find(|(operation, _)| is_bare(operation, suite, controls));
                let (operation, failure) = first(Why::Particular).or(bare).unwrap_or(&failures[failures.len() - 1]);
                let advice = &failure.advice;
                let reason = format!("no control of {suite} succeeded: {operation} {}; {advice}", failure.text);
                let kind = if unreachable { Reason::Unreachable } else { Reason::Credential };
                all.reasons.push((kind, reason.clone()));
                all.suites.insert(suite.to_owned(), reason);
            } else {
                all.credentials(suite, controls, &failures);
                // What is said of a credential is not said again of each operation.
                let fresh =
                    |(operation, _): &(String, ControlFailure)| all.of_credential(suite, operation, controls).is_none();
                let failures: Vec<_> = failures.into_iter().filter(fresh).collect();
                for (operation, failure) in failures {
                    let advice = failure.advice;
                    let skip = match failure.why {
                        Why::Particular => String::new(),
                        _ => format!(
                            "; if the account has no right to it, leave it out with --skip {suite}/{operation}/"
                        ),
                    };
                    let reason =
                        format!("the control of {suite}/{operation} failed: it {}; {advice}{skip}", failure.text);
                    all.reasons.push((Reason::Control, reason.clone()));
                    all.failed.insert((suite.to_owned(), operation), reason);
                }
            }
        }
        all
    }

    /// Records why nothing of a suite can be judged.
    pub(crate) fn refuse(&mut self, suite: &str, reason: String) {
        self.reasons.push((Reason::Identity, reason.clone()));
        self.suites.insert(suite.to_owned(), reason);
    }

    /// Credentials with which no control succeeded: what is refused with one says nothing of a request.
    fn credentials(&mut self, suite: &str, controls: &[Control], failures: &[(String, ControlFailure)]) {
        let Some(api) = controls.iter().map(|control| &control.api).find(|api| api.suite.id == suite) else { return };
        for (name, credential) in &api.suite.credentials {
            let carries =
                |id: &String| api.suite.operation.iter().any(|o| o.id == *id && o.credential.as_ref() == Some(name));
            let sent =
                controls.iter().filter(|control| control.api.suite.id == suite && carries(&control.operation)).count();
            let failed: Vec<_> = failures.iter().filter(|(operation, _)| carries(operation)).collect();
            // With which a library succeeds, it is right.
            let is_right = failed.iter().any(|(_, failure)| failure.why == Why::Particular);
            let Some((operation, failure)) = failed.last().filter(|_| failed.len() == sent && !is_right) else {
                continue;
            };
            let variables: BTreeSet<String> = carried(credential, &credential.valid)
                .iter()
                .flat_map(|(_, value)| value.variables())
                .map(|name| format!("${{{name}}}"))
                .collect();
            let reason = format!(
                "no control of {suite} with the credential `{name}` succeeded: {operation} {}; {} ({})",
                failure.text,
                failure.advice,
                variables.into_iter().collect::<Vec<_>>().join(", ")
            );
            self.reasons.push((Reason::Credential, reason.clone()));
            self.credentials.insert((suite.to_owned(), name.clone()), reason);
        }
    }

    /// Why the credential of a control's operation proves nothing.
    fn of_credential(&self, suite: &str, operation: &str, controls: &[Control]) -> Option<&String> {
        let control =
            controls.iter().find(|control| control.api.suite.id == suite && control.operation == operation)?;
        let operation = control.api.suite.operation.iter().find(|other| other.id == operation)?;
        self.credentials.get(&(suite.to_owned(), operation.credential.clone()?))
    }

    /// Whether nothing is known against a control of the plan.
    pub(crate) fn succeeded(&self, control: &Control) -> bool {
        let suite = &control.api.suite;
        let operation = suite.operation.iter().find(|operation| operation.id == control.operation);
        let credential = operation.and_then(|operation| operation.credential.clone());
        !self.suites.contains_key(&suite.id)
            && !self.failed.contains_key(&(suite.id.clone(), control.operation.clone()))
            && credential.is_none_or(|name| !self.credentials.contains_key(&(suite.id.clone(), name)))
    }

    pub(crate) fn against(&self, probe: &Probe) -> Option<&String> {
        let suite = &probe.api.suite;
        let failed = |operation: &String| self.failed.get(&(suite.id.clone(), operation.clone()));
        let other = || failed(probe.declared()?.controlled_by.as_ref()?);
        // A run has tens of thousands of probes, and most have no control that failed.
        if self.suites.is_empty() && self.credentials.is_empty() && self.failed.is_empty() {
            return None;
        }
        let credential = || {
            // What belongs to no operation carries the suite's first credential.
            let first = || suite.operation.iter().find_map(|operation| operation.credential.as_ref());
            let name = probe.declared().map_or_else(first, |operation| operation.credential.as_ref())?;
            self.credentials.get(&(suite.id.clone(), name.clone()))
        };
        self.suites.get(&suite.id).or_else(credential).or_else(|| failed(&probe.operation)).or_else(other)
    }
}

/// Whether the operation's correct request carries no credential.
fn is_bare(operation: &str, suite: &str, controls: &[Control]) -> bool {
    let control = controls.iter().find(|control| control.api.suite.id == suite && control.operation == operation);
    let declared = control.and_then(|control| control.api.suite.operation.iter().find(|other| other.id == operation));
    declared.is_some_and(|operation| operation.credential.is_none())
}

struct ControlFailure {
    text: String,
    why: Why,
    /// What to do about it.
    advice: Cow<'static, str>,
}

/// Why a control failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Why {
    /// No connection was made.
    Unreachable,
    /// It did not succeed.
    Refused,
    /// It succeeded, and not in the form that the suite declares.
    OtherForm,
    /// It did not succeed, and the same did as an HTTP library sends it.
    Particular,
}

const REFUSED: &str = "check --target and the credentials, which are refused";
const UNASKED: &str = "the target was not asked";
const UNREACHABLE: &str = "check --target, and whether the deployment is up";

const OTHER_FORM: &str = "check --target: a login or another application may answer; if that is right, the suite says so in `control.expects`";

const PARTICULAR: &str =
    "a gateway refuses requests without a User-Agent, or as errdrift writes them: have it let them through";

/// What to do about a control that was answered, but not by a success: by what is known of who answered, if anything.
fn advised(control: &Control, reply: &Reply, shared: &Shared) -> Cow<'static, str> {
    let recorder = &shared.recorder;
    recognised(control, &recorder.target, reply, &recorder.mask)
        .map_or_else(|| advice(control, reply).into(), Cow::Owned)
}

/// What to do about a control that was answered, but not by a success.
fn advice(control: &Control, reply: &Reply) -> &'static str {
    let contract = &control.api.contract;
    let json = serde_json::from_slice(&reply.body).ok();
    let code = judge::code::of(contract, json.as_ref());
    let promised = |cause: &Cause| contract.promise(*cause).and_then(|promise| promise.code.as_ref());
    let about_credentials = CAUSES.iter().map(|(cause, ..)| cause).filter(|cause| cause.is_about_credentials());
    let refused =
        code.is_some_and(|code| about_credentials.filter_map(promised).any(|promise| promise.any_of.contains(&code)));
    match reply.status {
        401 | 403 => REFUSED,
        _ if refused => REFUSED,
        300..=399 => "check --target: another host or a login answers",
        404 => "check --target, its host and its prefix, and the credentials: the API is not there",
        500.. => "check --target, and whether the deployment is up: it fails",
        _ => "check --target and the credentials",
    }
}

/// The operation that a control counts for where the target sets limits.
fn key(control: &Control) -> Key {
    Key { suite: control.api.suite.id.clone(), operation: control.operation.clone() }
}

/// How often in a row a control must be refused that succeeded before: a busy target may answer once that it did not get all.
const MAX_REFUSALS: usize = 3;
/// The pause before it is sent again.
const RETRY_PAUSE: Duration = Duration::from_millis(50);

/// The outcome of a control that succeeded before.
pub(crate) async fn again(control: &Control, shared: &Shared) -> Checked {
    let Ok(headers) = shared.resolve(&control.request) else { return Checked::Unknown };
    let mut checked = Checked::Unknown;
    for attempt in 0..MAX_REFUSALS {
        if shared.stopped().is_some() {
            return Checked::Unknown;
        }
        if attempt > 0 {
            tokio::time::sleep(RETRY_PAUSE).await;
        }
        let outcome = shared.ask(&key(control), &control.request, &headers).await;
        let Outcome::Reply(reply) = outcome else { return Checked::Unknown };
        if succeeds(&reply) {
            return Checked::Good;
        }
        // A limit, an outage and a request that did not come in time say nothing of the credential.
        if !(300..500).contains(&reply.status) || matches!(reply.status, 408 | 429) {
            return Checked::Unknown;
        }
        let json = serde_json::from_slice(&reply.body).ok();
        let code = judge::code::of(&control.api.contract, json.as_ref());
        let described = shared.recorder.described(&reply);
        let actual = record::cut(&format!("was answered {} with {described}", reply.status));
        checked = Checked::Refused(reply.status, code, actual);
    }
    checked
}

/// How often a control is sent before it has failed: it is the tester's own required, not a judgement.
const MAX_CONTROL_ATTEMPTS: usize = 2;

/// Whether a reply is the success that a control must have. It may be longer than what is read of it.
fn succeeds(reply: &Reply) -> bool {
    (200..300).contains(&reply.status) && matches!(reply.ending, Ending::Complete | Ending::Oversized(_))
}

/// Sends a control; `None` where a variable is missing.
async fn answer(control: &Control, shared: &Shared) -> Option<Result<Form, ControlFailure>> {
    let headers = shared.resolve(&control.request).ok()?;
    let mut failure = ControlFailure { text: String::new(), why: Why::Unreachable, advice: UNREACHABLE.into() };
    let mut hangs = false;
    for _ in 0..MAX_CONTROL_ATTEMPTS {
        match shared.ask(&key(control), &control.request, &headers).await {
            Outcome::Reply(reply) if succeeds(&reply) => {
                let Some(why) = form::breach(&expects(control), &reply) else { return Some(Ok(Form::of(&reply))) };
                let described = shared.recorder.described(&reply);
                let text = record::cut(&format!("was answered {} with {described}, {why}", reply.status));
                failure = ControlFailure { text, why: Why::OtherForm, advice: OTHER_FORM.into() };
            }
            Outcome::Reply(reply) => {
                let whole = if reply.ending == Ending::Complete { "" } else { ", which did not come whole" };
                let described = shared.recorder.described(&reply);
                let text = record::cut(&format!("was answered {} with {described}{whole}", reply.status));
                failure = ControlFailure { text, why: Why::Refused, advice: advised(control, &reply, shared) };
            }
            Outcome::Silence(silence) => {
                let unreachable = matches!(silence, Silence::Unreachable(_) | Silence::Local(_) | Silence::Tls(_));
                hangs |= matches!(silence, Silence::TimedOut(_) | Silence::Stalled(..));
                let advice = match silence {
                    Silence::Local(_) => UNASKED,
                    Silence::Tls(_) => "check --target",
                    _ => UNREACHABLE,
                }
                .into();
                let silence = masked::silence(&shared.recorder.mask, &silence);
                let text = record::cut(&format!("had no answer ({silence})"));
                failure =
                    ControlFailure { text, why: if unreachable { Why::Unreachable } else { Why::Refused }, advice };
            }
        }
        if failure.why == Why::Unreachable || shared.limits.against(&key(control)).is_some() {
            return Some(Err(failure));
        }
    }
    if failure.why == Why::Refused
        && !hangs
        && let Some(status) = by_library(control, shared).await
    {
        let text = format!("{}, and {status} as an HTTP library sends it, under a User-Agent", failure.text);
        failure = ControlFailure { text, why: Why::Particular, advice: PARTICULAR.into() };
    }
    Some(Err(failure))
}

/// What a success of the control looks like.
fn expects(control: &Control) -> Expects {
    let declared = control.api.suite.operation.iter().find(|operation| operation.id == control.operation);
    declared.and_then(|operation| operation.control.clone()).unwrap_or_default()
}

/// The status of the success that a control has as an HTTP library sends it: whoever answers that minds how errdrift writes
/// its requests, and nothing that they say. It is sent once more only where it can change nothing.
async fn by_library(control: &Control, shared: &Shared) -> Option<u16> {
    let request = control.request.clone().ordinary();
    if !control.is_harmless() || shared.stopped().is_some() || shared.sender.unfit(&request).await.is_some() {
        return None;
    }
    let headers = shared.resolve(&request).ok()?;
    let Outcome::Reply(reply) = shared.ask(&key(control), &request, &headers).await else { return None };
    (succeeds(&reply) && form::breach(&expects(control), &reply).is_none()).then_some(reply.status)
}

/// A path that no API has: whoever answers it answers for the target as a whole.
const NOWHERE: &str = "/errdrift-nowhere";

/// What the target says of a path outside its APIs, by which other layers are known. One harmless request, without a
/// credential; nothing is judged by it.
pub(crate) async fn outside(plan: &Plan, controls: &Controls, shared: &Shared) -> Option<Outside> {
    let apis: BTreeMap<_, _> = plan.probes.iter().map(|probe| (&probe.api.suite.id, &probe.api)).collect();
    // Where no control succeeded, nothing more is asked.
    let hopeless = apis.keys().all(|suite| controls.suites.contains_key(*suite));
    // A suite without a prefix governs every path.
    if hopeless || apis.values().any(|api| api.suite.prefix.trim_matches('/').is_empty()) {
        return None;
    }
    let api = apis.values().next()?;
    let Outcome::Reply(reply) = shared.look(api, NOWHERE).await else { return None };
    Outside::of(&reply)
}
