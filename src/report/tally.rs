//! Everything that is remembered of results that passed by: counts, drifts with one example each, and what was not
//! exercised.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::consistency::Compared;
use super::drift::MAX_PLACES;
use super::signature::{earlier, rest, signature};
use super::{
    Closing, CodeCoverage, Coverage, Drift, Inactive, Load, MayHaveChanged, MessageCoverage, NotExercised, Precedence,
    ProbeResult, Reason, Reasons, Summary, coverage, folding,
};
use crate::catalog::Api;
use crate::catalog::contract::Contract;
use crate::judge::Mark;
use crate::judge::finding::{Finding, Repeats};
use crate::judge::origin::remedies;
use crate::model::answer;
use crate::model::cause::Cause;
use crate::model::place::Place;
use crate::model::verdict::{Severity, Verdict, exit};
use crate::plan::Plan;

/// Everything that is remembered of results that passed by.
#[derive(Debug, Default)]
pub struct Tally {
    summary: Summary,
    verdicts: Option<Verdict>,
    /// Whether a probe that was judged has a warning.
    is_warned: bool,
    drifts: BTreeMap<String, Drift>,
    operations: BTreeMap<String, BTreeSet<String>>,
    /// The places of the drifts that have several.
    places_of: BTreeMap<String, BTreeSet<Place>>,
    /// How many signatures of each rule came.
    kinds: BTreeMap<&'static str, usize>,
    catalogue: Vec<CodeCoverage>,
    not_exercised: Vec<NotExercised>,
    withheld: Vec<NotExercised>,
    reasons: Reasons,
    may_have_changed: Vec<MayHaveChanged>,
    /// Whether probes were held back, so that what the suites want of a run cannot be there.
    held_back: bool,
    coverage: Vec<Coverage>,
    /// The causes of the faults that are sent, by suite.
    causes: BTreeSet<(String, Cause)>,
    /// The conditions of rules that some reply met.
    applied: u32,
    precedence: Vec<Precedence>,
    inactive: Vec<Inactive>,
    connection_failures: usize,
    load: Load,
    interrupted: Option<String>,
    /// Where in `coverage` a suite's operation and cause stand.
    places: BTreeMap<(String, String, Cause), usize>,
}

/// The most drifts of one rule: where a target answers in more ways, more of them tell nothing.
const MAX_OF_A_RULE: usize = 55;

impl Tally {
    /// Adds the catalogue of a contract to what is counted.
    pub fn open(&mut self, contract: &Contract) {
        if self.catalogue.iter().any(|known| known.contract == contract.file.id) {
            return;
        }
        let catalogue = &contract.file.catalogue;
        for (index, entry) in catalogue.iter().enumerate() {
            let of_code: Vec<_> = catalogue.iter().filter(|other| other.code == entry.code).collect();
            if catalogue[..index].iter().any(|before| before.code == entry.code) {
                continue;
            }
            let messages = of_code.iter().filter_map(|entry| entry.message.clone()).filter(|_| of_code.len() > 1);
            self.catalogue.push(CodeCoverage {
                contract: contract.file.id.clone(),
                code: entry.code.clone(),
                name: entry.name.clone(),
                exercised: 0,
                provoked: entry.provoked,
                messages: messages.map(|message| MessageCoverage { message, exercised: 0 }).collect(),
            });
        }
    }

    /// Adds the probes that are going to be sent to what is counted.
    pub fn plan(&mut self, plan: &Plan) {
        for probe in &plan.probes {
            self.covered(&probe.api.suite.id, &probe.operation, probe.cause).planned += 1;
            self.causes.insert((probe.api.suite.id.clone(), probe.fault.cause));
        }
    }

    fn covered(&mut self, suite: &str, operation: &str, cause: Cause) -> &mut Coverage {
        let key = (suite.to_owned(), operation.to_owned(), cause);
        let place = *self.places.entry(key).or_insert_with(|| {
            self.coverage.push(Coverage {
                suite: suite.to_owned(),
                operation: operation.to_owned(),
                cause,
                planned: 0,
                sent: 0,
                decided: 0,
                otherwise: 0,
                failed: 0,
                worst: None,
            });
            self.coverage.len() - 1
        });
        &mut self.coverage[place]
    }

    /// Records the result of one probe.
    pub fn result(&mut self, result: &ProbeResult) {
        self.summary.probes += 1;
        self.applied |= result.applied;
        let covered = self.covered(&result.suite, &result.operation, result.cause);
        covered.sent += usize::from(result.sent);
        covered.decided += usize::from(!matches!(result.verdict, Verdict::Inconclusive | Verdict::Error));
        covered.otherwise += usize::from(is_otherwise(result));
        covered.failed += usize::from(result.verdict == Verdict::Fail);
        covered.worst = covered.worst.max(result.findings.iter().map(|finding| finding.severity).max());
        match result.verdict {
            Verdict::Pass => self.summary.passed += 1,
            Verdict::Waived => self.summary.waived += 1,
            Verdict::Inconclusive | Verdict::Error => self.summary.inconclusive += 1,
            Verdict::Fail => self.summary.failed += 1,
        }
        self.verdicts = self.verdicts.max(Some(result.verdict));
        if let Some((contract, code)) = &result.code
            && let Some(entry) =
                self.catalogue.iter_mut().find(|entry| entry.contract == *contract && entry.code == *code)
        {
            entry.exercised += 1;
            let template = result.answer.as_ref().and_then(|answer| answer.template.as_deref());
            let came = |known: &&mut MessageCoverage| template == Some(answer::template(&known.message).as_str());
            if let Some(message) = entry.messages.iter_mut().find(came) {
                message.exercised += 1;
            }
        }
        self.findings(result, &result.findings);
    }

    fn findings(&mut self, result: &ProbeResult, findings: &[Finding]) {
        let mut example = None;
        for finding in findings {
            match finding.severity {
                // What is accepted is told by its drift.
                Severity::Error | Severity::Warning if finding.is_accepted() => {}
                Severity::Error => self.summary.errors += 1,
                Severity::Warning => {
                    self.summary.warnings += 1;
                    // That a layer before the service answered is a warning of the run, not the target's drift.
                    self.is_warned |= result.verdict != Verdict::Inconclusive;
                }
                Severity::Note => self.summary.notes += 1,
            }
            self.finding(result, finding, &mut example);
        }
    }

    /// The signature of the finding, or what stands for all that come after the most of its rule.
    fn told_apart(&mut self, result: &ProbeResult, finding: &Finding) -> String {
        let signature = signature(result, finding);
        if self.drifts.contains_key(&signature) {
            return signature;
        }
        let known = self.kinds.entry(finding.rule.id).or_default();
        *known += 1;
        if *known < MAX_OF_A_RULE { signature } else { rest(result, finding) }
    }

    /// `example` is the result as the drifts of its findings share it.
    fn finding(&mut self, result: &ProbeResult, finding: &Finding, example: &mut Option<Arc<ProbeResult>>) {
        let signature = self.told_apart(result, finding);
        self.operations.entry(signature.clone()).or_default().insert(result.operation.clone());
        let drift = self.drifts.entry(signature).or_insert_with_key(|signature| Drift {
            signature: signature.clone(),
            rule: finding.rule,
            severity: finding.severity,
            layer: finding.author.map(|(layer, _)| layer).or(result.layer),
            answered_by: finding.author.map(|(_, product)| product.into()).or_else(|| result.answered_by.clone()),
            remedy: None,
            statuses: BTreeSet::new(),
            cause: if finding.by_cause && !finding.for_all { result.cause.word().to_owned() } else { "*".to_owned() },
            summary: String::new(),
            places: 1,
            count: 0,
            probes: Vec::new(),
            operations: 0,
            finding: finding.clone(),
            repeats: None,
            waived: 0,
            old: 0,
            consequences: Vec::new(),
            earlier: BTreeMap::new(),
            example: Arc::clone(example.get_or_insert_with(|| Arc::new(result.clone()))),
        });
        drift.statuses.extend(result.status);
        if drift.finding.at != finding.at {
            let places =
                self.places_of.entry(drift.signature.clone()).or_insert_with(|| [drift.finding.at.clone()].into());
            if places.len() < MAX_PLACES {
                places.insert(finding.at.clone());
            }
            drift.places = places.len();
        }
        if let Some(repeats) = finding.repeats {
            let so_far = drift.repeats.get_or_insert_default();
            so_far.sent += repeats.sent;
            so_far.shown += repeats.shown;
        }
        // What fails is shown rather than what is accepted.
        if !finding.is_accepted() && drift.finding.is_accepted() {
            drift.finding = finding.clone();
            drift.example = Arc::clone(example.get_or_insert_with(|| Arc::new(result.clone())));
        }
        if drift.probes.last() != Some(&result.probe) {
            drift.count += 1;
            drift.waived += usize::from(finding.waived.is_some());
            drift.old += usize::from(finding.old && finding.waived.is_none());
            if !finding.is_accepted() {
                *drift.earlier.entry(earlier(result, finding)).or_default() += 1;
            }
            drift.probes.push(result.probe.clone());
        }
    }

    /// Records a planned probe that was not sent.
    pub fn not_exercised(&mut self, probe: String, reason: String) {
        self.summary.probes += 1;
        self.summary.not_exercised += 1;
        self.not_exercised.push(NotExercised { reason, probe });
    }

    /// Records a fault that was withheld from an operation for its safety.
    pub fn withheld(&mut self, probe: String, reason: String) {
        self.withheld.push(NotExercised { reason, probe });
    }

    /// Records what came of sending probes of a drift again.
    pub fn repeated(&mut self, signature: &str, repeats: Repeats) {
        if let Some(drift) = self.drifts.get_mut(signature) {
            drift.repeats = Some(repeats);
        }
    }

    /// Records what only the whole of the results shows.
    pub fn compared(&mut self, compared: Compared) {
        for (result, finding) in compared.findings {
            if finding.severity == Severity::Error && !finding.is_accepted() {
                self.verdicts = self.verdicts.max(Some(Verdict::Fail));
            }
            self.findings(&result, std::slice::from_ref(&finding));
        }
        self.precedence = compared.precedence;
        self.inactive.extend(compared.inactive);
    }

    /// Records something that the run could not put to the test.
    pub fn inactive(&mut self, inactive: Inactive) {
        self.inactive.push(inactive);
    }

    /// Records how the run ended.
    pub fn ended(&mut self, connection_failures: usize, interrupted: Option<String>) {
        self.connection_failures = connection_failures;
        self.interrupted = interrupted;
    }

    /// Records what the target could take.
    pub fn load(&mut self, load: Load) {
        self.load = load;
        self.summary.rate_limited = load.rate_limited;
        if load.given_up > 0 {
            let reason = format!(
                "overloaded: {} probes got no reply in time while others were under way, and could not be sent again; --jobs {} sends fewer at once",
                load.given_up, load.jobs
            );
            self.not_judged(Reason::Overloaded, reason);
        }
    }

    /// What the suites want and what the run could not put to the test; `whole` where no part of the suites was chosen.
    pub fn covers(&mut self, apis: &[Arc<Api>], whole: bool) {
        let asked = whole && self.interrupted.is_none() && !self.held_back;
        for api in apis.iter().filter(|_| asked) {
            let shortfalls = coverage::shortfalls(&api.suite, &self.coverage);
            // Many are one: the other reasons say why.
            if let [first, _, _, ..] = shortfalls.as_slice() {
                let text = format!("{} minimums of {} were not reached: {first}, …", shortfalls.len(), api.suite.id);
                self.not_judged(Reason::Minimum, text);
            } else {
                for reason in shortfalls {
                    self.not_judged(Reason::Minimum, reason);
                }
            }
        }
        self.inactive.extend(coverage::inactive(apis, &self.coverage, &self.causes, self.applied));
    }

    /// Records a reason for which the run as a whole cannot be judged.
    pub fn not_judged(&mut self, kind: Reason, reason: String) {
        self.reasons.push(kind, reason);
    }

    /// Records requests that may have changed the target, and whether probes were held back for that.
    pub fn may_have_changed(&mut self, requests: Vec<MayHaveChanged>, held_back: bool) {
        self.held_back |= held_back;
        self.may_have_changed.extend(requests);
    }

    /// The numbers so far.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.summary
    }

    /// The outcome of the run. `strict` makes warnings fail.
    #[must_use]
    pub fn close(mut self, duration_ms: u64, strict: bool) -> Closing {
        let mut drifts: Vec<_> = std::mem::take(&mut self.drifts).into_values().collect();
        for drift in &mut drifts {
            drift.operations = self.operations.get(&drift.signature).map_or(0, BTreeSet::len);
            drift.summary = drift.told();
            // What a reply gives away is no matter of its format.
            let product = drift.answered_by.as_deref().filter(|_| !drift.rule.is(Mark::Discloses));
            drift.remedy = product.and_then(remedies::of).map(Cow::Borrowed);
        }
        drifts.sort_by(|a, b| {
            let worst_first = (b.severity, b.operations, b.count).cmp(&(a.severity, a.operations, a.count));
            a.is_accepted().cmp(&b.is_accepted()).then(worst_first).then_with(|| a.signature.cmp(&b.signature))
        });
        let drifts = folding::folded(drifts, &self.operations, &self.catalogue);
        if let Some(by) = &self.interrupted {
            let judged = self.summary.probes - self.summary.not_exercised;
            let text = format!("the run was ended by {by} after {judged} of {} probes", self.summary.probes);
            self.reasons.push(Reason::Ended, text);
        }
        let mut verdicts: Vec<_> = self.verdicts.into_iter().collect();
        if !self.reasons.is_empty() {
            verdicts.push(Verdict::Inconclusive);
        }
        if strict && self.is_warned {
            verdicts.push(Verdict::Fail);
        }
        // What was judged is needed for green: reasons alone are no verdict on the target. Part of a run is not, either.
        // Nor is what whoever has the right to ask was refused, or another deployment answered.
        let cut_short = self.interrupted.is_some() || self.load.is_whole_in_doubt || self.reasons.is_decisive();
        let verdict = if cut_short { Verdict::Inconclusive } else { Verdict::fold(verdicts) };
        if verdict == Verdict::Error && self.reasons.is_empty() {
            let text = "nothing was judged: no probe was selected, or none could be sent";
            self.reasons.push(Reason::Nothing, text.to_owned());
        }
        self.summary.drifts = drifts.len();
        self.not_exercised.sort();
        self.withheld.sort();
        Closing {
            duration_ms,
            exit_code: if verdict == Verdict::Error { exit::NOT_JUDGED } else { verdict.exit_code() },
            verdict,
            reasons: self.reasons,
            may_have_changed: self.may_have_changed,
            summary: self.summary,
            drifts,
            catalogue: self.catalogue,
            not_exercised: self.not_exercised,
            withheld: self.withheld,
            coverage: self.coverage,
            precedence: self.precedence,
            inactive: self.inactive,
            connection_failures: self.connection_failures,
            load: self.load,
            interrupted: self.interrupted,
            gates: Vec::new(),
        }
    }
}

/// Whether the reply answers another mistake than the one that the probe is for, such as that nothing is at its path.
fn is_otherwise(result: &ProbeResult) -> bool {
    let judged = matches!(result.verdict, Verdict::Pass | Verdict::Waived);
    judged && !result.fits.is_empty() && !result.fits.contains(&result.cause)
}
