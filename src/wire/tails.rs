//! What is known of the tails of a target: how late they come, and after which replies.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::sequence::{LINGER, LONGEST};

/// A tail is waited for so many times longer than the latest so far.
const MARGIN: u32 = 4;

/// A kind of reply: whose it is, whether it is one to HEAD, and its status.
type Kind = (String, bool, u16);

/// What is known of the tails of a target. On a busy machine they come late: what was late once is waited for.
#[derive(Debug, Default)]
pub(super) struct Tails {
    known: Mutex<(Duration, BTreeSet<Kind>)>,
}

impl Tails {
    /// The kind of a reply.
    pub(super) fn kind(place: &str, method: &str, status: u16) -> Kind {
        (place.to_owned(), method == "HEAD", status)
    }

    /// How long a connection lingers.
    pub(super) fn linger(&self) -> Duration {
        (self.known.lock().unwrap_or_else(PoisonError::into_inner).0 * MARGIN).clamp(LINGER * 2, LONGEST)
    }

    /// Whether a reply of that kind had a tail.
    pub(super) fn expects(&self, kind: &Kind) -> bool {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).1.contains(kind)
    }

    /// Takes in that a reply of that kind had a tail, and how late.
    pub(super) fn came(&self, kind: Kind, after: Duration) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.0 = known.0.max(after);
        known.1.insert(kind);
    }
}
