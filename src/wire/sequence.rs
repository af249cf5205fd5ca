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

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout};

use super::pool::{Pool, TURN};

/// How long a connection must stay quiet after a reply for the reply to be the last that came of its request.
pub(super) const LINGER: Duration = Duration::from_millis(50);
/// The same where the target is slow, or late with its tails.
pub(super) const LONGEST: Duration = Duration::from_millis(600);

/// A sequence that is longer must end before its connection serves another request.
const LONG: Duration = Duration::from_millis(500);
/// A sequence is so many times as long as the silence behind it, so that little time is lost by that.
const SHARE: u32 = 10;

/// How a sequence goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Course {
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
    /// Probes of it of which it is not known yet whether they have a tail.
    unresolved: usize,
    /// Replies that came after theirs.
    shift: usize,
}

impl Sequence {
    /// A sequence that begins.
    pub(super) fn new() -> Arc<Self> {
        let state = State { course: Course::Open, quiet_at: None, unresolved: 0, shift: 0 };
        Arc::new(Self { begun: Instant::now(), state: Mutex::new(state), changed: Notify::new() })
    }

    /// Whether it has gone on for so long that results wait too long for its end.
    pub(super) fn is_long(&self, linger: Duration) -> bool {
        self.begun.elapsed() > (linger * SHARE).max(LONG)
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

    /// Something came after one of the replies.
    pub(super) fn disturb(&self) {
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

    /// What is to be waited for of one of its probes.
    fn aftermath(self: &Arc<Self>, pool: &Arc<Pool>) -> Aftermath {
        self.state().unresolved += 1;
        Aftermath { sequence: Arc::clone(self), pool: Arc::clone(pool), shift: 0 }
    }

    /// Waits until all its probes were sent again, and tells how many replies came after theirs.
    pub(super) async fn shift(&self, patience: Duration) -> usize {
        let resolved = async {
            loop {
                let changed = self.changed.notified();
                if self.state().unresolved == 0 {
                    return;
                }
                changed.await;
            }
        };
        // Nobody may send them again any more.
        let _ = timeout(patience, resolved).await;
        self.state().shift
    }
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

    /// Something came after one of the replies.
    pub(super) fn disturb(self) {
        self.release().disturb();
    }

    /// What is to be waited for of the probe that uses the connection.
    pub(super) fn aftermath(&self, pool: &Arc<Pool>) -> Option<Aftermath> {
        self.0.as_ref().map(|sequence| sequence.aftermath(pool))
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(sequence) = self.0.take() {
            sequence.disturb();
        }
    }
}

/// What is not known yet of a finished reply: whether something comes after it.
#[derive(Debug)]
pub(crate) struct Aftermath {
    sequence: Arc<Sequence>,
    pool: Arc<Pool>,
    shift: usize,
}

impl Aftermath {
    /// Waits until the reply's sequence is over, and tells whether it was disturbed: whether the probe is to be sent again.
    pub(crate) async fn is_suspect(&self) -> bool {
        loop {
            let changed = self.sequence.changed.notified();
            let (course, quiet_at) = {
                let state = self.sequence.state();
                (state.course, state.quiet_at)
            };
            match course {
                Course::Quiet => return false,
                Course::Disturbed => return true,
                Course::Open => {}
            }
            let now = Instant::now();
            let at = quiet_at.map_or(now + LINGER, |quiet_at| quiet_at.max(now + TURN));
            tokio::select! {
                () = changed => {}
                () = sleep_until(at) => self.pool.look(Some(&self.sequence)),
            }
        }
    }

    /// Takes in how many replies come after the probe's own, now that it was sent again.
    pub(crate) fn resolve(mut self, shift: usize) {
        self.shift = shift;
    }
}

impl Drop for Aftermath {
    fn drop(&mut self) {
        let mut state = self.sequence.state();
        state.unresolved = state.unresolved.saturating_sub(1);
        state.shift += self.shift;
        drop(state);
        self.sequence.changed.notify_waiters();
    }
}
