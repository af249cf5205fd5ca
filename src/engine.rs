//! Sends the plan, a bounded number of probes at a time, and hands on results one by one in the plan's order.
//!
//! It decides when to stop, and nothing else: judging is [`crate::judge`]'s, remembering is the sinks'.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex as Lock, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::{Instant, Interval, MissedTickBehavior};

use crate::control::{self, Controls};
use crate::exchange::{Outcome, Request, Silence};
use crate::footing::{Footing, Unsent};
use crate::judge;
use crate::plan::{Plan, Probe};
use crate::recording::Recorder;
use crate::report::ProbeResult;
use crate::secret::{Environment, Mask};
use crate::wire::sender::Sender;

/// How the engine sends.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Probes under way at once; at least one.
    pub jobs: usize,
    /// Probes a second at most.
    pub rate: Option<u32>,
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
}

/// Connection attempts that must fail one after the other before the target counts as gone, and the pauses before them.
const GONE: &[Duration] =
    &[Duration::ZERO, Duration::from_millis(100), Duration::from_millis(300), Duration::from_millis(600)];
/// Probes that got no reply in time before the run stops: each one costs a whole timeout.
const HANGING: usize = 64;
/// Results that may wait for one before them, for each job.
const AHEAD: usize = 64;
/// How long results gather before they are handed on together.
const BREATH: Duration = Duration::from_millis(2);

/// What all tasks of a run share.
pub(crate) struct Shared {
    pub(crate) sender: Sender,
    pub(crate) environment: Environment,
    pub(crate) recorder: Recorder,
    settings: Settings,
    hanging: AtomicUsize,
    /// Set once, when no connection can be made any more.
    gone: OnceLock<()>,
    /// Held while the target is looked for, so that one look serves all who wait.
    looking: Mutex<()>,
    /// Probes whose connection was lost when the target went away.
    suspects: Lock<Vec<String>>,
}

/// Sends the plan. `emit` gets every event in the plan's order.
pub async fn run(
    plan: Plan,
    sender: Sender,
    target: &str,
    environment: Environment,
    settings: Settings,
    mut emit: impl FnMut(Event),
) {
    let recorder = Recorder {
        target: target.to_owned(),
        insecure: settings.insecure,
        mask: mask(&plan, &environment),
        records_all: settings.records_all,
    };
    let mut shared = Shared {
        sender,
        environment,
        recorder,
        settings,
        hanging: AtomicUsize::new(0),
        gone: OnceLock::new(),
        looking: Mutex::new(()),
        suspects: Lock::default(),
    };
    let controls = Controls::send(&plan.controls, &shared).await;
    shared.settings.judge.outside = control::outside(&plan, &controls, &shared).await;
    let shared = Arc::new(shared);
    for reason in &controls.reasons {
        emit(Event::NotJudged(reason.clone()));
    }
    let footing = Footing::of(&plan);
    probes(plan, controls, &footing, &shared, &mut emit).await;
    if let Some(reason) = shared.obituary() {
        emit(Event::NotJudged(reason));
    }
}

/// A mask for every secret that a request of the plan carries.
fn mask(plan: &Plan, environment: &Environment) -> Mask {
    let probes = plan.probes.iter().map(|probe| &probe.request);
    let requests = probes.chain(plan.controls.iter().map(|control| &control.request));
    let values = requests.flat_map(Request::templates);
    // The same few templates stand in every probe.
    let distinct: BTreeMap<_, _> =
        values.filter(|value| value.has_variables()).map(|value| (value.masked(), value)).collect();
    Mask::new(distinct.into_values(), environment)
}

impl Shared {
    /// The header fields with the secrets in them.
    ///
    /// # Errors
    /// The name of a variable that is not set.
    pub(crate) fn resolve(&self, request: &Request) -> Result<Vec<(String, Vec<u8>)>, String> {
        let resolve =
            |(name, value): &(String, crate::secret::Template)| Ok((name.clone(), value.resolve(&self.environment)?));
        if request.script.is_some()
            && let Some(name) = request.variables().into_iter().find(|name| self.environment.get(name).is_none())
        {
            return Err(name.to_owned());
        }
        request.headers.iter().map(resolve).collect()
    }

    /// Why no more probes are sent.
    fn stopped(&self) -> Option<Unsent> {
        if self.gone.get().is_some() {
            return Some(Unsent::Gone);
        }
        (self.hanging.load(Ordering::Relaxed) >= HANGING)
            .then(|| Unsent::Stopped(format!("the target hangs: {HANGING} probes got no reply in time; the rest was not run (--timeout, --operation and --fault narrow a run)")))
    }

    /// Whether the target went away, now that a connection was lost or could not be made.
    async fn is_gone(&self) -> bool {
        let _looking = self.looking.lock().await;
        if self.gone.get().is_some() {
            return true;
        }
        for pause in GONE {
            tokio::time::sleep(*pause).await;
            if self.sender.connects().await {
                return false;
            }
        }
        self.gone.get_or_init(|| ());
        true
    }

    /// What is said of a target that went away.
    fn obituary(&self) -> Option<String> {
        self.gone.get()?;
        let mut suspects = self.suspects.lock().unwrap_or_else(PoisonError::into_inner).clone();
        suspects.sort();
        let under_way = match suspects.as_slice() {
            [] => {
                return Some(
                    "the target went away during the run, or was never there: check --target, and whether the deployment is up"
                        .to_owned(),
                );
            }
            [one] => format!("it lost the connection of {one}, which may have killed it"),
            many => format!(
                "it lost the connections of {} probes, one of which may have killed it: {}; with --jobs 1 and --filter they can be sent one by one",
                many.len(),
                many.join(", ")
            ),
        };
        Some(format!("the target went away during the run: {under_way}"))
    }

    async fn probe(&self, probe: &Probe) -> Result<ProbeResult, Unsent> {
        if let Some(unsent) = self.stopped() {
            return Err(unsent);
        }
        if let Some(why) = self.sender.unfit(&probe.request) {
            return Err(Unsent::Unfit(why));
        }
        let headers = self.resolve(&probe.request).map_err(Unsent::NotSet)?;
        let exchange = self.sender.send(&probe.request, &headers, &self.environment).await;
        if let Outcome::Silence(silence) = &exchange.outcome {
            match silence {
                Silence::TimedOut(_) | Silence::Stalled(..) => {
                    self.hanging.fetch_add(1, Ordering::Relaxed);
                }
                Silence::Unreachable(_) if self.is_gone().await => return Err(Unsent::Gone),
                Silence::Closed(_) if self.is_gone().await => return Ok(self.last_words(probe)),
                _ => {}
            }
        }
        let judgement = judge::judge(probe, &exchange, &headers, &self.settings.judge);
        Ok(self.recorder.result(probe, &exchange, judgement))
    }

    /// A probe whose connection was lost because the target went away, by its doing or another's.
    fn last_words(&self, probe: &Probe) -> ProbeResult {
        self.suspects.lock().unwrap_or_else(PoisonError::into_inner).push(probe.id.clone());
        self.recorder.unjudged(probe, "the target went away while it was under way", "the connection was lost")
    }
}

/// What one probe came to, as its worker hands it on.
type Settled = Result<Box<ProbeResult>, (String, String, Unsent)>;

/// The probes that are left, with the place of the next one in the plan.
type Queue = Lock<std::iter::Enumerate<std::vec::IntoIter<Probe>>>;

/// What the workers of a run share.
struct Work {
    shared: Arc<Shared>,
    controls: Controls,
    queue: Queue,
    /// A permit for each result that may still wait for one before it.
    ahead: Arc<Semaphore>,
    pace: Option<Mutex<Interval>>,
    settled: UnboundedSender<(usize, Settled)>,
}

async fn probes(plan: Plan, controls: Controls, footing: &Footing, shared: &Arc<Shared>, emit: &mut impl FnMut(Event)) {
    let jobs = shared.settings.jobs.max(1);
    let pace = shared.settings.rate.map(|rate| {
        let mut pace = tokio::time::interval_at(Instant::now(), Duration::from_secs(1) / rate.max(1));
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Mutex::new(pace)
    });
    let (settled, mut results) = unbounded_channel();
    let workers = jobs.min(plan.probes.len());
    let ahead = Arc::new(Semaphore::new(jobs * AHEAD));
    let work = Arc::new(Work {
        shared: Arc::clone(shared),
        controls,
        queue: Lock::new(plan.probes.into_iter().enumerate()),
        ahead: Arc::clone(&ahead),
        pace,
        settled,
    });
    for _ in 0..workers {
        tokio::spawn(Arc::clone(&work).run());
    }
    drop(work);
    // The channel closes when the last worker has ended.
    let (mut next, mut early) = (0, BTreeMap::new());
    let mut batch = Vec::new();
    while results.recv_many(&mut batch, jobs * AHEAD).await > 0 {
        early.extend(batch.drain(..));
        let before = next;
        while let Some(result) = early.remove(&next) {
            next += 1;
            emit(event(result, footing));
        }
        ahead.add_permits(next - before);
        // To be woken for every result costs a fast target more than the judging.
        tokio::time::sleep(BREATH).await;
    }
}

fn event(result: Settled, footing: &Footing) -> Event {
    match result {
        Ok(result) => Event::Result(result),
        Err((suite, probe, unsent)) => {
            Event::NotExercised { probe, reason: unsent.to_string(), weighs: footing.weighs(&suite, &unsent) }
        }
    }
}

impl Work {
    /// Sends one probe after the other until none is left.
    async fn run(self: Arc<Self>) {
        loop {
            let Ok(permit) = self.ahead.acquire().await else { return };
            permit.forget();
            let next = self.queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((place, probe)) = next else { return };
            let result = AssertUnwindSafe(self.settle(&probe)).catch_unwind().await.unwrap_or_else(|panic| {
                // A panic of ours is neither the target's doing nor a pass.
                let why = panic.downcast_ref::<String>().map(String::as_str);
                let why = why.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason").to_owned();
                Err(Unsent::OurFault(why))
            });
            let result = result.map(Box::new).map_err(|unsent| (probe.api.suite.id.clone(), probe.id, unsent));
            if self.settled.send((place, result)).is_err() {
                return;
            }
        }
    }

    async fn settle(&self, probe: &Probe) -> Result<ProbeResult, Unsent> {
        if let Some(reason) = self.controls.against(probe) {
            return Ok(self.shared.recorder.unjudged(probe, reason, "not sent"));
        }
        if let Some(pace) = &self.pace {
            pace.lock().await.tick().await;
        }
        self.shared.probe(probe).await
    }
}
