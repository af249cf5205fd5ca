//! The same request more than once: whether an answer is always the same, and whether a finding is there again.
//!
//! Pure. It decides what may be sent again, and the outcome of several answers; sending is the engine's.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::catalog::contract::Contract;
use crate::fault::relation::Like;
use crate::judge::Found;
use crate::judge::comparison::ANSWER_INTERMITTENT;
use crate::judge::finding::{Finding, Repeats};
use crate::model::answer::Answer;
use crate::model::place::Place;
use crate::model::verdict::{Severity, Verdict};
use crate::plan::Probe;
use crate::report::consistency::difference;
use crate::report::signature::signature;
use crate::report::{ProbeResult, consistency};

/// A probe that took longer, in milliseconds, is not sent again: it costs most of a deadline each time.
const MAX_MILLISECONDS: f64 = 1_000.0;

/// Whether a finding of this result may be looked for again by sending the probe once more. What changes state, or was
/// accepted though it should not have been, is not; nor what costs a whole deadline.
#[must_use]
pub fn may_confirm(probe: &Probe, result: &ProbeResult) -> bool {
    let refused = result.status.is_some_and(|status| status >= 300);
    let judged = result.verdict != Verdict::Inconclusive && result.duration_ms < MAX_MILLISECONDS;
    probe.reads() && judged && (refused || probe.asks_only() && result.status.is_some())
}

/// Whether the probe may be sent several times because the user asks for it: what was accepted is not asked for again where
/// it may have changed something.
#[must_use]
pub fn may_repeat(probe: &Probe, result: &ProbeResult) -> bool {
    result.status.is_some_and(|status| probe.asks_only() || status >= 400)
}

/// Whether a later result shows what the finding says. `plain` is the answer that a comparison is made with.
#[must_use]
pub fn shows(probe: &Probe, plain: Option<&Answer>, result: &ProbeResult, drift: &str) -> bool {
    let compared = result.answer.as_ref().zip(plain).and_then(|(answer, plain)| match &probe.like {
        Some(Like::Same(_)) => consistency::same(probe, plain, answer),
        Some(Like::Unseen(_)) => consistency::unseen(probe, plain, answer),
        _ => None,
    });
    result.findings.iter().chain(&compared).any(|finding| signature(result, finding) == drift)
}

/// The outcome of several answers to the same request: the first result, with every finding of any of them and how often it
/// was there, and a finding of its own where they differ.
#[must_use]
pub fn merged(probe: &Probe, results: Vec<ProbeResult>) -> Option<ProbeResult> {
    let sent = results.len();
    let mut shown: BTreeMap<String, usize> = BTreeMap::new();
    for result in &results {
        let mut seen: Vec<_> = result.findings.iter().map(|finding| signature(result, finding)).collect();
        seen.sort_unstable();
        seen.dedup();
        for signature in seen {
            *shown.entry(signature).or_default() += 1;
        }
    }
    let differing = differing(&probe.api.contract, &results);
    let verdict = results.iter().map(|result| result.verdict).max()?;
    let mut results = results.into_iter();
    let mut merged = results.next()?;
    for other in results {
        let fresh = other.findings.iter().filter(|finding| {
            let signature = signature(&other, finding);
            !merged.findings.iter().any(|known| self::signature(&merged, known) == signature)
        });
        let fresh: Vec<Finding> = fresh.cloned().collect();
        if merged.verdict < other.verdict {
            // The worst one is what a reader must see.
            merged = ProbeResult { findings: merged.findings, ..other };
        }
        merged.findings.extend(fresh);
    }
    merged.verdict = verdict;
    let counts: Vec<_> =
        merged.findings.iter().map(|finding| shown.get(&signature(&merged, finding)).copied()).collect();
    for (finding, count) in merged.findings.iter_mut().zip(counts) {
        finding.repeats = Some(Repeats { sent, shown: count.unwrap_or(1) });
    }
    if let Some(actual) = differing {
        let found = Found::new(&ANSWER_INTERMITTENT, Place::STATUS).by_cause();
        let found = found.expected(format!("the same answer to {sent} identical requests"));
        merged.findings.push(found.actual(actual));
        merged.verdict = merged.verdict.max(Verdict::Fail);
    } else if merged.findings.iter().any(|finding| finding.severity == Severity::Error) {
        merged.verdict = merged.verdict.max(Verdict::Fail);
    }
    Some(merged)
}

/// The answers with their counts, where they are not all the same.
fn differing(contract: &Contract, results: &[ProbeResult]) -> Option<String> {
    let mut kinds: Vec<(Option<&Answer>, Option<&str>, usize)> = Vec::new();
    for result in results.iter().filter(|result| result.verdict != Verdict::Inconclusive) {
        let (answer, silence) = (result.answer.as_ref(), result.silence.as_deref());
        let same = |(known, _, _): &&mut (Option<&Answer>, Option<&str>, usize)| match (*known, answer) {
            (Some(known), Some(answer)) => {
                difference(contract, known, answer).is_none_or(|(_, severity)| severity == Severity::Note)
            }
            (None, None) => true,
            _ => false,
        };
        match kinds.iter_mut().find(same) {
            Some((_, _, count)) => *count += 1,
            None => kinds.push((answer, silence, 1)),
        }
    }
    if kinds.len() < 2 {
        return None;
    }
    kinds.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    let sent = results.len();
    let mut text = String::from("intermittent: ");
    for (index, (answer, silence, count)) in kinds.iter().enumerate() {
        let answer = answer.map_or_else(|| silence.unwrap_or("no reply").to_owned(), Answer::brief);
        let _ = write!(text, "{}{count} of {sent} {answer}", if index == 0 { "" } else { "; " });
    }
    Some(text)
}
