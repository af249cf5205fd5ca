//! What decides about a run beside its probes: the waivers and the ratchet.
//!
//! It watches the results as they pass by and has a word at the end. Pure: the files were read before, and what is to be
//! written is handed back.

use std::path::PathBuf;

use crate::fault;
use crate::ratchet::Ratchet;
use crate::report::{Closing, Gate, ProbeResult};
use crate::verdict::Verdict;
use crate::waiver::Ledger;

/// What decides about a run beside its probes.
#[derive(Clone, Debug, Default)]
pub struct Gates {
    /// The waivers.
    pub ledger: Option<Ledger>,
    /// The ratchet's file, with what it held; `None` where it does not exist yet.
    pub ratchet: Option<(PathBuf, Option<Ratchet>)>,
    /// Whether the run leaves probes of its suites out.
    pub is_narrowed: bool,
}

/// A file to be written once the run is over.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Writing {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub text: String,
}

impl Gates {
    /// Takes in the result of a probe, and says which of its findings are waived.
    pub fn result(&mut self, result: &mut ProbeResult) {
        if let Some(ledger) = &mut self.ledger {
            ledger.apply(result);
        }
    }

    /// Takes in a planned probe that was not sent, by its id.
    pub fn not_exercised(&mut self, probe: &str) {
        let mut parts = probe.split('/');
        if let (Some(ledger), Some(suite), Some(operation), Some(fault)) =
            (&mut self.ledger, parts.next(), parts.next(), parts.next().and_then(fault::find))
        {
            ledger.unjudged(suite, operation, fault.cause);
        }
    }

    /// Has the last word on the run, and hands back what is to be written.
    #[must_use]
    pub fn close(self, closing: &mut Closing) -> Vec<Writing> {
        let is_whole = !self.is_narrowed && closing.reasons.is_empty();
        let mut writings = Vec::new();
        if let Some(ledger) = self.ledger {
            closing.gates.extend(ledger.close(is_whole));
        }
        if let Some((path, before)) = self.ratchet {
            let now = Ratchet::of(&closing.drifts);
            let file = path.display().to_string();
            let more = before.as_ref().map(|before| now.more_than(before));
            let gate =
                |fails: bool, message: String| Gate { gate: "ratchet", fails, message: format!("{file}: {message}") };
            let holds = more.as_ref().is_some_and(Vec::is_empty);
            // A part of the probes shows a part of the drifts.
            if is_whole && before.as_ref() != Some(&now) && (holds || before.is_none()) {
                let what = if holds { "there is less drift than last time" } else { "it did not exist" };
                closing.gates.push(gate(false, format!("written, since {what}; keep it with the code")));
                writings.push(Writing { path, text: now.text() });
            }
            closing.gates.extend(more.into_iter().flatten().map(|more| gate(true, more)));
            if holds && closing.verdict == Verdict::Fail {
                // No more than last time is accepted. What could not be judged is not.
                closing.gates.push(gate(false, "there is no more drift than last time, which is accepted".to_owned()));
                let judged = closing.reasons.is_empty() && closing.summary.inconclusive == 0;
                closing.conclude(if judged { Verdict::Waived } else { Verdict::Inconclusive });
            }
        }
        if closing.gates.iter().any(|gate| gate.fails) && closing.verdict != Verdict::Error {
            closing.conclude(Verdict::Fail);
        }
        writings
    }
}
