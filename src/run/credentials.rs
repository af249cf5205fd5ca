//! Whether right credentials are still right: each has a control that succeeded before the probes, which is sent again from
//! time to time. What was sent with a credential since its last good control waits for the next one, and proves nothing if
//! that fails.
//!
//! It sends nothing itself, and knows no order of results: a result is marked with the count of results at its end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::fault::draft::carried;
use crate::judge::comparison::EXISTENCE_DISCLOSED;
use crate::judge::delivery::REQUEST_ACCEPTED;
use crate::judge::{Mark, Rule};
use crate::model::cause::{CAUSES, Cause};
use crate::model::exchange::{Part, Request};
use crate::model::secret::Template;
use crate::model::verdict::{Severity, Verdict};
use crate::plan::{Control, Probe};
use crate::report::ProbeResult;

/// Probes with a credential after which its control is sent again.
pub(crate) const EVERY: usize = 200;

/// A suite and the name of one of its credentials.
pub(crate) type Name = (String, String);

/// What a result's credential says of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Word {
    /// The credential was right.
    Stands,
    /// Whether it was right is not known yet.
    Unknown,
    /// It was right no more, and why nothing is proven.
    Doubtful(String),
}

/// The outcome of a control that was sent again.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Checked {
    /// It succeeded.
    Good,
    /// The credential is refused: status, code, and the answer in words.
    Refused(u16, Option<Value>, String),
    /// What came has nothing to do with the credential.
    Unknown,
}

/// The credentials of a run that a control can check.
#[derive(Default)]
pub(crate) struct Credentials {
    watched: BTreeMap<Name, Watched>,
    state: Mutex<State>,
}

/// A credential with its control.
struct Watched {
    control: Control,
    /// The fields that carry it when it is right.
    fields: Vec<(String, Template)>,
}

#[derive(Default)]
struct State {
    /// Results so far.
    results: u64,
    standings: BTreeMap<Name, Standing>,
    /// For the summary.
    reasons: Vec<String>,
}

#[derive(Default)]
struct Standing {
    /// Results before this count are known to be sent with the right credential.
    good: u64,
    /// The count after the last result.
    last: u64,
    /// Results since the last check began.
    since: usize,
    is_wanted: bool,
    /// Whether a result says that the credential is wrong.
    is_suspected: bool,
    is_checked: bool,
    /// What a control has answered for already.
    answered_for: BTreeSet<(String, u16, Option<String>)>,
    lost: Option<Lost>,
}

struct Lost {
    status: u16,
    code: Option<Value>,
    reason: String,
}

impl Credentials {
    /// The credentials that one of these controls, which all succeeded, can check.
    pub(crate) fn of<'c>(succeeded: impl Iterator<Item = &'c Control>) -> Self {
        let mut watched = BTreeMap::new();
        for control in succeeded {
            let suite = &control.api.suite;
            let operation = suite.operation.iter().find(|operation| operation.id == control.operation);
            let Some(name) = operation.and_then(|operation| operation.credential.clone()) else { continue };
            let Some(credential) = suite.credentials.get(&name) else { continue };
            let fields = carried(credential, &credential.valid);
            watched.entry((suite.id.clone(), name)).or_insert_with(|| Watched { control: control.clone(), fields });
        }
        let standings = watched.keys().map(|name| (name.clone(), Standing::default())).collect();
        Self { watched, state: Mutex::new(State { standings, ..State::default() }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The credential by which the probe's operation is held; what belongs to no operation has the suite's first.
    fn of_probe(&self, probe: &Probe) -> Option<(Name, &Watched)> {
        let suite = &probe.api.suite;
        let first = || suite.operation.iter().find_map(|operation| operation.credential.as_ref());
        let name = probe.declared().map_or_else(first, |operation| operation.credential.as_ref())?;
        let name = (suite.id.clone(), name.clone());
        let watched = self.watched.get(&name)?;
        Some((name, watched))
    }

    /// The control that checks a credential.
    pub(crate) fn control(&self, name: &Name) -> Option<&Control> {
        self.watched.get(name).map(|watched| &watched.control)
    }

    /// Marks the result of a probe that was sent, and asks for a check where the result says that the credential is wrong.
    pub(crate) fn mark(&self, probe: &Probe, result: &ProbeResult) -> u64 {
        let mut state = self.state();
        state.results += 1;
        let count = state.results;
        let Some((name, watched)) = self.of_probe(probe).filter(|_| result.sent) else { return count };
        let Some(standing) = state.standings.get_mut(&name).filter(|standing| standing.lost.is_none()) else {
            return count;
        };
        standing.last = count;
        standing.since += 1;
        let carries = watched.is_carried_by(&probe.request);
        let suspicious = is_otherwise(probe, result, carries).is_some_and(|answer| {
            let place = if carries { probe.operation.clone() } else { String::new() };
            standing.answered_for.insert((place, answer.0, answer.1.map(ToString::to_string)))
        });
        standing.is_suspected |= suspicious;
        standing.is_wanted |= suspicious || standing.since >= EVERY;
        count
    }

    /// Asks for a check of the probe's credential: results wait for it.
    pub(crate) fn want(&self, probe: &Probe) {
        if let Some((name, _)) = self.of_probe(probe)
            && let Some(standing) = self.state().standings.get_mut(&name)
        {
            standing.is_wanted |= standing.lost.is_none() && standing.good < standing.last;
        }
    }

    /// Asks for a check of every credential, of this suite or of all, with which something was sent since its last one.
    pub(crate) fn want_all(&self, suite: Option<&str>) {
        for (name, standing) in &mut self.state().standings {
            let is_meant = suite.is_none_or(|suite| name.0 == suite);
            standing.is_wanted |= is_meant && standing.lost.is_none() && standing.good < standing.last;
        }
    }

    /// Whether a result says that a credential is wrong: nothing more is sent with it before its control.
    pub(crate) fn is_suspected(&self) -> bool {
        self.state().standings.values().any(|standing| standing.is_suspected && standing.lost.is_none())
    }

    /// A credential whose control is to be sent now; the count of the results before it.
    pub(crate) fn begin(&self) -> Option<(Name, u64)> {
        let mut state = self.state();
        let count = state.results;
        let wanted = |standing: &Standing| standing.is_wanted && !standing.is_checked && standing.lost.is_none();
        let (name, standing) = state.standings.iter_mut().find(|(_, standing)| wanted(standing))?;
        (standing.is_wanted, standing.is_checked, standing.since) = (false, true, 0);
        Some((name.clone(), count))
    }

    /// Records the outcome of a control that was sent after so many results.
    pub(crate) fn end(&self, name: &Name, before: u64, checked: Checked) {
        let mut state = self.state();
        let Some(standing) = state.standings.get_mut(name) else { return };
        standing.is_checked = false;
        standing.is_suspected &= standing.is_wanted;
        match checked {
            Checked::Good | Checked::Unknown => standing.good = before,
            Checked::Refused(status, code, answer) => {
                let reason = self.reason(name, &answer);
                standing.lost = Some(Lost { status, code, reason: reason.clone() });
                state.reasons.push(reason);
            }
        }
    }

    fn reason(&self, (suite, credential): &Name, answer: &str) -> String {
        let watched = self.watched.get(&(suite.clone(), credential.clone()));
        let operation = watched.map_or("", |watched| &watched.control.operation);
        let fields = watched.map_or(&[][..], |watched| &watched.fields);
        let names: BTreeSet<String> =
            fields.iter().flat_map(|(_, value)| value.variables()).map(|name| format!("${{{name}}}")).collect();
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        let names = if names.is_empty() { String::new() } else { format!(" ({names})") };
        format!(
            "the credential `{credential}` of {suite}{names} was refused from some time on, by a lockout after wrong credentials or because it expired: \
             send fewer wrong ones (--skip credentials, or --fault for what is to be sent), or use one that lives longer; \
             its control {operation}, which succeeded before, {answer}; what was sent with it since its last good control proves nothing"
        )
    }

    /// Why a probe is not sent any more: its credential is lost.
    pub(crate) fn against(&self, probe: &Probe) -> Option<String> {
        if self.watched.is_empty() {
            return None;
        }
        let (name, _) = self.of_probe(probe)?;
        self.state().standings.get(&name)?.lost.as_ref().map(|lost| lost.reason.clone())
    }

    /// What the credential says of a result with that mark.
    pub(crate) fn word(&self, probe: &Probe, result: &ProbeResult, mark: u64) -> Word {
        if self.watched.is_empty() || !result.sent {
            return Word::Stands;
        }
        let Some((name, watched)) = self.of_probe(probe) else { return Word::Stands };
        let state = self.state();
        let Some(standing) = state.standings.get(&name) else { return Word::Stands };
        match &standing.lost {
            _ if mark <= standing.good => Word::Stands,
            None => Word::Unknown,
            Some(lost) => {
                // The answer that right credentials get, too, says nothing of wrong ones. HEAD has no code.
                let code = result.code.as_ref().map(|(_, code)| code);
                let same = result.status == Some(lost.status) && (code.is_none() || code == lost.code.as_ref());
                let found = result.findings.iter().any(|finding| finding.severity >= Severity::Warning);
                // Nor does what is held against an answer that may have been that one.
                let bears = same || probe.like.is_some();
                if watched.is_carried_by(&probe.request) || (bears && found) {
                    Word::Doubtful(lost.reason.clone())
                } else {
                    Word::Stands
                }
            }
        }
    }

    /// Makes a result that proves nothing inconclusive; what it shows beside the answer to a credential stays.
    pub(crate) fn amend(result: &mut ProbeResult, reason: String) {
        let leaks = |rule: &Rule| rule.is(Mark::Discloses) && *rule != EXISTENCE_DISCLOSED;
        let stays = |rule: &Rule| leaks(rule) || *rule == REQUEST_ACCEPTED;
        result.findings.retain(|finding| stays(finding.rule));
        let failed = result.findings.iter().any(|finding| finding.severity == Severity::Error);
        result.verdict = if failed { Verdict::Fail } else { Verdict::Inconclusive };
        result.reason = Some(reason);
    }

    /// Whether a credential was lost.
    pub(crate) fn is_lost(&self) -> bool {
        self.state().standings.values().any(|standing| standing.lost.is_some())
    }

    /// The reasons since this was asked last.
    pub(crate) fn reasons(&self) -> Vec<String> {
        std::mem::take(&mut self.state().reasons)
    }
}

impl Watched {
    /// Whether the request carries the right credential.
    fn is_carried_by(&self, request: &Request) -> bool {
        if let Some(script) = &request.script {
            let names: BTreeSet<&str> = self.fields.iter().flat_map(|(_, value)| value.variables()).collect();
            let written = |part: &Part| match part {
                Part::Bytes(bytes) => bytes.variables().into_iter().map(str::to_owned).collect(),
                Part::Authority | Part::Prefix | Part::Pause(_) => Vec::new(),
            };
            let written: BTreeSet<String> = script.parts.iter().flat_map(written).collect();
            return !names.is_empty() && names.iter().all(|name| written.contains(*name));
        }
        !self.fields.is_empty() && self.fields.iter().all(|field| request.headers.contains(field))
    }
}

/// The answer by which a result says that the right credential is refused, where it does: status and code.
fn is_otherwise<'r>(probe: &Probe, result: &'r ProbeResult, carries: bool) -> Option<(u16, Option<&'r Value>)> {
    let status = result.status.filter(|status| *status >= 300)?;
    if result.findings.iter().all(|finding| finding.severity < Severity::Warning) {
        return None;
    }
    let code = result.code.as_ref().map(|(_, code)| code);
    let of_credentials = CAUSES.iter().map(|(cause, ..)| *cause).filter(|cause| cause.is_about_credentials());
    let promised = |cause: Cause| probe.api.contract.promise(cause).and_then(|promise| promise.code.as_ref());
    let refused =
        code.is_some_and(|code| of_credentials.filter_map(promised).any(|promise| promise.any_of.contains(code)));
    let says = if carries {
        matches!(status, 300..=399 | 401 | 403 | 407 | 423) || refused
    } else {
        // To a wrong credential something else is answered than the document says.
        probe.cause.is_about_credentials() && status >= 400
    };
    says.then_some((status, code))
}
