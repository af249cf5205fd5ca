//! The limits that the target itself sets (429, and 503 with `Retry-After`): which operation must wait, for how long, and when
//! waiting is given up.
//!
//! An operation that is limited waits alone; where two are limited at the same time, the whole run waits. After a limit, an
//! operation sends one request at a time until one has been answered, so that a limit costs requests one by one. It sends
//! nothing and reads no reply; [`crate::run::retry_after`] says what a reply asks for.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::run::unsent::Unsent;

/// Operations that were given up, after which the run is.
const MAX_GIVEN_UP: usize = 3;
/// Limits that ask for no time, one after the other, after which some time is waited for all the same.
const MAX_AT_ONCE: u32 = 3;
/// The first pause where a limit does not say how long, and where it says no time again and again.
const DEFAULT_PAUSE: Duration = Duration::from_secs(1);
const MIN_PAUSE: Duration = Duration::from_millis(100);
/// Nobody waits longer, and clocks can count it.
const MAX_PAUSE: Duration = Duration::from_secs(366 * 24 * 60 * 60);
/// An answer to a request that was under way when the limit was met asks for the same pause, give or take this.
const SAME_LIMIT_WINDOW: Duration = Duration::from_secs(1);

/// A suite and one of its operations.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Key {
    pub(crate) suite: String,
    pub(crate) operation: String,
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.suite.is_empty() {
            f.write_str(&self.operation)
        } else {
            write!(f, "{}/{}", self.suite, self.operation)
        }
    }
}

/// A leave to send: which limits were known when it was given.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Leave(u64);

/// Whether a request of an operation may leave.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum May {
    /// Now; whoever asked must say what came of it.
    Now(Leave),
    /// Not before that.
    At(Instant),
    /// Not before what is under way has been answered.
    Later,
}

/// What the target's limits are in a run.
pub(crate) struct Limits {
    /// The longest that is waited for one operation, in all.
    patience: Duration,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    operations: BTreeMap<Key, Limited>,
    /// Limits met so far.
    met: usize,
    /// Whose single request is under way.
    scout: Option<Key>,
    /// What was waited since the target answered anything.
    spent: Duration,
    waited: Duration,
    given_up: Vec<Key>,
}

/// An operation since the first limit of the run.
#[derive(Default)]
struct Limited {
    until: Option<Instant>,
    /// Whether it was limited and not answered since.
    is_open: bool,
    /// Which limits were known when the last one was set.
    since: u64,
    /// The limits known to the last request that was answered.
    answered: u64,
    in_a_row: u32,
    spent: Duration,
    given_up: Option<String>,
}

impl Limits {
    pub(crate) fn new(patience: Duration) -> Self {
        Self { patience, state: Mutex::default(), changed: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a request of the operation may leave.
    pub(crate) fn may(&self, key: &Key) -> May {
        let mut state = self.state();
        let met = epoch(state.met);
        let leave = Leave(met);
        if met == 0 {
            return May::Now(leave);
        }
        let open = |limited: &&Limited| limited.is_open && limited.given_up.is_none();
        let all: Vec<Option<Instant>> = state.operations.values().filter(open).map(|limited| limited.until).collect();
        let own = state.operations.get(key);
        // Who is given up sends nothing, and need not wait to be told so.
        if own.is_some_and(|own| own.given_up.is_some()) {
            return May::Now(leave);
        }
        let until = if all.len() > 1 { all.into_iter().max().flatten() } else { own.and_then(|own| own.until) };
        if let Some(until) = until.filter(|until| *until > Instant::now()) {
            return May::At(until);
        }
        if own.is_some_and(|own| !own.is_open && own.answered == met) {
            return May::Now(leave);
        }
        // What is asked of no operation may be asked by the single request itself, before it leaves.
        if key.suite.is_empty() {
            return May::Now(leave);
        }
        if state.scout.is_some() {
            return May::Later;
        }
        state.scout = Some(key.clone());
        May::Now(leave)
    }

    /// Waits until a request of the operation may leave.
    pub(crate) async fn turn(&self, key: &Key) -> Leave {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            match self.may(key) {
                May::Now(leave) => return leave,
                May::At(until) => tokio::time::sleep_until(until).await,
                May::Later => changed.await,
            }
        }
    }

    /// Records that nothing of the operation's leave is under way any more, whatever came of it.
    pub(crate) fn returned(&self, key: &Key) {
        let mut state = self.state();
        if state.scout.as_ref() == Some(key) {
            state.scout = None;
            self.changed.notify_waiters();
        }
    }

    /// Records that a request was answered otherwise than by a limit.
    pub(crate) fn answered(&self, key: &Key, leave: Leave) {
        let mut state = self.state();
        // What left before the last limit was met says nothing of it.
        if state.met == 0 || leave.0 != epoch(state.met) {
            return;
        }
        state.spent = Duration::ZERO;
        let own = state.operations.entry(key.clone()).or_default();
        (own.is_open, own.in_a_row, own.answered) = (false, 0, leave.0);
        self.changed.notify_waiters();
    }

    /// Records a limit, with the pause that it asks for if it says so, and says whether to send again after it.
    pub(crate) fn limited(&self, key: &Key, leave: Leave, asked: Option<Duration>) -> bool {
        let now = Instant::now();
        let asked = asked.map(|asked| asked.min(MAX_PAUSE));
        let mut state = self.state();
        state.met += 1;
        let (met, so_far) = (epoch(state.met), state.spent);
        let own = state.operations.entry(key.clone()).or_default();
        own.is_open = true;
        if own.given_up.is_some() {
            return false;
        }
        let same = own.until.is_some() && leave.0 < own.since;
        let pause = match asked {
            Some(Duration::ZERO) if own.in_a_row < MAX_AT_ONCE => Duration::ZERO,
            Some(Duration::ZERO) => MIN_PAUSE * 2_u32.saturating_pow((own.in_a_row - MAX_AT_ONCE).min(12)),
            Some(pause) => pause,
            None => DEFAULT_PAUSE * 2_u32.saturating_pow(own.in_a_row.min(12)),
        };
        if same && now.checked_add(pause) <= own.until.and_then(|until| until.checked_add(SAME_LIMIT_WINDOW)) {
            return true;
        }
        if pause > self.patience.saturating_sub(own.spent.max(so_far)) {
            let why = match asked {
                Some(asked) if asked > self.patience => format!("it asks for {} s", asked.as_secs()),
                _ => format!("it is still limited after {:.1?} of waiting", own.spent.max(so_far)),
            };
            own.given_up = Some(why);
            state.given_up.push(key.clone());
            self.changed.notify_waiters();
            return false;
        }
        if !same {
            own.in_a_row += 1;
        }
        let until = now + pause;
        let more = until.saturating_duration_since(own.until.unwrap_or(now).max(now));
        (own.until, own.since) = (own.until.max(Some(until)), met);
        own.spent += more;
        state.spent += more;
        state.waited += more;
        true
    }

    /// Why nothing more of the operation is sent.
    pub(crate) fn against(&self, key: &Key) -> Option<Unsent> {
        let state = self.state();
        let why = state.operations.get(key)?.given_up.as_ref()?;
        Some(Unsent::Limited(format!("{key}: {why}, and --max-wait is {:?}", self.patience)))
    }

    /// Why nothing more of the run is sent.
    pub(crate) fn stopped(&self) -> Option<Unsent> {
        let state = self.state();
        let all = || state.given_up.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        (state.given_up.len() >= MAX_GIVEN_UP).then(|| Unsent::Limited(format!("the run ended after {}", all())))
    }

    /// Limits met so far, and what was waited for them.
    pub(crate) fn told(&self) -> (usize, Duration) {
        let state = self.state();
        (state.met, state.waited)
    }
}

fn epoch(met: usize) -> u64 {
    u64::try_from(met).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);

    fn key(operation: &str) -> Key {
        Key { suite: "s".to_owned(), operation: operation.to_owned() }
    }

    fn leave(limits: &Limits, key: &Key) -> Leave {
        match limits.may(key) {
            May::Now(leave) => leave,
            other => panic!("{key}: {other:?}"),
        }
    }

    /// A request of the operation that is answered with a limit.
    fn meets(limits: &Limits, key: &Key, asked: Option<u64>) -> bool {
        let leave = leave(limits, key);
        let again = limits.limited(key, leave, asked.map(Duration::from_secs));
        limits.returned(key);
        again
    }

    fn is_answered(limits: &Limits, key: &Key) {
        let leave = leave(limits, key);
        limits.answered(key, leave);
        limits.returned(key);
    }

    #[tokio::test(start_paused = true)]
    async fn a_limited_operation_waits_and_another_one_goes_on() {
        let (limits, a, b) = (Limits::new(PATIENCE), key("a"), key("b"));
        assert!(meets(&limits, &a, Some(20)));
        assert!(matches!(limits.may(&a), May::At(_)));
        is_answered(&limits, &b);
        // As many at once as before.
        leave(&limits, &b);
        leave(&limits, &b);
        tokio::time::advance(Duration::from_secs(20)).await;
        // One at a time until it is answered.
        let scout = leave(&limits, &a);
        assert_eq!(limits.may(&a), May::Later);
        limits.answered(&a, scout);
        limits.returned(&a);
        leave(&limits, &a);
        leave(&limits, &a);
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_single_request_asks_before_it_leaves_waits_for_nobody() {
        let (limits, a) = (Limits::new(PATIENCE), key("a"));
        assert!(meets(&limits, &a, Some(1)));
        tokio::time::advance(Duration::from_secs(1)).await;
        let scout = leave(&limits, &a);
        let path = Key { suite: String::new(), operation: "/api/things".to_owned() };
        leave(&limits, &path);
        limits.answered(&a, scout);
        limits.returned(&a);
    }

    #[tokio::test(start_paused = true)]
    async fn two_limited_operations_hold_the_whole_run() {
        let (limits, a, b, c) = (Limits::new(PATIENCE), key("a"), key("b"), key("c"));
        assert!(meets(&limits, &a, Some(5)));
        assert!(meets(&limits, &b, Some(9)));
        assert!(matches!(limits.may(&c), May::At(_)));
        tokio::time::advance(Duration::from_secs(9)).await;
        is_answered(&limits, &c);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_is_too_long_is_given_up_at_once_and_three_end_the_run() {
        let limits = Limits::new(PATIENCE);
        for (place, name) in ["a", "b", "c"].into_iter().enumerate() {
            assert_eq!(limits.stopped(), None);
            assert!(!meets(&limits, &key(name), Some(if place == 0 { 31 } else { u64::MAX })));
            assert!(limits.against(&key(name)).is_some());
        }
        assert!(limits.stopped().is_some_and(|unsent| unsent.to_string().contains("rate-limited")));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_under_way_when_the_limit_was_met_asks_for_the_same_pause() {
        let (limits, a) = (Limits::new(PATIENCE), key("a"));
        let leaves: Vec<_> = (0..16).map(|_| leave(&limits, &a)).collect();
        for leave in leaves {
            assert!(limits.limited(&a, leave, Some(PATIENCE)));
            tokio::time::advance(Duration::from_millis(10)).await;
        }
        assert_eq!(limits.told().1, PATIENCE);
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_that_says_no_time_goes_on_at_once_and_not_for_ever() {
        for asked in [Some(0), None] {
            let (limits, a) = (Limits::new(PATIENCE), key("a"));
            let mut sent = 0;
            loop {
                let leave = limits.turn(&a).await;
                sent += 1;
                let again = limits.limited(&a, leave, asked.map(Duration::from_secs));
                limits.returned(&a);
                if !again {
                    break;
                }
                assert!(sent < 20, "{asked:?}");
            }
            assert!(sent > 3 && limits.told().1 <= PATIENCE, "{asked:?}: {sent}");
        }
        // Now and then costs nothing.
        let (limits, a) = (Limits::new(PATIENCE), key("a"));
        for _ in 0..1_000 {
            assert!(meets(&limits, &a, Some(0)));
            is_answered(&limits, &a);
        }
        assert_eq!(limits.told(), (1_000, Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn where_nothing_is_answered_all_wait_for_the_same_time() {
        let (limits, a, b) = (Limits::new(PATIENCE), key("a"), key("b"));
        while meets(&limits, &a, Some(10)) {
            tokio::time::advance(Duration::from_secs(10)).await;
        }
        assert!(!meets(&limits, &b, Some(10)), "30 seconds in all were waited in vain");
        assert_eq!(limits.told().1, PATIENCE);
    }
}
