//! Which probe leaves next, and how many are under way: in the plan's order, except for what has to wait.
//!
//! What a limited operation still has waits apart, so that others go on. Where probes get no reply in time while others are
//! under way, fewer are, and they are sent once more alone: what happens alone as well is the target's doing, the rest is
//! overload. It sends nothing and hands no result on.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::limits::{Key, Leave, May};
use crate::plan::Probe;
use crate::plan::order::may_lock_out;
use crate::report::ProbeResult;
use crate::run::attempt::{Trying, key};
use crate::run::credentials::Name;
use crate::run::shared::Shared;

/// Places of the plan between the oldest result that was not handed on and the newest probe that left: for each job, and
/// for those that wait for a check of their credential.
const AHEAD_PER_JOB: usize = 64;
const MIN_JOBS_AHEAD: usize = 16;
const MAX_HELD: usize = 256;
/// Probes of an operation that got no reply alone, after which the rest of it is believed in company, too.
const MIN_SILENT: usize = 3;

/// What a target is given to notice that nobody waits any more for what it did not answer.
const RECOVERY_PAUSE: Duration = Duration::from_millis(150);

/// A probe that is to be sent, for the first time or again.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) place: usize,
    pub(crate) trying: Trying,
    /// What it is if the target does not answer it, where it got no reply in company.
    pub(crate) silent: Option<Box<ProbeResult>>,
}

/// What a worker does next.
pub(crate) enum Task {
    /// Sends a probe.
    Probe(Pending),
    /// Takes the silence of a probe for the target's doing: so was that of others.
    Believe(Pending),
    /// Gives up a probe that got no reply in company, and cannot be sent again.
    GiveUp(Pending),
    /// Sends a credential's control after so many results.
    Check(Name, u64),
}

/// What a task under way is known by.
pub(crate) struct Ticket {
    pub(crate) leave: Leave,
    key: Option<Key>,
    number: u64,
    /// Whether others were under way when it began.
    in_company: bool,
    /// Whether no other begins before its end.
    is_exclusive: bool,
    was_silent: bool,
}

impl Ticket {
    /// Whether nothing else is under way from its beginning to its end.
    pub(crate) fn is_alone(&self) -> bool {
        self.is_exclusive && !self.in_company
    }
}

/// What there is to do.
pub(crate) enum Next {
    Task(Task, Ticket),
    /// Nothing until something ends, or until then.
    Wait(Option<Instant>),
    /// Nothing any more.
    Done,
}

/// What a silence means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Silent {
    /// The target does not answer the probe.
    Believed,
    /// It is sent once more, alone.
    Again,
}

/// What the run learnt of how much the target can take.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Company {
    /// Probes that were answered alone, and not in company.
    pub(crate) answered_alone: usize,
    /// Those that could not be sent again.
    pub(crate) given_up: usize,
    /// The fewest probes under way at once that the run came down to.
    pub(crate) jobs: usize,
}

/// The work of a run.
pub(crate) struct Board {
    probes: Arc<[Probe]>,
    jobs: usize,
    state: Mutex<State>,
    pub(crate) changed: Notify,
}

struct State {
    next: usize,
    handed_on: usize,
    /// What waits for its operation.
    parked: BTreeMap<Key, VecDeque<Pending>>,
    /// What is to be sent alone.
    solo: VecDeque<Pending>,
    under_way: usize,
    started: u64,
    /// Whether nothing begins before what is under way has ended.
    is_exclusive: bool,
    allowed: usize,
    /// The number of the newest task when fewer were allowed last.
    halved: u64,
    /// Until when nothing is sent, since fewer are allowed.
    recovers: Option<Instant>,
    /// How often an operation was silent alone.
    silent: BTreeMap<Key, usize>,
    /// Operations that have refused a request that could have changed something.
    refusing: BTreeSet<Key>,
    /// Whether checks of credentials come before anything else.
    is_checking: bool,
    /// Suites of which probes left that may lock an account.
    risky: BTreeSet<String>,
    company: Company,
}

impl Board {
    pub(crate) fn new(probes: &Arc<[Probe]>, jobs: usize) -> Self {
        let state = State {
            next: 0,
            handed_on: 0,
            parked: BTreeMap::new(),
            solo: VecDeque::new(),
            under_way: 0,
            started: 0,
            is_exclusive: false,
            allowed: jobs,
            halved: 0,
            recovers: None,
            silent: BTreeMap::new(),
            refusing: BTreeSet::new(),
            is_checking: false,
            risky: BTreeSet::new(),
            company: Company { jobs, ..Company::default() },
        };
        Self { probes: Arc::clone(probes), jobs, state: Mutex::new(state), changed: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What to do next.
    pub(crate) fn take(&self, shared: &Shared) -> Next {
        let mut state = self.state();
        let next = if shared.stopped().is_some() { self.rest(&mut state) } else { self.choose(&mut state, shared) };
        if let Next::Task(_, ticket) = &next {
            state.under_way += 1;
            state.started += 1;
            state.is_exclusive = ticket.is_exclusive;
            shared.sender.alone(ticket.is_exclusive || state.allowed == 1);
        }
        next
    }

    /// What is left of a run that was stopped: nothing of it is sent, and all of it is named.
    fn rest(&self, state: &mut State) -> Next {
        let parked = |state: &mut State| state.parked.values_mut().find_map(VecDeque::pop_front);
        let pending = state.solo.pop_front().or_else(|| parked(state)).or_else(|| self.fresh(state));
        match pending {
            Some(pending) => state.task(None, Task::Probe(pending), Leave::default(), false),
            None if state.under_way == 0 && state.next == self.probes.len() => Next::Done,
            None => Next::Wait(None),
        }
    }

    /// The plan's next probe, unless too many results wait for an older one.
    fn fresh(&self, state: &mut State) -> Option<Pending> {
        let ahead = self.jobs.max(MIN_JOBS_AHEAD) * AHEAD_PER_JOB + MAX_HELD;
        let place = state.next;
        let is_free = place < self.probes.len() && place - state.handed_on < ahead;
        is_free.then(|| {
            state.next += 1;
            Pending { place, trying: Trying::default(), silent: None }
        })
    }

    fn choose(&self, state: &mut State, shared: &Shared) -> Next {
        if state.is_exclusive {
            return Next::Wait(None);
        }
        state.recovers = state.recovers.filter(|until| *until > Instant::now());
        if state.recovers.is_some() {
            return Next::Wait(state.recovers);
        }
        let of = |pending: &Pending| &self.probes[pending.place];
        if let Some(place) = state.solo.iter().position(|pending| is_believed(state, &key(of(pending))))
            && let Some(pending) = state.solo.remove(place)
        {
            return state.task(None, Task::Believe(pending), Leave::default(), false);
        }
        let ready = state.solo.iter().position(|pending| may_again(state, of(pending)));
        if state.is_checking || ready.is_some() || shared.credentials.is_suspected() {
            if state.under_way > 0 {
                return Next::Wait(None);
            }
            if let Some((name, before)) = shared.credentials.begin() {
                return state.task(None, Task::Check(name, before), Leave::default(), true);
            }
            state.is_checking = false;
            if let Some(pending) = ready.and_then(|ready| state.solo.remove(ready)) {
                return self.alone(state, shared, pending);
            }
        }
        if state.under_way >= state.allowed {
            return Next::Wait(None);
        }
        if let Some((name, before)) = shared.credentials.begin() {
            return state.task(None, Task::Check(name, before), Leave::default(), false);
        }
        let mut earliest: Option<Instant> = None;
        let mut later = |until: Instant| earliest = Some(earliest.map_or(until, |earliest| earliest.min(until)));
        let mut free = None;
        for (key, _) in state.parked.iter().filter(|(_, parked)| !parked.is_empty()) {
            match shared.limits.may(key) {
                May::Now(leave) => {
                    free = Some((key.clone(), leave));
                    break;
                }
                May::At(until) => later(until),
                May::Later => {}
            }
        }
        if let Some((key, leave)) = free
            && let Some(pending) = state.parked.get_mut(&key).and_then(VecDeque::pop_front)
        {
            return state.task(Some(key), Task::Probe(pending), leave, false);
        }
        loop {
            if let Some(probe) = self.probes.get(state.next)
                && may_lock_out(probe)
                && !state.risky.contains(&probe.api.suite.id)
            {
                // What was sent so far is not to be in doubt for what comes now.
                if state.under_way > 0 {
                    return Next::Wait(earliest);
                }
                state.risky.insert(probe.api.suite.id.clone());
                shared.credentials.want_all(Some(&probe.api.suite.id));
                state.is_checking = true;
                return self.choose(state, shared);
            }
            let Some(pending) = self.fresh(state) else { break };
            let key = key(&self.probes[pending.place]);
            match shared.limits.may(&key) {
                May::Now(leave) => return state.task(Some(key), Task::Probe(pending), leave, false),
                May::At(until) => later(until),
                May::Later => {}
            }
            state.parked.entry(key).or_default().push_back(pending);
        }
        if state.under_way > 0 || earliest.is_some() {
            return Next::Wait(earliest);
        }
        // Nothing that is still to come shows that the operation refuses what it must refuse.
        if let Some(pending) = state.solo.pop_front() {
            state.company.given_up += 1;
            return state.task(None, Task::GiveUp(pending), Leave::default(), true);
        }
        if state.next < self.probes.len() || !state.parked.values().all(VecDeque::is_empty) {
            return Next::Wait(None);
        }
        shared.credentials.want_all(None);
        match shared.credentials.begin() {
            Some((name, before)) => state.task(None, Task::Check(name, before), Leave::default(), true),
            None => Next::Done,
        }
    }

    /// Sends a probe alone, when its operation's limits let it.
    fn alone(&self, state: &mut State, shared: &Shared, pending: Pending) -> Next {
        let key = key(&self.probes[pending.place]);
        let until = match shared.limits.may(&key) {
            May::Now(leave) => return state.task(Some(key), Task::Probe(pending), leave, true),
            May::At(until) => Some(until),
            May::Later => None,
        };
        state.solo.push_front(pending);
        Next::Wait(until)
    }

    /// Records that a task has ended, with the status of its reply.
    pub(crate) fn ended(&self, shared: &Shared, ticket: &Ticket, place: Option<usize>, status: Option<u16>) {
        let mut state = self.state();
        state.under_way -= 1;
        state.is_exclusive &= !ticket.is_exclusive;
        if let Some(key) = &ticket.key {
            shared.limits.returned(key);
            let changes = place.is_some_and(|place| !self.probes[place].asks_only());
            if changes && status.is_some_and(|status| status >= 400) {
                state.refusing.insert(key.clone());
            }
        }
        if ticket.was_silent && status.is_some() {
            state.company.answered_alone += 1;
        }
        drop(state);
        self.changed.notify_waiters();
    }

    /// Records that a probe is to be sent again.
    pub(crate) fn again(&self, place: usize, trying: Trying) {
        let key = key(&self.probes[place]);
        let pending = Pending { place, trying, silent: None };
        self.state().parked.entry(key).or_default().push_front(pending);
    }

    /// Records that a probe got no reply in time, and says what that means.
    pub(crate) fn silent(&self, shared: &Shared, place: usize, ticket: &Ticket) -> Silent {
        let mut state = self.state();
        let key = key(&self.probes[place]);
        let in_company = ticket.in_company || state.started > ticket.number;
        if !in_company {
            // It was not the company.
            state.allowed = (state.allowed * 2).min(self.jobs);
            *state.silent.entry(key).or_default() += 1;
            return Silent::Believed;
        }
        if is_believed(&state, &key) {
            return Silent::Believed;
        }
        if ticket.number > state.halved {
            state.halved = state.started;
            state.recovers = Some(Instant::now() + RECOVERY_PAUSE);
            state.allowed = (state.allowed / 2).max(1);
            state.company.jobs = state.company.jobs.min(state.allowed);
        }
        // Connections that nobody uses may be all that the target serves.
        shared.sender.close_idle();
        Silent::Again
    }

    /// Keeps a probe, that got no reply in company, for when nothing else is under way.
    pub(crate) fn keep(&self, place: usize, trying: Trying, silent: ProbeResult) {
        self.state().solo.push_back(Pending { place, trying, silent: Some(Box::new(silent)) });
    }

    /// Records that so many results were handed on.
    pub(crate) fn handed_on(&self, results: usize) {
        self.state().handed_on += results;
        self.changed.notify_waiters();
    }

    /// What the run learnt of how much the target can take.
    pub(crate) fn company(&self) -> Company {
        self.state().company
    }
}

impl State {
    fn task(&self, key: Option<Key>, task: Task, leave: Leave, is_exclusive: bool) -> Next {
        let was_silent = matches!(&task, Task::Probe(pending) if pending.silent.is_some());
        let (number, in_company) = (self.started + 1, self.under_way > 0);
        Next::Task(task, Ticket { leave, key, number, in_company, is_exclusive, was_silent })
    }
}

/// Whether enough of an operation's probes got no reply alone.
fn is_believed(state: &State, key: &Key) -> bool {
    state.silent.get(key).is_some_and(|silent| *silent >= MIN_SILENT)
}

/// Whether a probe that got no reply may be sent again. It may have been carried out all the same, by a target that
/// should have refused it: what does more when it is done twice (RFC 9110, section 9.2.2) waits until its operation has
/// refused a request that could have changed something.
fn may_again(state: &State, probe: &Probe) -> bool {
    let twice = matches!(probe.request.method.as_str(), "PUT" | "DELETE" | "TRACE");
    probe.asks_only() || twice && probe.request.script.is_none() || state.refusing.contains(&key(probe))
}
