//! What each of a run's workers does: takes what there is to do, sends it, and hands on what came.
//!
//! What there is to do is the board's to say, what leaves and what it means are [`crate::run::attempt`]'s.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

use super::board::{Board, Next, Pending, Silent, Task, Ticket};
use super::tail::Suspicion;
use crate::plan::Probe;
use crate::report::ProbeResult;
use crate::run::attempt::{Step, Trying};
use crate::run::control;
use crate::run::control::Controls;
use crate::run::credentials::{Checked, Name};
use crate::run::shared::Shared;
use crate::run::unsent::Unsent;
use crate::wire::Aftermath;

/// What workers hand on.
pub(crate) enum Message {
    /// The outcome of the probe at that place, with the mark by which its credential is known.
    Settled(usize, Result<Box<ProbeResult>, Unsent>, u64),
    /// A credential was checked.
    Checked,
}

/// What the workers of a run share.
pub(crate) struct Work {
    pub(crate) shared: Arc<Shared>,
    pub(crate) controls: Controls,
    pub(crate) probes: Arc<[Probe]>,
    pub(crate) board: Arc<Board>,
    pub(crate) stopped: watch::Receiver<bool>,
    pub(crate) messages: UnboundedSender<Message>,
}

impl Work {
    /// Does what there is to do until nothing is left.
    pub(crate) async fn run(self: Arc<Self>) {
        let mut stopped = self.stopped.clone();
        loop {
            let mut changed = std::pin::pin!(self.board.changed.notified());
            changed.as_mut().enable();
            let (task, ticket) = match self.board.take(&self.shared) {
                Next::Done => return,
                Next::Task(task, ticket) => (task, ticket),
                Next::Wait(until) => {
                    let pause = async {
                        match until {
                            Some(until) => tokio::time::sleep_until(until).await,
                            None => std::future::pending().await,
                        }
                    };
                    tokio::select! {
                        () = changed => {}
                        () = pause => {}
                        () = is_stopped(&mut stopped), if !*self.stopped.borrow() => {}
                    }
                    continue;
                }
            };
            let message = match task {
                Task::Check(name, before) => {
                    tokio::select! {
                        biased;
                        checked = self.check(&name) => self.shared.credentials.end(&name, before, checked),
                        () = is_stopped(&mut stopped) => self.shared.credentials.end(&name, before, Checked::Unknown),
                    }
                    self.board.ended(&self.shared, &ticket, None, None);
                    Some(Message::Checked)
                }
                Task::Believe(Pending { place, trying, silent: Some(result) }) => {
                    self.shared.hangs();
                    let settled = self.settled(place, self.shared.took(&self.probes[place], trying, *result));
                    self.told(place, settled, &ticket)
                }
                Task::Believe(pending) | Task::GiveUp(pending) => {
                    let place = pending.place;
                    let result = self.shared.recorder.unjudged(&self.probes[place], OVERLOADED, "no reply in time");
                    self.board.ended(&self.shared, &ticket, Some(place), None);
                    Some(Message::Settled(place, Ok(Box::new(result)), 0))
                }
                Task::Probe(pending) => {
                    let place = pending.place;
                    let message = self.probe(pending, &ticket, &mut stopped).await;
                    let awaited = self.shared.aftermaths.awaited(&self.probes[place]);
                    match message {
                        Some(Message::Settled(place, result, mark)) if !awaited.is_empty() => {
                            tokio::spawn(Arc::clone(&self).after(place, result, mark, awaited));
                            None
                        }
                        message => message,
                    }
                }
            };
            if message.is_some_and(|message| self.messages.send(message).is_err()) {
                return;
            }
        }
    }

    /// Sends the control of a credential again.
    async fn check(&self, name: &Name) -> Checked {
        match self.shared.credentials.control(name) {
            Some(control) => control::again(control, &self.shared).await,
            None => Checked::Unknown,
        }
    }

    /// Waits for what may still come after the reply, and sends the probe again where something did.
    async fn after(
        self: Arc<Self>,
        place: usize,
        mut result: Result<Box<ProbeResult>, Unsent>,
        mut mark: u64,
        awaited: Vec<Aftermath>,
    ) {
        let probe = &self.probes[place];
        match self.shared.suspected(probe, &result, awaited).await {
            Suspicion::None => {}
            Suspicion::Accepted => result = Ok(Box::new(self.shared.undecided(probe))),
            Suspicion::Tail(suspects) => {
                let mut stopped = self.stopped.clone();
                let again = AssertUnwindSafe(self.shared.again(probe, suspects)).catch_unwind();
                result = tokio::select! {
                    biased;
                    again = again => again.unwrap_or_else(|panic| Err(Unsent::OurFault(said(&*panic)))).map(Box::new),
                    () = is_stopped(&mut stopped) => Err(self.shared.stopped().unwrap_or(Unsent::Gone)),
                };
                mark = result.as_ref().map_or(0, |result| self.shared.credentials.mark(probe, result));
            }
        }
        // Nobody may be waiting any more.
        let _ = self.messages.send(Message::Settled(place, result, mark));
    }

    /// Sends a probe; `None` where it is to be sent again.
    async fn probe(&self, pending: Pending, ticket: &Ticket, stopped: &mut watch::Receiver<bool>) -> Option<Message> {
        let place = pending.place;
        let probe = &self.probes[place];
        let settle = AssertUnwindSafe(self.settle(probe, pending, ticket)).catch_unwind();
        let settled = tokio::select! {
            biased;
            settled = settle => settled.unwrap_or_else(|panic| {
                // A panic of ours is neither the target's doing nor a pass.
                Some(Err(Unsent::OurFault(said(&*panic))))
            }),
            () = is_stopped(stopped) => Some(Err(self.shared.stopped().unwrap_or(Unsent::Gone))),
        };
        self.told(place, settled, ticket)
    }

    /// Records that a probe's task has ended, and says its outcome.
    fn told(&self, place: usize, settled: Option<Result<ProbeResult, Unsent>>, ticket: &Ticket) -> Option<Message> {
        let result = settled.as_ref().and_then(|settled| settled.as_ref().ok());
        let mark = result.map_or(0, |result| self.shared.credentials.mark(&self.probes[place], result));
        self.board.ended(&self.shared, ticket, Some(place), result.and_then(|result| result.status));
        settled.map(|settled| Message::Settled(place, settled.map(Box::new), mark))
    }

    /// The outcome of the probe; `None` where it is to be sent again.
    async fn settle(&self, probe: &Probe, pending: Pending, ticket: &Ticket) -> Option<Result<ProbeResult, Unsent>> {
        if let Some(unsent) = self.shared.stopped() {
            return Some(Err(unsent));
        }
        let against = self.controls.against(probe).cloned().or_else(|| self.shared.credentials.against(probe));
        if let Some(reason) = against {
            return Some(Ok(self.shared.recorder.unjudged(probe, &reason, "not sent")));
        }
        let Pending { place, trying, silent } = pending;
        let step = self.shared.step(probe, trying, ticket.leave, ticket.is_alone()).await;
        let step = match step {
            Ok(Step::Silent(trying, result)) => match self.board.silent(&self.shared, place, ticket) {
                Silent::Again => {
                    self.board.keep(place, trying, result);
                    return None;
                }
                Silent::Believed => {
                    self.shared.hangs();
                    self.shared.took(probe, trying, result)
                }
            },
            // The brake lets it leave no more, since it and others had no answer: what was seen of it stands, unless the target
            // answered others alone that it did not answer in company.
            Err(Unsent::Braked(why)) => match silent {
                Some(_) if self.board.company().answered_alone > 0 => {
                    return Some(Ok(self.shared.recorder.unjudged(probe, OVERLOADED, "no reply in time")));
                }
                Some(result) => self.shared.took(probe, Trying::default(), *result),
                None => Err(Unsent::Braked(why)),
            },
            step => step,
        };
        self.settled(place, step)
    }

    /// The outcome of the probe by one sending; `None` where it is to be sent again.
    fn settled(&self, place: usize, step: Result<Step, Unsent>) -> Option<Result<ProbeResult, Unsent>> {
        match step {
            Ok(Step::Done(result)) => Some(Ok(result)),
            Ok(Step::Again(trying) | Step::Silent(trying, _)) => {
                self.board.again(place, trying);
                None
            }
            Err(unsent) => Some(Err(unsent)),
        }
    }
}

/// Why a probe that got no reply in company is not sent again.
const OVERLOADED: &str = "overloaded: no reply in time while others were under way, and to send it again might do twice what it may have done; \
    --jobs 1 sends one at a time";

/// What a panic said.
fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason").to_owned()
}

/// Waits until somebody stops the run; where nobody can any more, it goes on.
async fn is_stopped(stopped: &mut watch::Receiver<bool>) {
    if stopped.wait_for(|stopped| *stopped).await.is_err() {
        std::future::pending::<()>().await;
    }
}
