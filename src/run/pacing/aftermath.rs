//! What may still come after replies that were judged: their results wait for it, and where something came, the probe is sent
//! again on a connection of its own and judged by that alone.
//!
//! Why, [`crate::wire`] says (its sequences of replies). It decides which probes are sent again; how they are, and how they are
//! judged, is others'. What was accepted although it may have changed something is never sent again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex as Lock, MutexGuard, PoisonError};

use tokio::sync::Semaphore;

use crate::model::exchange::{Exchange, Flaw, Outcome, Request};
use crate::model::secret::Environment;
use crate::plan::Probe;
use crate::run::brake::Pass;
use crate::wire::sender::Sender;
use crate::wire::{Aftermath, Conduct};

/// Connections that linger at once, for each probe that may be under way.
const LINGERING_PER_JOB: usize = 4;
/// The same, at most.
const MAX_LINGERING: usize = 64;

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
            lingering: Semaphore::new(jobs.saturating_mul(LINGERING_PER_JOB).clamp(LINGERING_PER_JOB, MAX_LINGERING)),
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

    /// Sends a probe, as the request that it leaves as, with its header fields resolved.
    pub(crate) async fn sent(
        &self,
        sender: &Sender,
        environment: &Environment,
        probe: &Probe,
        request: &Request,
        headers: &[(String, Vec<u8>)],
        pass: &mut Pass<'_>,
    ) -> Exchange {
        let place = place(probe);
        let alone = {
            let known = self.known();
            known.tailed.contains(&place) || known.suspects.contains_key(&probe.id)
        };
        let (harmless, place) = (probe.is_harmless(), place.as_str());
        let conduct = if alone { Conduct::Alone { place } } else { Conduct::Pooled { place, harmless } };
        let (exchange, aftermath, shift) = sender.conducted(request, headers, environment, conduct, pass).await;
        let mut known = self.known();
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
        self.known().waiting.remove(&probe.id).unwrap_or_default()
    }

    /// Lets a probe be sent again on a connection of its own, and tells how many replies came after its own then.
    pub(crate) async fn suspect<T>(&self, probe: &Probe, again: impl Future<Output = T>) -> (T, usize) {
        let _room = self.lingering.acquire().await;
        self.known().suspects.insert(probe.id.clone(), 0);
        let came = again.await;
        (came, self.known().suspects.remove(&probe.id).unwrap_or_default())
    }
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
