//! One probe on its way: whether it is still to be sent, sent once, and judged. When it leaves is decided elsewhere.

use std::sync::PoisonError;

use super::pacing::limits::{Key, Leave};
use super::repeat;
use super::shared::Shared;
use super::unsent::Unsent;
use crate::judge;
use crate::judge::Mark;
use crate::judge::delivery::SERVICE_UNAVAILABLE;
use crate::judge::finding::Finding;
use crate::model::exchange::{Ending, Exchange, Outcome, Silence};
use crate::plan::Probe;
use crate::report::ProbeResult;

/// The share of the deadline after which a connection that is not made was not refused, but not let in.
const LET_IN_SHARE: f64 = 0.5;

impl Shared {
    /// Sends a probe once more, as often as the user asks for it in all.
    /// `alone` where nothing else is under way.
    pub(crate) async fn step(
        &self,
        probe: &Probe,
        mut trying: Trying,
        leave: Leave,
        alone: bool,
    ) -> Result<Step, Unsent> {
        let sent = match self.send(probe, &mut trying.refused, leave, alone).await {
            Ok(sent) => sent,
            // What came before the end is reported.
            Err(unsent) if trying.results.is_empty() => return Err(unsent),
            Err(_) => return Ok(Step::Done(merged(probe, trying.results)?)),
        };
        let result = match sent {
            Sent::Judged(result) => *result,
            Sent::Limited => return Ok(Step::Again(trying)),
            Sent::Silent(result) => return Ok(Step::Silent(trying, *result)),
        };
        self.took(probe, trying, result)
    }

    /// Records the outcome of one sending.
    pub(crate) fn took(&self, probe: &Probe, mut trying: Trying, result: ProbeResult) -> Result<Step, Unsent> {
        let more = self.settings.repeat > 1 && repeat::may_repeat(probe, &result);
        trying.results.push(result);
        if more && trying.results.len() < self.settings.repeat {
            return Ok(Step::Again(trying));
        }
        Ok(Step::Done(merged(probe, trying.results)?))
    }

    /// Sends a probe once, when the target's limits let it, and again where it asks for a pause.
    pub(crate) async fn once(&self, probe: &Probe) -> Result<ProbeResult, Unsent> {
        let key = key(probe);
        let mut refused = Vec::new();
        loop {
            let leave = self.limits.turn(&key).await;
            let sent = self.send(probe, &mut refused, leave, true).await;
            self.limits.returned(&key);
            match sent? {
                Sent::Judged(result) => return Ok(*result),
                Sent::Silent(result) => {
                    self.hangs();
                    return Ok(*result);
                }
                Sent::Limited => {}
            }
        }
    }

    async fn send(&self, probe: &Probe, refused: &mut Vec<Finding>, leave: Leave, alone: bool) -> Result<Sent, Unsent> {
        let key = key(probe);
        if let Some(unsent) = self.stopped().or_else(|| self.limits.against(&key)) {
            return Err(unsent);
        }
        if let Some(why) = self.sender.unfit(&probe.request).await {
            return Err(Unsent::Unfit(why));
        }
        let headers = self.resolve(&probe.request).map_err(Unsent::NotSet)?;
        if let Some(unsent) = self.allowed.against(probe, self).await {
            return Err(unsent);
        }
        let mut pass = self.brake.pass(probe, &self.recorder).await.map_err(Unsent::Braked)?;
        // It may have waited for its turn.
        if let Some(unsent) = self.stopped().or_else(|| self.limits.against(&key)) {
            return Err(unsent);
        }
        let fresh = pass.leaves();
        let request = fresh.as_ref().unwrap_or(&probe.request);
        let exchange = self.aftermaths.sent(&self.sender, &self.environment, probe, request, &headers, &mut pass).await;
        pass.settle(&exchange.outcome);
        let again = self.limit(&key, leave, &exchange);
        let in_time = self.is_in_time(probe, &exchange, alone);
        if let Outcome::Silence(silence) = &exchange.outcome
            && in_time
        {
            match silence {
                Silence::Unreachable(_) if self.is_gone().await => return Err(Unsent::Gone),
                Silence::Closed(_) if self.is_gone().await => {
                    return Ok(Sent::Judged(Box::new(self.connection_lost(probe))));
                }
                _ => {}
            }
        }
        let mut judgement = judge::judge(probe, &exchange, &headers, &self.settings.judge);
        if again == Some(true) {
            // A limit that is not in the contract's form is counted, not found, unless the document says that it is.
            let status = if let Outcome::Reply(reply) = &exchange.outcome { reply.status } else { 0 };
            let foreign = judgement.findings.iter().any(|finding| *finding.rule == SERVICE_UNAVAILABLE);
            if foreign && (probe.request.method == "HEAD" || !probe.api.contract.names(status)) {
                judgement.findings.retain(|finding| finding.rule.is(Mark::Discloses));
            }
            *refused = judgement.findings;
            return Ok(Sent::Limited);
        }
        let known = |finding: &Finding| judgement.findings.iter().any(|other| other.rule == finding.rule);
        let refused: Vec<_> = std::mem::take(refused).into_iter().filter(|finding| !known(finding)).collect();
        judgement.findings.extend(refused);
        let result = Box::new(self.recorder.result(probe, &exchange, judgement));
        Ok(if in_time { Sent::Judged(result) } else { Sent::Silent(result) })
    }

    /// Whether the target kept the deadline, or nobody expects it to: a request that never ends may wait for its end.
    fn is_in_time(&self, probe: &Probe, exchange: &Exchange, alone: bool) -> bool {
        let unfinished = probe.request.script.as_ref().is_some_and(|script| script.unfinished);
        match &exchange.outcome {
            Outcome::Silence(Silence::TimedOut(_) | Silence::Stalled(..)) => unfinished,
            // Refused is refused at once; what took so long was not let in, where others were.
            Outcome::Silence(Silence::Unreachable(_)) => {
                alone || exchange.duration < self.sender.timeout().mul_f64(LET_IN_SHARE)
            }
            Outcome::Reply(reply) => reply.ending != Ending::TimedOut,
            Outcome::Silence(_) => true,
        }
    }

    /// A probe whose connection was lost because the target went away, by its doing or another's.
    fn connection_lost(&self, probe: &Probe) -> ProbeResult {
        self.suspects.lock().unwrap_or_else(PoisonError::into_inner).push(probe.id.clone());
        self.recorder.unjudged(probe, "the target went away while it was under way", "the connection was lost")
    }
}

/// What is known of a probe that is not done yet.
#[derive(Debug, Default)]
pub(crate) struct Trying {
    /// Its outcome so far, where it is sent several times.
    results: Vec<ProbeResult>,
    /// What is wrong with the limit that it met.
    refused: Vec<Finding>,
}

/// The outcome of one sending of a probe.
pub(crate) enum Step {
    /// It is done.
    Done(ProbeResult),
    /// It is to be sent again.
    Again(Trying),
    /// It got no reply in time, and what that is if it is the target's doing.
    Silent(Trying, ProbeResult),
}

enum Sent {
    Judged(Box<ProbeResult>),
    Limited,
    Silent(Box<ProbeResult>),
}

/// The operation that a probe counts for where the target sets limits.
pub(crate) fn key(probe: &Probe) -> Key {
    Key { suite: probe.api.suite.id.clone(), operation: probe.operation.clone() }
}

fn merged(probe: &Probe, mut results: Vec<ProbeResult>) -> Result<ProbeResult, Unsent> {
    if results.len() == 1 {
        return results.pop().ok_or(Unsent::Gone);
    }
    repeat::merged(probe, results).ok_or(Unsent::Gone)
}
