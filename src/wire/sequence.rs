//! Exchanges that follow each other on one kept connection, and what is known of the time after them.
//!
//! # What comes after a finished reply
//! A server that announces 13 bytes and sends 30 writes the rest when it likes: at once, or 30 ms later, when the connection
//! serves the next probe already. Such a tail must be found at each run alike, must be told of the probe that has it, and must
//! reach no other one. To wait after each reply would be exact and slow, to wait after the first reply of each kind quick and
//! not exact, since real tails depend on lengths. So the *connection* is held to account:
//!
//! * Replies on a kept connection form a sequence. Each must begin just where the one before ended, and in the end nothing may
//!   be left: the connection was idle for [`LINGER`] and nothing came, or it was closed. Then nothing came after any of them.
//! * Otherwise somebody's tail was there, and every probe of the sequence is a suspect: it is sent again on a connection of
//!   its own, which lingers after the finished reply, and is judged by that alone. It shows the same at each run.
//! * No probe waits for that before the next one leaves: only its result is held back until its sequence has ended.
//! * What was accepted although it may have changed something is never sent again. Whether such an answer is the probe's own is
//!   found out at once, before anybody hears of it.
//! * A 408 on an idle connection, with which a server closes it, is nobody's tail (RFC 9110, section 15.5.9).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::{Instant, timeout};

use super::reply::several::replies;

/// A sequence that is longer must end before its connection serves another request.
const MAX_SEQUENCE: Duration = Duration::from_millis(500);
/// A sequence is so many times as long as the silence after it, so that little time is lost by that.
const SILENCES_PER_SEQUENCE: u32 = 10;

/// How long the probes of a sequence may take until they were sent again.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(10);

/// How a sequence goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Course {
    /// More may come.
    Open,
    /// Nothing came but the replies.
    Quiet,
    /// Something did.
    Disturbed,
}

/// Replies that were read one after the other on one connection.
#[derive(Debug)]
pub(super) struct Sequence {
    begun: Instant,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug)]
struct State {
    course: Course,
    /// When the sequence is over if nothing comes; `None` while the connection is in use.
    quiet_at: Option<Instant>,
    /// The statuses of the replies in their order; those that nobody read come last. 0 is one that did not come whole.
    statuses: Vec<u16>,
    /// How many nobody read.
    unread: usize,
    /// Probes of it of which it is not known yet what comes after their replies, by the place of their reply.
    unresolved: BTreeSet<usize>,
    /// How many replies came after those of the others.
    shifts: BTreeMap<usize, usize>,
}

impl Sequence {
    /// A sequence that begins.
    pub(super) fn new() -> Arc<Self> {
        let state = State {
            course: Course::Open,
            quiet_at: None,
            statuses: Vec::new(),
            unread: 0,
            unresolved: BTreeSet::new(),
            shifts: BTreeMap::new(),
        };
        Arc::new(Self { begun: Instant::now(), state: Mutex::new(state), changed: Notify::new() })
    }

    /// Whether it has gone on for so long that results wait too long for its end.
    pub(super) fn is_long(&self, linger: Duration) -> bool {
        self.begun.elapsed() > (linger * SILENCES_PER_SEQUENCE).max(MAX_SEQUENCE)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection is idle, and nothing more is expected by then, or it is in use again.
    pub(super) fn idle(&self, quiet_at: Option<Instant>) {
        self.state().quiet_at = quiet_at;
    }

    /// Nothing came but the replies.
    pub(super) fn quiet(&self) {
        self.end(Course::Quiet);
    }

    /// Something came after one of the replies: these bytes, as far as they are known.
    pub(super) fn disturb(&self, bytes: &[u8]) {
        let unread = statuses(bytes);
        {
            let mut state = self.state();
            state.unread += unread.len();
            state.statuses.extend(unread);
        }
        self.end(Course::Disturbed);
    }

    fn end(&self, course: Course) {
        let mut state = self.state();
        if state.course == Course::Open {
            state.course = course;
        }
        drop(state);
        self.changed.notify_waiters();
    }

    /// Records that it is not known yet what comes after the reply that was read last; its place.
    pub(super) fn unresolved(&self) -> usize {
        let mut state = self.state();
        let place = state.statuses.len().saturating_sub(1);
        state.unresolved.insert(place);
        place
    }

    /// Records how many replies came after the one of a place.
    pub(super) fn resolved(&self, place: usize, shift: usize) {
        let mut state = self.state();
        state.unresolved.remove(&place);
        state.shifts.insert(place, shift);
        drop(state);
        self.changed.notify_waiters();
    }

    /// What there is to wait for: the next change, how it goes, and when it is over if nothing comes.
    pub(super) fn watch(&self) -> (Notified<'_>, Course, Option<Instant>) {
        let changed = self.changed.notified();
        let state = self.state();
        (changed, state.course, state.quiet_at)
    }

    /// The status of the reply at a place.
    pub(super) fn status(&self, place: usize) -> Option<u16> {
        self.state().statuses.get(place).copied()
    }

    /// How many of its replies nobody read.
    pub(super) fn unread(&self) -> usize {
        self.state().unread
    }

    /// Waits until all probes before a place were sent again, and tells how many replies came after theirs; `None` where they
    /// were not.
    pub(super) async fn shift(&self, place: usize) -> Option<usize> {
        let resolved = async {
            loop {
                let changed = self.changed.notified();
                if self.state().unresolved.range(..place).next().is_none() {
                    return;
                }
                changed.await;
            }
        };
        // Nobody may send them again any more.
        timeout(RESOLVE_TIMEOUT, resolved).await.ok()?;
        Some(self.state().shifts.range(..place).map(|(_, shift)| shift).sum())
    }
}

/// The statuses of the replies among some bytes; 0 of one that did not come whole.
fn statuses(bytes: &[u8]) -> Vec<u16> {
    let mut statuses: Vec<u16> = Vec::new();
    let (whole, rest) = replies("GET", bytes);
    statuses.extend(whole.iter().map(|reply| reply.status));
    statuses.extend(rest.starts_with(b"HTTP/").then_some(0));
    statuses
}

/// A sequence whose connection is in use. Where the use is given up, nobody knows what would have come.
#[derive(Debug)]
pub(super) struct Hold(Option<Arc<Sequence>>);

impl Hold {
    /// The hold on a sequence that begins.
    pub(super) fn begin() -> Self {
        Self(Some(Sequence::new()))
    }

    /// The hold on a sequence that goes on.
    pub(super) fn on(sequence: Arc<Sequence>) -> Self {
        Self(Some(sequence))
    }

    /// The sequence, of which others know when it ends.
    pub(super) fn release(mut self) -> Arc<Sequence> {
        self.0.take().unwrap_or_else(Sequence::new)
    }

    /// Nothing came but the replies.
    pub(super) fn quiet(self) {
        self.release().quiet();
    }

    /// Something came after one of the replies: these bytes, as far as they are known.
    pub(super) fn disturb(self, bytes: &[u8]) {
        self.release().disturb(bytes);
    }

    /// Records the reply that was read; its place.
    pub(super) fn read(&self, status: u16) -> usize {
        let Some(sequence) = &self.0 else { return 0 };
        let mut state = sequence.state();
        state.statuses.push(status);
        state.statuses.len() - 1
    }

    /// The sequence, while the connection is in use.
    pub(super) fn sequence(&self) -> Option<&Arc<Sequence>> {
        self.0.as_ref()
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(sequence) = self.0.take() {
            sequence.disturb(&[]);
        }
    }
}
