//! What decides about a run beside its probes: the waivers, the baseline and the ratchet.
//!
//! It watches the results as they pass by and has a word at the end. Pure: the files were read before, and what is to be
//! written is handed back.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::baseline::Baseline;
use super::ratchet::Ratchet;
use super::waiver::AppliedWaivers;
use crate::fault;
use crate::judge::finding::Finding;
use crate::model::verdict::{Severity, Verdict};
use crate::plan::ProbeId;
use crate::report::change::{Comparison, Weight};
use crate::report::{Closing, Gate, Policy, ProbeResult};

/// What is to be written once the run is over.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Writing {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub text: String,
}

/// What decides about a run beside its probes.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    /// The waivers.
    pub waivers: Option<AppliedWaivers>,
    /// The ratchet's file, with what it held; `None` where it does not exist yet.
    pub ratchet: Option<(PathBuf, Option<Ratchet>)>,
    /// The baseline's file, with what it holds.
    pub baseline: Option<(PathBuf, Baseline)>,
    /// Where the answers of this run go.
    pub save: Option<PathBuf>,
    /// Whether the run leaves probes of its suites out.
    pub is_narrowed: bool,
    /// The answers of this run.
    pub now: Baseline,
    /// Probes that were not sent, or not judged.
    pub unjudged: BTreeSet<String>,
}

impl Policies {
    /// Records the result of a probe, and says which of its findings are waived or old. A result whose errors all are is
    /// waived, too.
    pub fn result(&mut self, result: &mut ProbeResult) {
        if let Some(applied) = &mut self.waivers {
            applied.apply(result);
        }
        if let Some((_, baseline)) = &self.baseline {
            let is_old = |finding: &_| baseline.has(result, finding);
            let old: Vec<_> = result.findings.iter().map(is_old).collect();
            for (finding, old) in result.findings.iter_mut().zip(old) {
                finding.old = old;
            }
        }
        let mut errors = result.findings.iter().filter(|finding| finding.severity == Severity::Error);
        if result.verdict == Verdict::Fail && errors.all(Finding::is_accepted) {
            result.verdict = Verdict::Waived;
        }
        if result.verdict == Verdict::Inconclusive {
            self.unjudged.insert(result.probe.clone());
        }
        if self.baseline.is_some() || self.save.is_some() {
            self.now.take(result);
        }
    }

    /// Says which findings that only the whole of the results shows are waived or old, each with the result that shows it.
    pub fn compared(&mut self, findings: &mut [(Arc<ProbeResult>, Finding)]) {
        for (result, finding) in findings {
            let mut alone = ProbeResult { findings: vec![finding.clone()], ..ProbeResult::clone(result) };
            if let Some(applied) = &mut self.waivers {
                applied.apply(&mut alone);
            }
            finding.old = self.baseline.as_ref().is_some_and(|(_, baseline)| baseline.has(&alone, finding));
            finding.waived = alone.findings.pop().and_then(|finding| finding.waived);
            if self.baseline.is_some() || self.save.is_some() {
                self.now.compared(result, finding);
            }
        }
    }

    /// Records a planned probe that was not sent, by its id.
    pub fn not_exercised(&mut self, probe: &str) {
        self.unjudged.insert(probe.to_owned());
        if let (Some(applied), Some(id)) = (&mut self.waivers, ProbeId::parse(probe))
            && let Some(fault) = fault::find(id.fault)
        {
            applied.unjudged(id.suite, id.operation, fault.cause);
        }
    }

    /// Has the last word on the run, and hands back what is to be written.
    #[must_use]
    pub fn close(self, closing: &mut Closing) -> Vec<Writing> {
        let is_judged =
            closing.reasons.is_empty() && closing.summary.inconclusive == 0 && closing.interrupted.is_none();
        let is_whole = !self.is_narrowed && is_judged;
        let mut writings = Vec::new();
        if let Some((path, before)) = &self.baseline {
            let file = path.display();
            if before.is_earlier {
                let what = "its signatures are of errdrift 0.1, which do not say what came and how grave it is; --save-baseline writes it anew";
                let message = format!("{file}: {what}");
                closing.gates.push(Gate { gate: Policy::Baseline, fails: false, message });
            }
            let mut comparison = Comparison::of(&before.answers, &self.now.answers);
            // What was not asked is not gone.
            comparison.gone.retain(|probe| !self.is_narrowed && !self.unjudged.contains(probe));
            let gate = |(weight, line)| Gate {
                gate: Policy::Baseline,
                fails: weight == Weight::Breaking,
                message: format!("{file}: {line}"),
            };
            closing.gates.extend(comparison.lines().into_iter().map(gate));
        }
        if let Some(path) = self.save {
            if is_judged {
                writings.push(Writing { path, text: self.now.text() });
            } else {
                let message = format!("{}: not written, since not all of the run could be judged", path.display());
                closing.gates.push(Gate { gate: Policy::Baseline, fails: false, message });
            }
        }
        if let Some(applied) = self.waivers {
            closing.gates.extend(applied.close(is_whole));
        }
        if let Some((path, before)) = self.ratchet {
            let now = Ratchet::of(closing.all());
            let file = path.display().to_string();
            let more = before.as_ref().map(|before| before.counted(closing.all()).more_than(before));
            let gate = |fails: bool, message: String| Gate {
                gate: Policy::Ratchet,
                fails,
                message: format!("{file}: {message}"),
            };
            let holds = more.as_ref().is_some_and(Vec::is_empty);
            // A part of the probes shows a part of the drifts.
            if is_whole && before.as_ref() != Some(&now) && (holds || before.is_none()) {
                let what = match &before {
                    Some(before) if before.is_earlier() => {
                        "it was one of errdrift 0.1, whose signatures do not say what came and how grave it is"
                    }
                    Some(_) => "there is less drift than last time",
                    None => "it did not exist",
                };
                closing.gates.push(gate(false, format!("written, since {what}; keep it with the code")));
                writings.push(Writing { path, text: now.text() });
            } else if before.is_none() {
                let message = "not written, since the run leaves probes out or could not be judged";
                closing.gates.push(gate(false, message.to_owned()));
            }
            closing.gates.extend(more.into_iter().flatten().map(|more| gate(true, more)));
            if holds && closing.verdict == Verdict::Fail {
                // No more than last time is accepted. What could not be judged is not.
                closing.gates.push(gate(false, "there is no more drift than last time, which is accepted".to_owned()));
                closing.conclude(if is_judged { Verdict::Waived } else { Verdict::Inconclusive });
            }
        }
        // Part of a run is no verdict, whatever it shows.
        let in_doubt = closing.interrupted.is_some() || closing.load.is_whole_in_doubt || closing.reasons.is_decisive();
        let ended = closing.verdict == Verdict::Error || in_doubt;
        if closing.gates.iter().any(|gate| gate.fails) && !ended {
            closing.conclude(Verdict::Fail);
        }
        writings
    }
}
