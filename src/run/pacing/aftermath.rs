//! What may still come after replies that were judged: their results wait for it, and where something came, the probe is sent
//! again on a connection of its own and judged by that alone.
//!
//! Why, [`crate::wire`] says (its sequences of replies). It decides which probes are sent again; how they are, and how they are
//! judged, is others'. What was accepted although it may have changed something is never sent again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex as Lock, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::model::exchange::{Exchange, Flaw, Outcome, Request};
use crate::plan::Probe;
use crate::report::ProbeResult;
use crate::run::attempt::{Shared, Step, Trying};
use crate::run::brake::Pass;
use crate::run::unsent::Unsent;
use crate::wire::{Aftermath, Conduct, accepts};

/// Connections that linger at once, for each probe that may be under way.
const LINGERING: usize = 4;
/// The same, at most.
const MOST: usize = 64;
/// How often a result that waits looks whether the run goes on.
const GLANCE: Duration = Duration::from_millis(50);

/// What is known of the time after replies.
pub(crate) struct Aftermaths {
    known: Lock<Known>,
    lingering: Semaphore,
}

#[derive(Default)]
struct Known {
    /// What the results of probes wait for.
    waiting: BTreeMap<String, Vec<Aftermath>>,
    /// Whether anybody waits for it.
    collects: bool,
    /// Probes that are sent again, since something came on their connections, and how many replies came after theirs.
    suspects: BTreeMap<String, usize>,
    /// Operations of which some reply had a tail: all their probes have connections of their own from the start.
    tailed: BTreeSet<String>,
}

impl Aftermaths {
    /// Nothing is known yet. So many probes may be under way.
    pub(crate) fn new(jobs: usize) -> Self {
        Self {
            known: Lock::default(),
            lingering: Semaphore::new(jobs.saturating_mul(LINGERING).clamp(LINGERING, MOST)),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether results wait for what comes after their replies from now on.
    pub(crate) fn collect(&self, collects: bool) {
        let mut known = self.known();
        known.collects = collects;
        known.waiting.clear();
    }
}

/// What is to be thought of a reply, once nothing more can come after it.
pub(crate) enum Suspicion {
    /// It is the probe's own, and all of it.
    None,
    /// Something came: the probe is sent again, and who waits for that.
    Tail(Vec<Aftermath>),
    /// It is another's; the probe's own says that it was accepted.
    Accepted,
}

/// Whose probe it is.
fn place(probe: &Probe) -> String {
    format!("{}/{}", probe.api.suite.id, probe.operation)
}

/// Whether something came after the reply.
fn has_tail(exchange: &Exchange) -> bool {
    let Outcome::Reply(reply) = &exchange.outcome else { return false };
    reply.defects.iter().any(|defect| matches!(defect.kind, Flaw::Body | Flaw::After))
}

impl Shared {
    /// Sends a probe, as the request that it leaves as, with its header fields resolved.
    pub(crate) async fn sent(
        &self,
        probe: &Probe,
        request: &Request,
        headers: &[(String, Vec<u8>)],
        pass: &mut Pass<'_>,
    ) -> Exchange {
        let place = place(probe);
        let alone = {
            let known = self.aftermaths.known();
            known.tailed.contains(&place) || known.suspects.contains_key(&probe.id)
        };
        let (harmless, place) = (probe.is_harmless(), place.as_str());
        let conduct = if alone { Conduct::Alone { place } } else { Conduct::Pooled { place, harmless } };
        let (exchange, aftermath, shift) =
            self.sender.conducted(request, headers, &self.environment, conduct, pass).await;
        let mut known = self.aftermaths.known();
        if alone && has_tail(&exchange) {
            known.tailed.insert(place.to_owned());
        }
        if let Some(suspect) = known.suspects.get_mut(&probe.id) {
            *suspect = shift;
        }
        if let Some(aftermath) = aftermath.filter(|_| known.collects) {
            known.waiting.entry(probe.id.clone()).or_default().push(aftermath);
        }
        exchange
    }

    /// What the result of a probe waits for; often nothing.
    pub(crate) fn awaited(&self, probe: &Probe) -> Vec<Aftermath> {
        self.aftermaths.known().waiting.remove(&probe.id).unwrap_or_default()
    }

    /// A probe whose reply is another's, and that was accepted.
    pub(crate) fn undecided(&self, probe: &Probe) -> ProbeResult {
        let why =
            "what came after another reply hides its own, by which it may have been accepted: it was not sent again";
        self.recorder.unjudged(probe, why, "its reply could not be told from another")
    }

    /// Waits until nothing more can come after a reply, and tells what is to be thought of it.
    pub(crate) async fn suspected(
        &self,
        probe: &Probe,
        result: &Result<Box<ProbeResult>, Unsent>,
        awaited: Vec<Aftermath>,
    ) -> Suspicion {
        let mut is_suspect = false;
        for aftermath in &awaited {
            is_suspect |= loop {
                match timeout(GLANCE, aftermath.is_suspect()).await {
                    Ok(suspect) => break suspect,
                    // Who ends a run wants to see what is known.
                    Err(_) if self.interrupted().is_some() => break false,
                    Err(_) => {}
                }
            };
        }
        let was_refused = |result: &ProbeResult| result.status.is_none_or(|status| !accepts(status));
        let may = result.as_ref().is_ok_and(|result| probe.is_harmless() || was_refused(result));
        if !is_suspect || !may {
            return Suspicion::None;
        }
        for aftermath in awaited.iter().filter(|_| !probe.is_harmless()) {
            if aftermath.was_accepted().await {
                return Suspicion::Accepted;
            }
        }
        Suspicion::Tail(awaited)
    }

    async fn as_often_as_asked(&self, probe: &Probe) -> Result<ProbeResult, Unsent> {
        let mut trying = Trying::default();
        loop {
            let result = self.once(probe).await?;
            match self.took(probe, trying, result)? {
                Step::Done(result) | Step::Silent(_, result) => return Ok(result),
                Step::Again(next) => trying = next,
            }
        }
    }

    /// Sends a suspect again, on a connection of its own.
    pub(crate) async fn again(&self, probe: &Probe, suspects: Vec<Aftermath>) -> Result<ProbeResult, Unsent> {
        let _room = self.aftermaths.lingering.acquire().await;
        self.aftermaths.known().suspects.insert(probe.id.clone(), 0);
        let again = self.as_often_as_asked(probe).await;
        let shift = self.aftermaths.known().suspects.remove(&probe.id).unwrap_or_default();
        for suspect in suspects {
            suspect.resolve(shift);
        }
        again
    }
}
