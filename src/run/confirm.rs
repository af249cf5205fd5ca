//! What is found is looked for once more: what is there each time is confirmed, the rest is intermittent.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::event::Event;
use super::repeat;
use super::shared::Shared;
use crate::fault::relation::Like;
use crate::judge::comparison::PRECEDENCE_VIOLATED;
use crate::judge::finding::Repeats;
use crate::model::answer::Answer;
use crate::model::verdict::Severity;
use crate::plan::Probe;
use crate::plan::order::may_lock_out;
use crate::report::ProbeResult;
use crate::report::consistency::Consistency;
use crate::report::signature::signature;

/// Probes of one drift, or of one difference, that are sent again at most.
pub(crate) const MAX_PROBES: usize = 3;
/// How often each of them is.
pub(crate) const TIMES: usize = 4;
/// Requests that are sent again in a run at most.
const MAX_REQUESTS: usize = 300;
/// The longest that a run goes on for that.
const MAX_TIME: Duration = Duration::from_secs(5);

/// What a run may still spend on sending again.
pub(crate) struct Budget {
    left: usize,
    begun: Instant,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self { left: MAX_REQUESTS, begun: Instant::now() }
    }

    /// Takes so many requests out of it; whether there are as many.
    pub(crate) fn spend(&mut self, requests: usize) -> bool {
        let affords = requests <= self.left && self.begun.elapsed() <= MAX_TIME;
        self.left -= if affords { requests } else { 0 };
        affords
    }
}

/// A drift with the probes to send again, and what their answers are compared with.
pub(crate) type Suspicions = BTreeMap<String, Vec<(usize, Option<Answer>)>>;

/// Remembers what is to be looked at again.
pub(crate) fn suspect(
    suspicions: &mut Suspicions,
    place: usize,
    probe: &Probe,
    result: &ProbeResult,
    consistency: &Consistency,
) {
    let weighs = |severity: Severity| severity >= Severity::Warning;
    if !result.findings.iter().any(|finding| weighs(finding.severity)) || !repeat::may_confirm(probe, result) {
        return;
    }
    let plain = || match &probe.like {
        Some(Like::Same(plain) | Like::Unseen(plain)) => consistency.plain_answer(probe, plain).cloned(),
        _ => None,
    };
    for finding in result.findings.iter().filter(|finding| weighs(finding.severity)) {
        // The suite's own order of checks is not looked for in a single answer.
        if *finding.rule == PRECEDENCE_VIOLATED {
            continue;
        }
        let probes = suspicions.entry(signature(result, finding)).or_default();
        if probes.len() < MAX_PROBES && probes.last().is_none_or(|(last, _)| *last != place) {
            probes.push((place, plain()));
        }
    }
}

/// Sends some probes of each drift again: what is there each time is confirmed, the rest is intermittent.
pub(crate) async fn confirm(probes: &[Probe], suspicions: Suspicions, shared: &Shared, emit: &mut impl FnMut(Event)) {
    let mut budget = Budget::new();
    let risky = |places: &[(usize, Option<Answer>)]| places.iter().any(|(place, _)| may_lock_out(&probes[*place]));
    let (last, first): (Vec<_>, Vec<_>) = suspicions.into_iter().partition(|(_, places)| risky(places));
    for (drift, places) in first.into_iter().chain(last) {
        let mut repeats = Repeats::default();
        for (place, plain) in places {
            let probe = &probes[place];
            // What would be answered now says nothing of what was answered then.
            if shared.credentials.against(probe).is_some() {
                continue;
            }
            for _ in 0..TIMES {
                if !budget.spend(1) {
                    break;
                }
                let Ok(result) = shared.once(probe).await else { break };
                repeats.sent += 1;
                repeats.shown += usize::from(repeat::shows(probe, plain.as_ref(), &result, &drift));
            }
        }
        if repeats.sent > 0 {
            emit(Event::Repeated { signature: drift, repeats });
        }
    }
}
