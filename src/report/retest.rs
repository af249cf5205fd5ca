//! What has become of the drifts of an earlier run, by the answers to some of their probes today. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::signature::signature;
use super::stored::by_probe;
use super::{Closing, Drift, ProbeResult, Report};
use crate::judge::finding::Finding;
use crate::model::verdict::{Severity, Verdict, exit};

/// What has become of a drift; of what its probes say of it, the last one here counts.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Now {
    /// It was in no answer, and nothing else was.
    Mended,
    /// None of its probes was sent, for this reason.
    NotSent(String),
    /// Nothing can be said, for this reason.
    NotJudged(String),
    /// The answers are wrong in another way.
    Otherwise(String),
    /// It was in every answer.
    Still,
    /// It was in some of the answers.
    Intermittent {
        /// The answers that showed it.
        shown: usize,
        /// The answers that were looked at.
        sent: usize,
    },
}

impl Now {
    /// Whether the target still breaks the promise, or another one in its place.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        matches!(self, Self::Still | Self::Intermittent { .. } | Self::Otherwise(_))
    }
}

/// A drift and what has become of it.
#[derive(Debug)]
pub struct Became {
    /// The drift, as the report has it.
    pub drift: Drift,
    /// What has become of it.
    pub now: Now,
    /// Its probes that were answered.
    pub probes: Vec<String>,
}

impl Became {
    /// Whether the drift fails a run.
    fn weighs(&self, strict: bool) -> bool {
        !self.drift.is_accepted() && self.drift.severity >= least(strict)
    }
}

/// The least severity that fails.
fn least(strict: bool) -> Severity {
    if strict { Severity::Warning } else { Severity::Error }
}

/// What has become of all drifts of a report.
#[derive(Debug)]
pub struct Retest {
    /// Where the probes went.
    pub target: String,
    /// The drifts in the report's order, each before what follows from it.
    pub became: Vec<Became>,
    /// The run that sent their probes; `None` where none of them may be sent.
    pub closing: Option<Closing>,
    /// Whether warnings fail.
    pub strict: bool,
}

impl Retest {
    /// The drifts that fail a run, or all where none does: those that decide.
    fn deciding(&self) -> impl Iterator<Item = &Became> {
        let any = self.became.iter().any(|became| became.weighs(self.strict));
        self.became.iter().filter(move |became| !any || became.weighs(self.strict))
    }

    /// Drifts that the report does not have.
    pub fn fresh(&self) -> impl Iterator<Item = &Drift> {
        let known: BTreeSet<&str> = self.became.iter().map(|became| became.drift.signature.as_str()).collect();
        self.closing.iter().flat_map(Closing::all).filter(move |drift| !known.contains(drift.signature.as_str()))
    }

    /// Whether something was found that decides against the target.
    fn is_wrong(&self) -> bool {
        self.became.iter().any(|became| became.now.is_wrong() && became.weighs(self.strict))
            || self.fresh().any(|drift| drift.severity >= least(self.strict))
    }

    /// The exit code: 0 where every drift that fails a run is mended.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        let lost = self.closing.as_ref().is_some_and(|closing| closing.reasons.is_decisive());
        let open = |became: &Became| matches!(became.now, Now::NotJudged(_) | Now::NotSent(_));
        if lost || self.closing.is_none() {
            exit::NOT_JUDGED
        } else if self.is_wrong() {
            exit::DRIFT
        } else if self.deciding().any(open) {
            exit::NOT_JUDGED
        } else {
            exit::CONFORMS
        }
    }
}

/// What has become of the report's drifts. `examples` are the probes of each that were to be sent, or why there are none;
/// `results` are what came of them.
#[must_use]
pub fn became(
    report: &Report,
    examples: &BTreeMap<String, Result<Vec<String>, String>>,
    results: &BTreeMap<String, ProbeResult>,
    unsent: &BTreeMap<String, String>,
) -> Vec<Became> {
    let stored = by_probe(&report.results);
    let alone = |drift: &Drift| -> Became {
        let of = |probe: &String| match (stored.get(probe.as_str()), results.get(probe)) {
            (Some(before), Some(result)) => by_answer(drift, before, &report.signatures(probe), result),
            _ => Now::NotJudged(unsent.get(probe).map_or("its probe was not sent", String::as_str).to_owned()),
        };
        let (now, sent) = match examples.get(&drift.signature) {
            Some(Ok(probes)) => (probes.iter().map(of).max().map(|now| come_and_gone(drift, now)), probes.as_slice()),
            Some(Err(why)) => (Some(Now::NotSent(why.clone())), [].as_slice()),
            None => (None, [].as_slice()),
        };
        let now = now.unwrap_or_else(|| Now::NotSent("it has no probe".to_owned()));
        let probes = sent.iter().filter(|probe| results.contains_key(*probe)).cloned().collect();
        Became { drift: drift.clone(), now, probes }
    };
    let mut all = Vec::new();
    for drift in &report.closing.drifts {
        let mut root = alone(drift);
        let following: Vec<_> = drift.consequences.iter().map(alone).collect();
        // What only all answers together show stands and falls with what each shows of it.
        if matches!(&root.now, Now::NotJudged(why) if why == TOGETHER) {
            let told = following.iter().map(|became| &became.now).filter(|now| **now != root.now);
            root.now = told.max().unwrap_or(&root.now).clone();
        }
        all.push(root);
        all.extend(following);
    }
    all
}

/// What comes and goes is not mended because it did not come for once.
fn come_and_gone(drift: &Drift, now: Now) -> Now {
    match (now, drift.repeats) {
        (Now::Mended, Some(repeats)) if repeats.is_intermittent() => Now::NotJudged(format!(
            "it came and went then, in {} of {} answers; that it did not come now proves nothing",
            repeats.shown, repeats.sent
        )),
        (now, _) => now,
    }
}

/// Why one answer does not tell.
const TOGETHER: &str = "only the answers of a whole run show it: errdrift run";

/// What one probe's answers say of a drift. `before` is the result that the report has of it, `known` are its drifts.
fn by_answer(drift: &Drift, before: &ProbeResult, known: &BTreeSet<&str>, result: &ProbeResult) -> Now {
    let mut shown = result.findings.iter().filter(|finding| signature(result, finding) == drift.signature);
    if let Some(finding) = shown.next() {
        return match finding.repeats {
            Some(repeats) if repeats.is_intermittent() => {
                Now::Intermittent { shown: repeats.shown, sent: repeats.sent }
            }
            _ => Now::Still,
        };
    }
    if matches!(result.verdict, Verdict::Inconclusive | Verdict::Error) {
        return Now::NotJudged(result.reason.clone().unwrap_or_else(|| "its probe could not be judged".to_owned()));
    }
    let of_rule = |result: &ProbeResult| result.findings.iter().any(|finding| finding.rule == drift.rule);
    if !of_rule(before) && !of_rule(result) {
        return Now::NotJudged(TOGETHER.to_owned());
    }
    let fresh = |finding: &&Finding| {
        !known.contains(signature(result, finding).as_str())
            && (finding.rule == drift.rule || finding.severity > Severity::Note)
    };
    result.findings.iter().find(fresh).map_or(Now::Mended, |finding| {
        Now::Otherwise(format!("{} at {}: got {}", finding.rule, finding.at, finding.actual))
    })
}
