//! Sends the plan, a bounded number of probes at a time, and hands on results one by one in the plan's order.
//!
//! It decides when to stop, and nothing else: judging is [`crate::judge`]'s, remembering is the sinks'.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior};

use crate::exchange::{Exchange, Outcome, Request, Silence};
use crate::judge::{self, Judgement, text};
use crate::plan::{Control, Plan, Probe};
use crate::recording;
use crate::report::ProbeResult;
use crate::secret::{Environment, Mask};
use crate::verdict::Verdict;
use crate::wire::client::Client;

/// How the engine sends.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Probes under way at once; at least one.
    pub jobs: usize,
    /// Probes a second at most.
    pub rate: Option<u32>,
    /// Whether certificates are not verified; printed commands say so, too.
    pub insecure: bool,
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

/// Probes that found no connection, one after the other, before the target counts as gone.
const GONE: usize = 5;
/// Probes that got no reply in time before the run stops: each one costs a whole timeout.
const HANGING: usize = 64;
/// Results that may wait for one before them, for each job.
const AHEAD: usize = 64;

/// What all tasks of a run share.
struct Shared {
    client: Client,
    target: String,
    environment: Environment,
    mask: Mask,
    settings: Settings,
    unreachable: AtomicUsize,
    hanging: AtomicUsize,
}

/// Sends the plan. `emit` gets every event in the plan's order.
pub async fn run(
    plan: Plan,
    client: Client,
    target: &str,
    environment: Environment,
    settings: Settings,
    mut emit: impl FnMut(Event),
) {
    let mask = mask(&plan, &environment);
    let shared = Arc::new(Shared {
        client,
        target: target.to_owned(),
        environment,
        mask,
        settings,
        unreachable: AtomicUsize::new(0),
        hanging: AtomicUsize::new(0),
    });
    let controls = Controls::send(&plan.controls, &shared).await;
    for reason in &controls.reasons {
        emit(Event::NotJudged(reason.clone()));
    }
    probes(plan, &controls, &shared, &mut emit).await;
}

/// A mask for every secret that a request of the plan carries.
fn mask(plan: &Plan, environment: &Environment) -> Mask {
    let probes = plan.probes.iter().map(|probe| &probe.request);
    let requests = probes.chain(plan.controls.iter().map(|control| &control.request));
    let values = requests.flat_map(|request| &request.headers).map(|(_, value)| value);
    // The same few templates stand in every probe.
    let distinct: BTreeMap<_, _> =
        values.filter(|value| !value.variables().is_empty()).map(|value| (value.masked(), value)).collect();
    Mask::new(distinct.into_values(), environment)
}

/// What the controls say of the target.
#[derive(Default)]
struct Controls {
    /// Why an operation's probes prove nothing, by suite and operation.
    failed: BTreeMap<(String, String), String>,
    /// Why a suite's probes prove nothing.
    suites: BTreeMap<String, String>,
    /// For the summary.
    reasons: Vec<String>,
}

impl Controls {
    async fn send(controls: &[Control], shared: &Shared) -> Self {
        let mut all = Self::default();
        let suites: BTreeSet<&str> = controls.iter().map(|control| control.api.suite.id.as_str()).collect();
        for suite in suites {
            let (mut sent, mut failures, mut missing) = (0, Vec::new(), BTreeSet::new());
            for control in controls.iter().filter(|control| control.api.suite.id == suite) {
                let Some(outcome) = shared.control(control).await else {
                    let unset = |name: &&str| shared.environment.get(name).is_none();
                    missing.extend(control.request.variables().into_iter().filter(unset).map(not_set));
                    continue;
                };
                sent += 1;
                if let Err(failure) = outcome {
                    failures.push((control.operation.clone(), failure));
                    if matches!(failures.last(), Some((_, ControlFailure { unreachable: true, .. }))) {
                        break;
                    }
                }
            }
            if sent == 0 && !missing.is_empty() {
                let missing = missing.into_iter().collect::<Vec<_>>().join(", ");
                all.reasons
                    .push(format!("no control of {suite} could be sent, so nothing shows that it is there: {missing}"));
            }
            let unreachable = failures.last().is_some_and(|(_, failure)| failure.unreachable);
            if sent > 0 && (unreachable || failures.len() == sent) {
                let (operation, failure) = &failures[failures.len() - 1];
                let advice = if unreachable {
                    "check --target, and whether the deployment is up"
                } else {
                    "check --target and the credentials"
                };
                let reason = format!("no control of {suite} succeeded: {operation} {}; {advice}", failure.text);
                all.reasons.push(reason.clone());
                all.suites.insert(suite.to_owned(), reason);
            } else {
                for (operation, failure) in failures {
                    let advice =
                        format!("if the account has no right to it, leave it out with --skip {suite}/{operation}/");
                    let reason = format!("the control of {suite}/{operation} failed: it {}; {advice}", failure.text);
                    all.reasons.push(reason.clone());
                    all.failed.insert((suite.to_owned(), operation), reason);
                }
            }
        }
        all
    }

    fn against(&self, probe: &Probe) -> Option<&String> {
        let suite = &probe.api.suite.id;
        self.suites.get(suite).or_else(|| self.failed.get(&(suite.clone(), probe.operation.clone())))
    }
}

struct ControlFailure {
    text: String,
    unreachable: bool,
}

/// How often a control is sent before it has failed: it is the tester's own footing, not a judgement.
const CONTROL_ATTEMPTS: usize = 2;

impl Shared {
    /// Sends a control; `None` where a variable is missing.
    async fn control(&self, control: &Control) -> Option<Result<(), ControlFailure>> {
        let headers = self.resolve(&control.request).ok()?;
        let mut failure = ControlFailure { text: String::new(), unreachable: false };
        for _ in 0..CONTROL_ATTEMPTS {
            let exchange = self.client.send(&control.request, &headers).await;
            match exchange.outcome {
                Outcome::Reply(reply) if (200..300).contains(&reply.status) => return Some(Ok(())),
                Outcome::Reply(reply) => {
                    let actual = format!("was answered {} with {}", reply.status, text::describe(&reply));
                    failure = ControlFailure { text: recording::shown(&actual, &self.mask), unreachable: false };
                }
                Outcome::Silence(silence) => {
                    let unreachable = matches!(silence, Silence::Unreachable(_) | Silence::Tls(_));
                    failure = ControlFailure { text: format!("had no answer ({silence})"), unreachable };
                }
            }
            if failure.unreachable {
                break;
            }
        }
        Some(Err(failure))
    }

    fn resolve(&self, request: &Request) -> Result<Vec<(String, Vec<u8>)>, String> {
        let resolve =
            |(name, value): &(String, crate::secret::Template)| Ok((name.clone(), value.resolve(&self.environment)?));
        request.headers.iter().map(resolve).collect()
    }

    /// Why no more probes are sent.
    fn stopped(&self) -> Option<String> {
        if self.unreachable.load(Ordering::Relaxed) >= GONE {
            return Some(format!(
                "the target is gone: {GONE} probes in a row found no connection; the rest was not run"
            ));
        }
        (self.hanging.load(Ordering::Relaxed) >= HANGING)
            .then(|| format!("the target hangs: {HANGING} probes got no reply in time; the rest was not run (--timeout, --operation and --fault narrow a run)"))
    }

    async fn probe(&self, probe: Probe) -> Result<ProbeResult, (String, String)> {
        if let Some(reason) = self.stopped() {
            return Err((probe.id, reason));
        }
        let headers = match self.resolve(&probe.request) {
            Ok(headers) => headers,
            Err(name) => return Err((probe.id, not_set(&name))),
        };
        let exchange = self.client.send(&probe.request, &headers).await;
        match &exchange.outcome {
            Outcome::Silence(Silence::Unreachable(_)) => {
                self.unreachable.fetch_add(1, Ordering::Relaxed);
            }
            Outcome::Silence(Silence::TimedOut(_)) => {
                self.hanging.fetch_add(1, Ordering::Relaxed);
            }
            _ => self.unreachable.store(0, Ordering::Relaxed),
        }
        let judgement = judge::judge(&probe, &exchange, &headers, self.settings.judge);
        Ok(self.result(&probe, &exchange, judgement))
    }

    fn result(&self, probe: &Probe, exchange: &Exchange, judgement: Judgement) -> ProbeResult {
        let verdict = judgement.verdict();
        let (reply, silence) = match &exchange.outcome {
            Outcome::Reply(reply) => (Some(recording::reply(reply, &self.mask)), None),
            Outcome::Silence(silence) => (None, Some(self.mask.text(&silence.to_string()))),
        };
        let contract = &probe.api.contract.file.id;
        ProbeResult {
            probe: probe.id.clone(),
            suite: probe.api.suite.id.clone(),
            operation: probe.operation.clone(),
            fault: probe.fault.id.to_owned(),
            cause: probe.cause,
            verdict,
            layer: judgement.layer,
            duration_ms: milliseconds(exchange.duration),
            request: recording::request(&probe.request, &self.target, self.settings.insecure, &self.mask),
            reply,
            silence,
            reason: judgement.inconclusive.map(|reason| self.mask.text(&reason)),
            findings: recording::findings(judgement.findings, &self.mask),
            code: judgement.code.map(|code| (contract.clone(), code)),
        }
    }

    /// A probe that a failed control has made worthless.
    fn unproven(&self, probe: &Probe, reason: &str) -> ProbeResult {
        let silence = Silence::Unreachable(String::new());
        let exchange = Exchange { outcome: Outcome::Silence(silence), duration: Duration::ZERO };
        let judgement = Judgement { inconclusive: Some(reason.to_owned()), ..Judgement::default() };
        let mut result = self.result(probe, &exchange, judgement);
        result.silence = Some("not sent".to_owned());
        result.verdict = Verdict::Inconclusive;
        result
    }
}

/// A duration in milliseconds, to the microsecond.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

type Task = JoinHandle<Result<ProbeResult, (String, String)>>;

async fn probes(plan: Plan, controls: &Controls, shared: &Arc<Shared>, emit: &mut impl FnMut(Event)) {
    let jobs = Arc::new(Semaphore::new(shared.settings.jobs.max(1)));
    let ahead = shared.settings.jobs.max(1) * AHEAD;
    let mut pace = shared.settings.rate.map(|rate| {
        let mut pace = tokio::time::interval_at(Instant::now(), Duration::from_secs(1) / rate.max(1));
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        pace
    });
    let footing = Footing::of(&plan);
    let mut waiting: VecDeque<Pending> = VecDeque::new();
    for probe in plan.probes {
        if waiting.len() >= ahead
            && let Some(first) = waiting.pop_front()
        {
            first.settle(&footing, emit).await;
        }
        if let Some(reason) = controls.against(&probe) {
            waiting.push_back(Pending::Done(Box::new(shared.unproven(&probe, reason))));
            continue;
        }
        if let Some(pace) = &mut pace {
            pace.tick().await;
        }
        let (shared, jobs) = (Arc::clone(shared), Arc::clone(&jobs));
        let (suite, id) = (probe.api.suite.id.clone(), probe.id.clone());
        let task = tokio::spawn(async move {
            let _permit = jobs.acquire_owned().await;
            shared.probe(probe).await
        });
        waiting.push_back(Pending::Sent { task, suite, id });
    }
    for pending in waiting {
        pending.settle(&footing, emit).await;
    }
}

enum Pending {
    Sent { task: Task, suite: String, id: String },
    Done(Box<ProbeResult>),
}

impl Pending {
    async fn settle(self, footing: &Footing, emit: &mut impl FnMut(Event)) {
        match self {
            Self::Done(result) => emit(Event::Result(result)),
            Self::Sent { task, suite, id } => match task.await {
                Ok(Ok(result)) => emit(Event::Result(Box::new(result))),
                Ok(Err((probe, reason))) => {
                    let weighs = footing.weighs(&suite, &reason);
                    emit(Event::NotExercised { probe, reason, weighs });
                }
                // A panic of ours is neither the target's doing nor a pass.
                Err(error) => {
                    let reason = format!("errdrift failed on it: {error}; please report this");
                    emit(Event::NotExercised { probe: id, reason, weighs: true });
                }
            },
        }
    }
}

/// Why a probe is not sent that needs this variable.
#[must_use]
pub fn not_set(variable: &str) -> String {
    format!("${{{variable}}} is not set")
}

/// The variables without which a suite has no footing, by the text that names the lack.
pub struct Footing(BTreeSet<(String, String)>);

impl Footing {
    /// What the plan's suites cannot do without.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let apis: BTreeMap<_, _> = plan.probes.iter().map(|probe| (&probe.api.suite.id, &probe.api)).collect();
        let mut lacks = BTreeSet::new();
        for (suite, api) in apis {
            for credential in api.suite.credentials.values() {
                for (_, value) in crate::fault::draft::carried(credential, &credential.valid) {
                    lacks.extend(value.variables().into_iter().map(|name| (suite.clone(), not_set(name))));
                }
            }
        }
        Self(lacks)
    }

    /// Whether a probe that was not sent for that reason makes the run less than what was asked for. A second account or
    /// an expired token is a bonus; the right credential is not.
    #[must_use]
    pub fn weighs(&self, suite: &str, reason: &str) -> bool {
        !reason.ends_with(" is not set") || self.0.contains(&(suite.to_owned(), reason.to_owned()))
    }
}
