//! The brake: a run that a target lets change something ends before it has changed much. Whatever the target does, at most
//! three requests that may change something are accepted in a run.
//!
//! Three permits are all there are, and a request that may change something leaves only with one. A permit comes back when
//! its request was refused, or was never written; a request that is accepted keeps it for good. So accepted and under way are
//! three at most together, whatever the number of jobs. Besides:
//!
//! * To an operation that has refused none yet for what is wrong with it (its guard), such requests leave one at a time, each
//!   on a connection of its own, so that none is lost on one that was closed meanwhile.
//! * The first one that an operation accepts is the last one that it gets.
//! * A request that was written and had no answer may have been accepted. It keeps its permit until its operation refuses
//!   one; two of them end the requests to that operation. Where an operation has refused some already, a lost connection
//!   is the network's doing rather than the service's, and nothing is kept, so that a gateway that loses one connection in a
//!   thousand does not end a run; after three in a row the operation counts as one that has refused none.
//!
//! It does not judge: what an answer is worth is said by [`crate::judge`].

pub(crate) mod allow;
pub(crate) mod catch_all;
pub(crate) mod form;
pub(crate) mod look_for;
pub(crate) mod outcome;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use tokio::sync::{Mutex as Turn, OwnedMutexGuard, Semaphore, SemaphorePermit};

use self::outcome::{Came, may_change};
use crate::model::exchange::{ConnectionUse, Outcome, Request};
use crate::plan::{Guard, Probe};
use crate::report::MayHaveChanged;
use crate::report::record::Recorder;
use crate::wire::sender::Resend;

/// Requests that may be accepted in a run, with those that are under way.
const MAX_ACCEPTED: usize = 3;
/// Requests without an answer that an operation may have which has refused none.
const MAX_UNANSWERED: usize = 2;
/// Requests without an answer, one after the other, after which it is forgotten that an operation refused some.
const MAX_UNANSWERED_IN_A_ROW: usize = 3;

/// What holds the requests of a run back that may change something.
pub(crate) struct Brake {
    permits: Semaphore,
    operations: Mutex<BTreeMap<(String, String), Arc<Operation>>>,
    /// Permits that are kept for good, or until an operation refuses a request.
    kept: AtomicUsize,
    changed: Mutex<Vec<MayHaveChanged>>,
    held_back: AtomicBool,
}

/// An operation, and what it did with such requests so far.
#[derive(Default)]
struct Operation {
    /// Whose turn it is while it has refused none.
    turn: Arc<Turn<()>>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// What was wrong with those that it has refused: what it minds in one request says nothing of what it minds in another.
    refuses: BTreeSet<Guard>,
    /// Permits that are kept for requests without an answer.
    unanswered: usize,
    /// Requests without an answer since the last one that was refused.
    in_a_row: usize,
    /// Why it gets no more.
    closed: Option<String>,
}

impl Operation {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Brake {
    /// A brake for a target that has accepted so many requests already.
    pub(crate) fn new(accepted: usize) -> Self {
        let kept = accepted.min(MAX_ACCEPTED);
        let permits = Semaphore::new(MAX_ACCEPTED - kept);
        if kept == MAX_ACCEPTED {
            permits.close();
        }
        Self {
            permits,
            operations: Mutex::default(),
            kept: AtomicUsize::new(kept),
            changed: Mutex::default(),
            held_back: AtomicBool::new(false),
        }
    }

    /// Waits until the probe may leave. What can change nothing leaves at once.
    ///
    /// # Errors
    /// Why it may not.
    pub(crate) async fn pass<'b>(&'b self, probe: &'b Probe, recorder: &'b Recorder) -> Result<Pass<'b>, String> {
        let pass = self.wait(probe, recorder).await;
        self.held_back.fetch_or(pass.is_err(), Ordering::Relaxed);
        pass
    }

    async fn wait<'b>(&'b self, probe: &'b Probe, recorder: &'b Recorder) -> Result<Pass<'b>, String> {
        if !may_change(probe) {
            return Ok(Pass(None));
        }
        let operation = self.operation(probe);
        let refuses = operation.seen().refuses.contains(&probe.guard);
        // What it refuses for another reason does not show that it minds the anchor: those leave one by one to the end.
        let alone = |refuses: bool| !refuses || probe.guard == Guard::Anchor;
        let turn = if alone(refuses) { Some(Arc::clone(&operation.turn).lock_owned().await) } else { None };
        // Meanwhile another one may have been refused, and the rest need not wait for this one.
        let refuses = refuses || operation.seen().refuses.contains(&probe.guard);
        let turn = turn.filter(|_| alone(refuses));
        if let Some(why) = operation.seen().closed.clone() {
            return Err(why);
        }
        let permit = self.permits.acquire().await;
        if let Some(why) = operation.seen().closed.clone() {
            return Err(why);
        }
        let permit = permit.map_err(|_| self.verdict())?;
        let request = (!refuses && probe.request.connection == ConnectionUse::Any && probe.request.script.is_none())
            .then(|| Request { connection: ConnectionUse::Fresh, ..probe.request.clone() });
        let held =
            Held { brake: self, operation, probe, recorder, permit: Some(permit), _turn: turn, request, left: None };
        Ok(Pass(Some(held)))
    }

    /// Whether a probe was held back.
    pub(crate) fn held_back(&self) -> bool {
        self.held_back.load(Ordering::Relaxed)
    }

    /// The requests that may have changed the target, in the order in which they left.
    pub(crate) fn changed(&self) -> Vec<MayHaveChanged> {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        changed.sort_by(|a, b| (&a.time, &a.probe).cmp(&(&b.time, &b.probe)));
        changed
    }

    fn operation(&self, probe: &Probe) -> Arc<Operation> {
        let mut operations = self.operations.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (probe.api.suite.id.clone(), probe.operation.clone());
        Arc::clone(operations.entry(key).or_default())
    }

    /// Keeps a permit; with the last one, nothing that may change something leaves any more.
    fn keep(&self, permit: SemaphorePermit<'_>) {
        permit.forget();
        if self.kept.fetch_add(1, Ordering::SeqCst) + 1 == MAX_ACCEPTED {
            self.permits.close();
        }
    }

    /// Gives the permits back that were kept for an operation which refuses after all.
    fn give_back(&self, permits: usize) {
        self.kept.fetch_sub(permits, Ordering::SeqCst);
        self.permits.add_permits(permits);
    }

    /// Why nothing that may change something leaves any more.
    fn verdict(&self) -> String {
        let changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        let accepted = changed.iter().filter(|request| request.status.is_some()).count();
        let why = match accepted {
            0 => format!("{MAX_ACCEPTED} requests that must be refused had no answer"),
            MAX_ACCEPTED.. => format!("{MAX_ACCEPTED} requests that must be refused were accepted"),
            some => {
                format!("{MAX_ACCEPTED} requests that must be refused were accepted or had no answer ({some} accepted)")
            }
        };
        format!(
            "{why}: nothing that may change the target was sent any more; what to look for stands first in the report"
        )
    }
}

/// The leave of one probe, once.
pub(crate) struct Pass<'b>(Option<Held<'b>>);

struct Held<'b> {
    brake: &'b Brake,
    operation: Arc<Operation>,
    probe: &'b Probe,
    recorder: &'b Recorder,
    /// `None` once it is kept.
    permit: Option<SemaphorePermit<'b>>,
    _turn: Option<OwnedMutexGuard<()>>,
    /// What leaves in the place of the probe's own request: the same on a connection of its own.
    request: Option<Request>,
    /// When it left, until it is known what came of it.
    left: Option<SystemTime>,
}

impl Pass<'_> {
    /// Records that the probe leaves now; gives the request that leaves in the place of its own.
    pub(crate) fn leaves(&mut self) -> Option<Request> {
        let held = self.0.as_mut()?;
        held.left = Some(SystemTime::now());
        held.request.take()
    }

    /// Records what came of it.
    pub(crate) fn settle(mut self, outcome: &Outcome) {
        if let Some(held) = &mut self.0 {
            held.settle(Came::of(held.probe, outcome));
        }
    }
}

impl Held<'_> {
    fn settle(&mut self, came: Came) {
        let Some(left) = self.left.take() else { return };
        let operation = Arc::clone(&self.operation);
        let mut seen = operation.seen();
        match came {
            Came::Nothing => {}
            Came::Refused => {
                let kept = std::mem::take(&mut seen.unanswered);
                seen.refuses.insert(self.probe.guard);
                seen.in_a_row = 0;
                self.brake.give_back(kept);
            }
            Came::Accepted(status) => {
                self.list(left, Some(status));
                seen.refuses.clear();
                let (id, operation) = (&self.probe.id, self.name());
                seen.closed.get_or_insert_with(|| {
                    format!(
                        "{operation} accepted what must be refused ({id} was answered {status}): nothing that may change something was sent to it any more; once that is known, --skip {id} leaves it out"
                    )
                });
                self.keep();
            }
            Came::Unanswered => {
                self.list(left, None);
                self.unanswered(&mut seen);
            }
        }
    }

    /// Records that one had no answer.
    fn unanswered(&mut self, seen: &mut Seen) {
        seen.in_a_row += 1;
        if !seen.refuses.is_empty() {
            if seen.in_a_row >= MAX_UNANSWERED_IN_A_ROW {
                seen.refuses.clear();
            }
            return;
        }
        seen.unanswered += 1;
        if seen.unanswered >= MAX_UNANSWERED {
            let operation = self.name();
            seen.closed.get_or_insert_with(|| {
                format!(
                    "{MAX_UNANSWERED} requests to {operation} that must be refused had no answer, and it has refused none: nothing that may change something was sent to it any more"
                )
            });
        }
        self.keep();
    }

    fn keep(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.brake.keep(permit);
        }
    }

    fn list(&self, left: SystemTime, status: Option<u16>) {
        let entry = look_for::entry(self.probe, self.recorder, left, status);
        self.brake.changed.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }

    /// The operation, as people are told of it.
    fn name(&self) -> String {
        format!("{}/{}", self.probe.api.suite.id, self.probe.operation)
    }
}

/// A request that was given up on the way may have arrived.
impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.settle(Came::Unanswered);
    }
}

/// Whether a request whose connection was lost leaves once more: it may have arrived the first time.
impl Resend for Pass<'_> {
    async fn again(&mut self, lost: &Outcome) -> bool {
        let Some(held) = &mut self.0 else { return true };
        match Came::of(held.probe, lost) {
            Came::Nothing | Came::Refused => return true,
            Came::Accepted(_) => return false,
            Came::Unanswered => {}
        }
        let operation = Arc::clone(&held.operation);
        {
            let mut seen = operation.seen();
            if !seen.refuses.is_empty() {
                return true;
            }
            if seen.unanswered + 1 >= MAX_UNANSWERED {
                return false;
            }
            held.unanswered(&mut seen);
        }
        let brake = held.brake;
        held.permit = brake.permits.acquire().await.ok();
        held.permit.is_some()
    }
}
