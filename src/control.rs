//! The controls of a run: the operations' correct requests, which show that a wrong one proves something.

use std::collections::{BTreeMap, BTreeSet};

use crate::attempt::Shared;
use crate::cause::{CAUSES, Cause};
use crate::exchange::{Ending, Outcome, Reply, Silence};
use crate::fault::draft::carried;
use crate::footing::Unsent;
use crate::identity;
use crate::judge::outside::Outside;
use crate::judge::{self};
use crate::masked;
use crate::plan::{Control, Plan, Probe};
use crate::recording;

/// What the controls say of the target.
#[derive(Default)]
pub(crate) struct Controls {
    /// Why an operation's probes prove nothing, by suite and operation.
    failed: BTreeMap<(String, String), String>,
    /// Why a suite's probes prove nothing.
    suites: BTreeMap<String, String>,
    /// Why a credential proves nothing, by suite and name.
    credentials: BTreeMap<(String, String), String>,
    /// For the summary.
    pub(crate) reasons: Vec<String>,
}

impl Controls {
    pub(crate) async fn send(plan: &Plan, shared: &Shared) -> Self {
        let mut all = Self::default();
        if let Some(reason) = identity::stranger(plan, shared).await {
            let suites = plan.probes.iter().map(|probe| probe.api.suite.id.clone());
            all.suites = suites.map(|suite| (suite, reason.clone())).collect();
            all.reasons.push(reason);
            return all;
        }
        let controls = &plan.controls;
        let suites: BTreeSet<&str> = controls.iter().map(|control| control.api.suite.id.as_str()).collect();
        for suite in suites {
            let (mut sent, mut failures, mut missing) = (0, Vec::new(), BTreeSet::new());
            for control in controls.iter().filter(|control| control.api.suite.id == suite) {
                let Some(outcome) = answer(control, shared).await else {
                    let unset = |name: &&str| shared.environment.get(name).is_none();
                    let names = control.request.variables().into_iter().filter(unset);
                    missing.extend(names.map(|name| Unsent::NotSet(name.to_owned()).to_string()));
                    continue;
                };
                sent += 1;
                if let Err(failure) = outcome {
                    failures.push((control.operation.clone(), failure));
                    if matches!(failures.last(), Some((_, ControlFailure { unreachable: true, .. }))) {
                        break;
                    }
                }
            }
            if sent == 0 && !missing.is_empty() {
                let missing = missing.into_iter().collect::<Vec<_>>().join(", ");
                all.reasons
                    .push(format!("no control of {suite} could be sent, so nothing shows that it is there: {missing}"));
            }
            let unreachable = failures.last().is_some_and(|(_, failure)| failure.unreachable);
            if sent > 0 && (unreachable || failures.len() == sent) {
                let (operation, failure) = &failures[failures.len() - 1];
                let advice = failure.advice;
                let reason = format!("no control of {suite} succeeded: {operation} {}; {advice}", failure.text);
                all.reasons.push(reason.clone());
                all.suites.insert(suite.to_owned(), reason);
            } else {
                all.credentials(suite, controls, &failures);
                // What is said of a credential is not said again of each operation.
                let fresh =
                    |(operation, _): &(String, ControlFailure)| all.of_credential(suite, operation, controls).is_none();
                let failures: Vec<_> = failures.into_iter().filter(fresh).collect();
                for (operation, failure) in failures {
                    let advice = failure.advice;
                    let skip =
                        format!("if the account has no right to it, leave it out with --skip {suite}/{operation}/");
                    let reason =
                        format!("the control of {suite}/{operation} failed: it {}; {advice}; {skip}", failure.text);
                    all.reasons.push(reason.clone());
                    all.failed.insert((suite.to_owned(), operation), reason);
                }
            }
        }
        all
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
            let Some((operation, failure)) = failed.last().filter(|_| failed.len() == sent) else { continue };
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
            self.reasons.push(reason.clone());
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

struct ControlFailure {
    text: String,
    unreachable: bool,
    /// What to do about it.
    advice: &'static str,
}

const REFUSED: &str = "check --target and the credentials, which are refused";
const UNREACHABLE: &str = "check --target, and whether the deployment is up";

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

/// How often a control is sent before it has failed: it is the tester's own footing, not a judgement.
const CONTROL_ATTEMPTS: usize = 2;

/// Whether a reply is the success that a control must have. It may be longer than what is read of it.
fn succeeds(reply: &Reply) -> bool {
    (200..300).contains(&reply.status) && matches!(reply.ending, Ending::Complete | Ending::Oversized(_))
}

/// Sends a control; `None` where a variable is missing.
async fn answer(control: &Control, shared: &Shared) -> Option<Result<(), ControlFailure>> {
    let headers = shared.resolve(&control.request).ok()?;
    let mut failure = ControlFailure { text: String::new(), unreachable: false, advice: UNREACHABLE };
    for _ in 0..CONTROL_ATTEMPTS {
        let exchange = shared.sender.send(&control.request, &headers, &shared.environment).await;
        match exchange.outcome {
            Outcome::Reply(reply) if succeeds(&reply) => return Some(Ok(())),
            Outcome::Reply(reply) => {
                let whole = if reply.ending == Ending::Complete { "" } else { ", which did not come whole" };
                let described = shared.recorder.described(&reply);
                failure = ControlFailure {
                    text: recording::cut(&format!("was answered {} with {described}{whole}", reply.status)),
                    unreachable: false,
                    advice: advice(control, &reply),
                };
            }
            Outcome::Silence(silence) => {
                let unreachable = matches!(silence, Silence::Unreachable(_) | Silence::Tls(_));
                let silence = masked::silence(&shared.recorder.mask, &silence);
                let text = recording::cut(&format!("had no answer ({silence})"));
                failure = ControlFailure { text, unreachable, advice: UNREACHABLE };
            }
        }
        if failure.unreachable {
            break;
        }
    }
    Some(Err(failure))
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
    let Outcome::Reply(reply) = shared.look(NOWHERE).await else { return None };
    Outside::of(&reply)
}
