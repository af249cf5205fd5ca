//! What is waited for before a reply on a kept connection is believed: see [`super::sequence`].

use std::sync::Arc;

use tokio::time::{Instant, sleep_until};

use super::head::accepts;
use super::pool::{CLAIM_INTERVAL, Pool};
use super::sequence::{Course, Hold, Sequence};
use super::tails::LINGER;

/// What is not known yet of a finished reply: whether something comes after it.
#[derive(Debug)]
pub(crate) struct Aftermath {
    sequence: Arc<Sequence>,
    pool: Arc<Pool>,
    place: usize,
    shift: usize,
}

impl Aftermath {
    /// What is to be waited for of the reply that was read last on a connection.
    pub(super) fn of(hold: &Hold, pool: &Arc<Pool>) -> Option<Self> {
        let sequence = Arc::clone(hold.sequence()?);
        let place = sequence.unresolved();
        Some(Self { sequence, pool: Arc::clone(pool), place, shift: 0 })
    }

    /// Waits until the reply's sequence is over, and tells whether it was disturbed: whether the probe is to be sent again.
    pub(crate) async fn is_suspect(&self) -> bool {
        loop {
            let (changed, course, quiet_at) = self.sequence.watch();
            match course {
                Course::Quiet => return false,
                Course::Disturbed => return true,
                Course::Open => {}
            }
            let now = Instant::now();
            let at = quiet_at.map_or(now + LINGER, |quiet_at| quiet_at.max(now + CLAIM_INTERVAL));
            tokio::select! {
                () = changed => {}
                () = sleep_until(at) => self.pool.look(Some(&self.sequence)),
            }
        }
    }

    /// Whether the probe's own reply says that it was accepted, where something before it looks like a reply and came in its
    /// place. That is known once the probes before it were sent again.
    pub(crate) async fn was_accepted(&self) -> bool {
        let own = |shift: usize| self.sequence.status(self.place + shift);
        let unread = self.sequence.unread();
        // The first one is its own.
        let in_doubt = self.place > 0 && (1..=unread).filter_map(own).any(accepts);
        in_doubt && self.sequence.shift(self.place).await.and_then(own).is_none_or(accepts)
    }

    /// Records how many replies come after the probe's own, now that it was sent again.
    pub(crate) fn resolve(mut self, shift: usize) {
        self.shift = shift;
    }
}

impl Drop for Aftermath {
    fn drop(&mut self) {
        self.sequence.resolved(self.place, self.shift);
    }
}
