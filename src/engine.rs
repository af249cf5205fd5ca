//! Sends the plan, a bounded number of probes at a time, and hands on results one by one in the plan's order.
//!
//! It decides when to stop, and nothing else: judging is [`crate::judge`]'s, remembering is the sinks'.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{Semaphore, watch};

use crate::answer::Answer;
use crate::attempt::Shared;
use crate::consistency::{Compared, Consistency};
use crate::control::{self, Controls};
use crate::exchange::Request;
use crate::fault::like::Like;
use crate::footing::{Footing, Unsent};
use crate::judge;
use crate::plan::{Plan, Probe};
use crate::recording::Recorder;
use crate::repeat;
use crate::report::{Inactive, ProbeResult, Repeats};
use crate::run::aftermath::Suspicion;
use crate::secret::{Environment, Mask};
use crate::tally::signature;
use crate::verdict::Severity;
use crate::wire::sender::Sender;

/// How the engine sends.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Probes under way at once; at least one.
    pub jobs: usize,
    /// Probes a second at most.
    pub rate: Option<u32>,
    /// How often each probe is sent; at least once.
    pub repeat: usize,
    /// Whether certificates are not verified; printed commands say so, too.
    pub insecure: bool,
    /// Whether every exchange is recorded; else only those that a reader needs.
    pub records_all: bool,
    /// How replies are judged.
    pub judge: judge::Settings,
}

/// What happens in a run, in the plan's order.
#[derive(Debug)]
pub enum Event {
    /// A probe was sent, or tried, and judged.
    Result(Box<ProbeResult>),
    /// A planned probe was not sent.
    NotExercised {
        /// The probe.
        probe: String,
        /// Why.
        reason: String,
        /// Whether the run as a whole is the less for it.
        weighs: bool,
    },
    /// The run as a whole cannot be judged.
    NotJudged(String),
    /// Probes that show this drift were sent again.
    Repeated {
        /// The drift's signature.
        signature: String,
        /// What came of it.
        repeats: Repeats,
    },
    /// What only the whole of the results shows.
    Compared(Box<Compared>),
    /// What could not be put to the test, or not as it was asked for.
    Inactive(Inactive),
    /// The run is over.
    Ended {
        /// Connections that failed and were made again.
        connection_failures: usize,
        /// Who ended it before its plan was worked off.
        interrupted: Option<String>,
    },
}

/// Results that may wait for one before them, for each job.
const AHEAD: usize = 64;
/// How long results gather before they are handed on together.
const BREATH: Duration = Duration::from_millis(2);

/// Findings are not looked for again for longer than this.
const CONFIRMING: Duration = Duration::from_secs(5);

/// What a run is made of.
pub struct Run {
    /// The probes and controls.
    pub plan: Plan,
    /// How they leave.
    pub sender: Sender,
    /// The target, for the URLs.
    pub target: String,
    /// The variables that the plan's templates name.
    pub environment: Environment,
    /// How the engine sends.
    pub settings: Settings,
}

/// Sends the plan until it is worked off or `stop` says who ends it. `emit` gets every event in the plan's order.
pub async fn run(run: Run, stop: impl Future<Output = String> + Send + 'static, mut emit: impl FnMut(Event)) {
    let Run { plan, sender, target, environment, settings } = run;
    let recorder = Recorder {
        target,
        insecure: settings.insecure,
        mask: mask(&plan, &environment),
        records_all: settings.records_all,
    };
    let sender = sender.at_once(settings.jobs);
    let mut shared = Shared::new(sender, environment, recorder, settings);
    let controls = Controls::send(&plan, &shared).await;
    shared.settings.judge.outside = control::outside(&plan, &controls, &shared).await;
    let shared = Arc::new(shared);
    for reason in &controls.reasons {
        emit(Event::NotJudged(reason.clone()));
    }
    let (stopping, stopped) = watch::channel(false);
    let interrupted = Arc::clone(&shared);
    let stop = tokio::spawn(async move {
        let by = stop.await;
        interrupted.interrupt(by);
        // Nobody may be waiting any more.
        let _ = stopping.send(true);
    });
    let footing = Footing::of(&plan);
    let probes: Arc<[Probe]> = plan.probes.into();
    // What comes after a control's reply is no probe's.
    shared.sender.renew();
    shared.aftermaths.collect(true);
    let suspicions = work_off(&probes, controls, &footing, &shared, stopped, &mut emit).await;
    shared.aftermaths.collect(false);
    if shared.interrupted().is_none() && shared.settings.repeat < 2 {
        confirm(&probes, suspicions, &shared, &mut emit).await;
    }
    stop.abort();
    if let Some(reason) = shared.obituary() {
        emit(Event::NotJudged(reason));
    }
    if let Some(event) = shared.limited() {
        emit(event);
    }
    emit(Event::Ended {
        connection_failures: shared.sender.connection_failures(),
        interrupted: shared.interrupted().cloned(),
    });
}

/// A mask for every secret that a request of the plan carries.
pub(crate) fn mask(plan: &Plan, environment: &Environment) -> Mask {
    let probes = plan.probes.iter().map(|probe| &probe.request);
    let requests = probes.chain(plan.controls.iter().map(|control| &control.request));
    let values = requests.flat_map(Request::templates);
    // The same few templates stand in every probe.
    let distinct: BTreeMap<_, _> =
        values.filter(|value| value.has_variables()).map(|value| (value.masked(), value)).collect();
    Mask::new(distinct.into_values(), environment)
}

/// What one probe came to, as its worker hands it on.
type Settled = Result<Box<ProbeResult>, Unsent>;

/// What the workers of a run share.
struct Work {
    shared: Arc<Shared>,
    controls: Controls,
    probes: Arc<[Probe]>,
    /// The place of the next probe.
    next: AtomicUsize,
    /// A permit for each result that may still wait for one before it.
    ahead: Arc<Semaphore>,
    stopped: watch::Receiver<bool>,
    settled: UnboundedSender<(usize, Settled)>,
}

/// A drift with the probes to send again, and what their answers are compared with.
type Suspicions = BTreeMap<String, Vec<(usize, Option<Answer>)>>;

/// Sends all probes once, hands their results on, and gives what is to be looked at again.
async fn work_off(
    probes: &Arc<[Probe]>,
    controls: Controls,
    footing: &Footing,
    shared: &Arc<Shared>,
    stopped: watch::Receiver<bool>,
    emit: &mut impl FnMut(Event),
) -> Suspicions {
    let jobs = shared.settings.jobs.max(1);
    let (settled, mut results) = unbounded_channel();
    let ahead = Arc::new(Semaphore::new(jobs * AHEAD));
    let work = Arc::new(Work {
        shared: Arc::clone(shared),
        controls,
        probes: Arc::clone(probes),
        next: AtomicUsize::new(0),
        ahead: Arc::clone(&ahead),
        stopped,
        settled,
    });
    for _ in 0..jobs.min(probes.len()) {
        tokio::spawn(Arc::clone(&work).run());
    }
    drop(work);
    // The channel closes when the last worker has ended.
    let (mut next, mut early) = (0, BTreeMap::new());
    let mut batch = Vec::new();
    let (mut consistency, mut suspicions) = (Consistency::default(), Suspicions::new());
    while results.recv_many(&mut batch, jobs * AHEAD).await > 0 {
        early.extend(batch.drain(..));
        let before = next;
        while let Some(settled) = early.remove(&next) {
            let probe = &probes[next];
            match settled {
                Ok(mut result) => {
                    consistency.examine(probe, &mut result);
                    suspect(&mut suspicions, next, probe, &result, &consistency);
                    emit(Event::Result(result));
                }
                Err(unsent) => emit(Event::NotExercised {
                    probe: probe.id.clone(),
                    reason: unsent.to_string(),
                    weighs: footing.weighs(&probe.api.suite.id, &unsent),
                }),
            }
            next += 1;
        }
        ahead.add_permits(next - before);
        // To be woken for every result costs a fast target more than the judging.
        tokio::time::sleep(BREATH).await;
    }
    emit(Event::Compared(Box::new(consistency.close())));
    suspicions
}

/// Remembers what is to be looked at again.
fn suspect(suspicions: &mut Suspicions, place: usize, probe: &Probe, result: &ProbeResult, consistency: &Consistency) {
    let weighs = |severity: Severity| severity >= Severity::Warning;
    if !result.findings.iter().any(|finding| weighs(finding.severity)) || !repeat::may_confirm(probe, result) {
        return;
    }
    let plain = || match &probe.like {
        Some(Like::Same(plain) | Like::Unseen(plain)) => consistency.plain_answer(plain).cloned(),
        _ => None,
    };
    for finding in result.findings.iter().filter(|finding| weighs(finding.severity)) {
        // The suite's own order of checks is not looked for in a single answer.
        if finding.rule == "precedence-violated" {
            continue;
        }
        let probes = suspicions.entry(signature(result, finding)).or_default();
        if probes.len() < repeat::PROBES && probes.last().is_none_or(|(last, _)| *last != place) {
            probes.push((place, plain()));
        }
    }
}

/// Sends some probes of each drift again: what is there each time is confirmed, the rest is intermittent.
async fn confirm(probes: &[Probe], suspicions: Suspicions, shared: &Shared, emit: &mut impl FnMut(Event)) {
    let (mut sent, begun) = (0, Instant::now());
    for (drift, places) in suspicions {
        let mut repeats = Repeats::default();
        for (place, plain) in places {
            let probe = &probes[place];
            for _ in 0..repeat::TIMES {
                if sent >= repeat::BOUND || begun.elapsed() > CONFIRMING {
                    break;
                }
                sent += 1;
                let Ok(result) = shared.once(probe).await else { break };
                repeats.sent += 1;
                repeats.shown += usize::from(repeat::shows(probe, plain.as_ref(), &result, &drift));
            }
        }
        if repeats.sent > 0 {
            emit(Event::Repeated { signature: drift, repeats });
        }
    }
}

impl Work {
    /// Sends one probe after the other until none is left.
    async fn run(self: Arc<Self>) {
        loop {
            let Ok(permit) = self.ahead.acquire().await else { return };
            permit.forget();
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(probe) = self.probes.get(place) else { return };
            let work = Arc::clone(&self);
            if let Some(room) = self.shared.aftermaths.lingers(probe).await {
                // Its connection lingers; others need not wait for that.
                tokio::spawn(async move {
                    let result = work.guarded(work.settle(&work.probes[place])).await;
                    drop(room);
                    work.hand_on(place, result);
                });
                continue;
            }
            let mut result = self.guarded(self.settle(probe)).await;
            let awaited = self.shared.awaited(probe);
            if awaited.is_empty() {
                self.hand_on(place, result);
                continue;
            }
            tokio::spawn(async move {
                let probe = &work.probes[place];
                match work.shared.suspected(probe, &result, awaited).await {
                    Suspicion::None => {}
                    Suspicion::Tail(suspects) => result = work.guarded(work.shared.again(probe, suspects)).await,
                    Suspicion::Accepted => result = Ok(work.shared.undecided(probe)),
                }
                work.hand_on(place, result);
            });
        }
    }

    fn hand_on(&self, place: usize, result: Result<ProbeResult, Unsent>) {
        // Nobody may be waiting any more.
        let _ = self.settled.send((place, result.map(Box::new)));
    }

    /// What comes of a probe, unless it panics or the run is ended before.
    async fn guarded(&self, result: impl Future<Output = Result<ProbeResult, Unsent>>) -> Result<ProbeResult, Unsent> {
        let mut stopped = self.stopped.clone();
        let interrupted = async {
            // Where nobody can stop the run any more, it goes on.
            if stopped.wait_for(|stopped| *stopped).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            result = AssertUnwindSafe(result).catch_unwind() => result.unwrap_or_else(|panic| {
                // A panic of ours is neither the target's doing nor a pass.
                let why = panic.downcast_ref::<String>().map(String::as_str);
                let why = why.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason").to_owned();
                Err(Unsent::OurFault(why))
            }),
            () = interrupted => Err(self.shared.stopped().unwrap_or(Unsent::Gone)),
        }
    }

    async fn settle(&self, probe: &Probe) -> Result<ProbeResult, Unsent> {
        if let Some(unsent) = self.shared.stopped() {
            return Err(unsent);
        }
        if let Some(reason) = self.controls.against(probe) {
            return Ok(self.shared.recorder.unjudged(probe, reason, "not sent"));
        }
        self.shared.probe(probe).await
    }
}
