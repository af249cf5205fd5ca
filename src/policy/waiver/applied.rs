//! The waivers of one run at work: what each of them took, and at the end which of them are no longer right.
//!
//! A waiver that has expired, that nothing matches, that matches more than it may, or whose matches another one takes, fails
//! the run: a list that nobody keeps hides what it was not written for.

use std::collections::BTreeSet;

use super::file::{Waiver, WaiverFile};
use crate::model::cause::Cause;
use crate::model::date::Date;
use crate::model::verdict::Verdict;
use crate::report::signature::signature;
use crate::report::{Gate, Policy, ProbeResult};

/// The waivers of one run, with what they took so far.
#[derive(Clone, Debug)]
pub struct AppliedWaivers {
    file: String,
    today: Date,
    entries: Vec<Entry>,
    /// Suite, operation and cause of the probes that were not judged.
    unjudged: Vec<(String, String, Cause)>,
    /// Causes of which the run sends nothing.
    left_out: BTreeSet<Cause>,
}

#[derive(Clone, Debug)]
struct Entry {
    waiver: Waiver,
    line: usize,
    /// Probes with a finding that it names.
    matched: usize,
    /// Probes with a finding that it took.
    took: usize,
    /// The signatures of what it took, where it is written as for errdrift 0.1.
    accepts: BTreeSet<String>,
    /// The waiver that took the first finding that it named as well.
    before: Option<usize>,
}

impl AppliedWaivers {
    /// The waivers of a file, each with its line.
    #[must_use]
    pub fn new(file: &str, waivers: WaiverFile, lines: &[usize], today: Date) -> Self {
        let lines = lines.iter().copied().chain(std::iter::repeat(1));
        let entry =
            |(waiver, line)| Entry { waiver, line, matched: 0, took: 0, accepts: BTreeSet::new(), before: None };
        let entries = waivers.waiver.into_iter().zip(lines).map(entry).collect();
        Self { file: file.to_owned(), today, entries, unjudged: Vec::new(), left_out: BTreeSet::new() }
    }

    /// Marks the findings that are waived.
    pub fn apply(&mut self, result: &mut ProbeResult) {
        if result.verdict == Verdict::Inconclusive {
            self.unjudged(&result.suite, &result.operation, result.cause);
        }
        let mut matched = vec![false; self.entries.len()];
        let mut took = matched.clone();
        let mut marks = Vec::new();
        for finding in &result.findings {
            let names = |entry: &Entry| entry.waiver.matches(result, finding);
            let naming: Vec<_> = (0..self.entries.len()).filter(|index| names(&self.entries[*index])).collect();
            let taker = naming.iter().copied().find(|index| self.entries[*index].waiver.expires >= self.today);
            for index in naming {
                matched[index] = true;
                if taker != Some(index) {
                    self.entries[index].before = self.entries[index].before.or(taker);
                }
            }
            if let Some(index) = taker {
                took[index] = true;
            }
            if let Some(entry) = taker.map(|index| &mut self.entries[index]).filter(|entry| entry.waiver.is_earlier()) {
                entry.accepts.insert(signature(result, finding));
            }
            marks.push(taker.map(|index| self.entries[index].waiver.mark()));
        }
        for (entry, (matched, took)) in self.entries.iter_mut().zip(matched.into_iter().zip(took)) {
            entry.matched += usize::from(matched);
            entry.took += usize::from(took);
        }
        for (finding, mark) in result.findings.iter_mut().zip(marks) {
            finding.waived = mark;
        }
    }

    /// Takes note of a probe that was not judged: what it would have shown is not known.
    pub fn unjudged(&mut self, suite: &str, operation: &str, cause: Cause) {
        self.unjudged.push((suite.to_owned(), operation.to_owned(), cause));
    }

    /// Takes note of the causes of which the run sends nothing.
    pub fn leave_out(&mut self, causes: &BTreeSet<Cause>) {
        self.left_out.clone_from(causes);
    }

    /// What is no longer right. In a run that did not send or judge all of its suites, that nothing matches proves nothing.
    #[must_use]
    pub fn close(self, is_whole: bool) -> Vec<Gate> {
        let Self { file, today, entries, unjudged, left_out } = &self;
        let gate = |entry: &Entry, fails: bool, message: String| Gate {
            gate: Policy::Waivers,
            fails,
            message: format!("{file}:{}: {message}", entry.line),
        };
        let mut gates = Vec::new();
        for entry in entries {
            let Entry { waiver, matched, took, .. } = entry;
            if waiver.expires < *today {
                let message = format!(
                    "the waiver of {} expired on {}, and waives nothing any more; see that the drift is mended, or renew `expires` with a reason that still holds",
                    waiver.owner, waiver.expires
                );
                gates.push(gate(entry, true, message));
            } else if *matched == 0 {
                let another =
                    waiver.named_cause().is_some_and(|word| left_out.iter().any(|cause| cause.word() == word));
                let awaited =
                    another || unjudged.iter().any(|(suite, operation, cause)| waiver.awaits(suite, operation, *cause));
                let message = if is_whole && !awaited {
                    "nothing matches this waiver; leave it out: the drift is gone, or it was never written so"
                } else {
                    "nothing matches this waiver in this run, which did not send or judge all that could"
                };
                gates.push(gate(entry, is_whole && !awaited, message.to_owned()));
            } else if *took == 0 {
                let by = entry.before.map_or(0, |index| entries[index].line);
                let message =
                    format!("all that matches this waiver is taken by the one on line {by}; leave one of them out");
                gates.push(gate(entry, is_whole, message));
            }
            if !entry.accepts.is_empty() && waiver.expires >= *today {
                gates.push(gate(entry, false, earlier(&entry.accepts, waiver)));
            }
            if *matched > waiver.max {
                let message = format!(
                    "{matched} probes match this waiver, and its `max` is {}; name more of the signature, or raise `max`",
                    waiver.max
                );
                gates.push(gate(entry, true, message));
            }
        }
        gates
    }
}

/// What is said of a waiver that is written as for errdrift 0.1.
fn earlier(accepts: &BTreeSet<String>, waiver: &Waiver) -> String {
    let rest = accepts.len().saturating_sub(MAX_NAMED);
    let mut named: Vec<_> = accepts.iter().take(MAX_NAMED).map(|signature| format!("`{signature}`")).collect();
    named.extend((rest > 0).then(|| format!("{rest} more")));
    let how = if waiver.signature.is_some() {
        "its signature is one of errdrift 0.1, which does not say what came and how grave it is"
    } else {
        "it names no `severity`"
    };
    format!("{how}: until {} it accepts whatever fits; today that is {}", waiver.expires, named.join(", "))
}

/// The most signatures that are named of what a waiver accepts.
const MAX_NAMED: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of a waiver that nothing matches, on that day.
    fn said(today: &str, unjudged: &[(&str, Cause)], is_whole: bool) -> (bool, String) {
        let waiver = serde_json::json!({
            "operation": "folders.*", "cause": "forbidden", "owner": "o", "reason": "r", "expires": "2026-11-22"
        });
        let file = WaiverFile { waiver: vec![serde_json::from_value(waiver).unwrap()] };
        let mut applied = AppliedWaivers::new("w.toml", file, &[7], today.parse().unwrap());
        for (operation, cause) in unjudged {
            applied.unjudged("oz-api", operation, *cause);
        }
        let gates = applied.close(is_whole);
        (gates[0].fails, gates[0].message.clone())
    }

    #[test]
    fn a_waiver_holds_on_its_last_day_and_has_expired_on_the_next() {
        assert!(said("2026-11-22", &[], true).1.starts_with("w.toml:7: nothing matches this waiver; leave it out"));
        let (fails, message) = said("2026-11-23", &[], false);
        assert!(fails && message.starts_with("w.toml:7: the waiver of o expired on 2026-11-22"), "{message}");
    }

    #[test]
    fn that_nothing_matches_is_held_against_a_waiver_only_where_something_could_have() {
        for (unjudged, is_whole, expected) in [
            (&[][..], true, true),
            (&[], false, false),
            (&[("folders.list", Cause::Forbidden)], true, false),
            (&[("folders.list", Cause::WrongMethod)], true, true),
            (&[("media.list", Cause::Forbidden)], true, true),
        ] {
            assert_eq!(said("2026-11-22", unjudged, is_whole).0, expected, "{unjudged:?} {is_whole}");
        }
    }
}
