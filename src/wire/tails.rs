//! What is known of a target's pace: how long it takes to reply, how late its tails come, and after which replies.
//!
//! No fixed time tells a tail that is late from one that never comes: on a busy machine, 2 ms become 80.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a connection must stay quiet after a reply for the reply to be the last that came of its request.
pub(super) const LINGER: Duration = Duration::from_millis(50);
/// The same where the target is slow, or late with its tails.
pub(super) const LONGEST: Duration = Duration::from_millis(600);

/// A silence is so many times longer than a reply takes, or the latest tail took.
const MARGIN: u32 = 4;
/// The share of one reply in how long they take on average.
const SHARE: u32 = 8;

/// A kind of reply: whose it is, whether it is one to HEAD, and its status.
pub(super) type Kind = (String, bool, u16);

/// The kind of a reply.
pub(super) fn kind(place: &str, method: &str, status: u16) -> Kind {
    (place.to_owned(), method == "HEAD", status)
}

/// What is known of a target's pace.
#[derive(Debug, Default)]
pub(super) struct Tails(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// How long a reply takes.
    takes: Option<Duration>,
    /// How late the latest tail was.
    late: Duration,
    /// Replies that had one.
    kinds: BTreeSet<Kind>,
    /// Whether a request that may change something was answered by a success or a redirect.
    accepts: bool,
}

impl Tails {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records how long a reply took.
    pub(super) fn took(&self, duration: Duration) {
        let mut known = self.known();
        known.takes = Some(known.takes.map_or(duration, |takes| (takes * (SHARE - 1) + duration) / SHARE));
    }

    /// How long a connection must be quiet for nothing more to come.
    pub(super) fn linger(&self) -> Duration {
        (self.known().takes.unwrap_or_default() * MARGIN).clamp(LINGER, LONGEST)
    }

    /// The same, where something came on such a connection before.
    pub(super) fn long_linger(&self) -> Duration {
        let late = self.known().late * MARGIN;
        self.linger().max(late).clamp(LINGER * 2, LONGEST)
    }

    /// Whether a request that may change something was accepted on a connection that served others.
    pub(super) fn accepts(&self) -> bool {
        self.known().accepts
    }

    /// Records that one was accepted.
    pub(super) fn accepted(&self) {
        self.known().accepts = true;
    }

    /// Whether a reply of that kind had a tail.
    pub(super) fn expects(&self, kind: &Kind) -> bool {
        self.known().kinds.contains(kind)
    }

    /// Records that a reply of that kind had a tail, and how late.
    pub(super) fn came(&self, kind: Kind, after: Duration) {
        let mut known = self.known();
        known.late = known.late.max(after);
        known.kinds.insert(kind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slower_a_target_is_the_longer_its_silence_must_be() {
        let tails = Tails::default();
        assert_eq!((tails.linger(), tails.long_linger()), (LINGER, LINGER * 2));
        tails.took(Duration::from_millis(100));
        assert_eq!(tails.linger(), Duration::from_millis(400));
        (0..100).for_each(|_| tails.took(Duration::from_millis(1)));
        assert_eq!(tails.linger(), LINGER);
        tails.took(Duration::from_secs(60));
        assert_eq!(tails.linger(), LONGEST);
    }

    #[test]
    fn what_was_late_once_is_waited_for() {
        let (tails, mine) = (Tails::default(), kind("oz-api/folders.list", "GET", 400));
        assert!(!tails.expects(&mine));
        tails.came(mine.clone(), Duration::from_millis(80));
        assert!(tails.expects(&mine) && !tails.expects(&kind("oz-api/folders.list", "HEAD", 400)));
        assert_eq!(tails.long_linger(), Duration::from_millis(320));
    }
}
