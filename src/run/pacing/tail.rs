//! Probes whose replies had something after them on their connections: each is sent again, and judged by that alone.

use std::time::Duration;

use tokio::time::timeout;

use crate::plan::Probe;
use crate::report::ProbeResult;
use crate::run::attempt::{Step, Trying};
use crate::run::shared::Shared;
use crate::run::unsent::Unsent;
use crate::wire::{Aftermath, accepts};

/// How often a result that waits looks whether the run goes on.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);

/// What is to be thought of a reply, once nothing more can come after it.
pub(crate) enum Suspicion {
    /// It is the probe's own, and all of it.
    None,
    /// Something came: the probe is sent again, and who waits for that.
    Tail(Vec<Aftermath>),
    /// It is another's; the probe's own says that it was accepted.
    Accepted,
}

impl Shared {
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
                match timeout(LOOK_INTERVAL, aftermath.is_suspect()).await {
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
        let (again, shift) = self.aftermaths.suspect(probe, self.as_often_as_asked(probe)).await;
        for suspect in suspects {
            suspect.resolve(shift);
        }
        again
    }
}
