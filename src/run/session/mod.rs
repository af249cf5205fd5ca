//! One run from plan to closing: opens the reports, runs the engine, shows what happens, closes the reports.

mod opening;
mod outputs;
mod turn;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant, SystemTime};

use indicatif::ProgressDrawTarget;
use libtest_mimic::Arguments;

use super::engine::Event;
use super::harness::{Line, Trial};
use super::progress::{Live, bar, line};
use super::unsent::{Footing, Unsent};
use super::writer::{Request, Sink};
use super::{engine, harness, identity, signal};
use crate::catalog::Api;
use crate::model::exchange::{LocalLimit, Over};
use crate::model::file::Output;
use crate::model::secret::{Environment, Template, unmaskable};
use crate::plan::{Plan, Probe, Selection};
use crate::policy::gate::Gates;
use crate::report::tally::Tally;
use crate::report::{Closing, Inactive, Opening, ProbeResult};
use crate::wire::sender::Sender;
use crate::wire::settings::Settings as Wire;
pub use opening::opening;
pub(crate) use outputs::reports;
pub use turn::in_turn;

/// What a run needs.
pub struct Session {
    /// The suites with their contracts.
    pub apis: Vec<Arc<Api>>,
    /// The probes that are wanted.
    pub selection: Selection,
    /// How the target is reached.
    pub wire: Wire,
    /// How the engine sends.
    pub engine: engine::Settings,
    /// The variables that suites may read.
    pub environment: Environment,
    /// The reports that were asked for.
    pub reports: Vec<Request>,
    /// Whether warnings fail.
    pub strict: bool,
    /// Whether a host that a suite takes for production is what is meant.
    pub yes_production: bool,
    /// Known resources whose variables are not set: suite and operation, and the variable.
    pub unknown: Vec<(String, String)>,
    /// What is shown while the run goes on.
    pub live: Live,
    /// What decides beside the probes.
    pub gates: Gates,
}

/// Why a run did not begin, or could not be told of.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was asked for makes no sense; nothing was sent.
    #[error("{0}")]
    Usage(String),
    /// The target could not be judged; nothing that may change something was sent.
    #[error("{0}")]
    NotJudged(String),
    /// This machine has no room for a run.
    #[error("{0}")]
    Local(String),
    /// A report could not be written to its end.
    #[error("{0}")]
    Report(String),
}

impl Session {
    /// Runs, and hands back what is known at both ends.
    ///
    /// # Errors
    /// [`Failure::Usage`] before anything is sent; [`Failure::Report`] when a report could not be written.
    pub fn run(mut self) -> Result<(Opening, Closing), Failure> {
        let live = std::mem::replace(&mut self.live, Live::Nothing);
        let prepared = self.prepare(matches!(live, Live::Bar))?;
        let trials = prepared.plan.probes.iter().map(|probe| Trial { id: probe.id.clone(), ignored: false }).collect();
        let (sender, receiver) = mpsc::channel();
        std::thread::scope(|scope| {
            let run = scope.spawn(move || prepared.run(&sender, &mut |_| {}));
            if let Live::Lines(arguments) = &live {
                // Its own count of failures says less than the tally.
                let _ = harness::show(arguments, trials, receiver);
            }
            joined(run)
        })
    }

    /// Everything that can be found out and opened before anything is sent.
    fn prepare(self, shows_bar: bool) -> Result<Prepared, Failure> {
        let started_at = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
        let opening = opening(&self.apis, self.wire.target.as_str(), started_at, self.wire.insecure, self.strict);
        if let Some((suite, pattern)) =
            identity::production(&self.apis, &self.wire.target).filter(|_| !self.yes_production)
        {
            return Err(Failure::Usage(format!(
                "{} looks like production: the suite {suite} says so of hosts like `{pattern}`; nothing was sent; --yes-production runs all the same",
                self.wire.target.host()
            )));
        }
        let sender = Sender::new(&self.wire).map_err(Failure::Usage)?;
        let mut plan = self.plan()?;
        let inactive = self.leave_out(&mut plan);
        signal::listen();
        let sinks = outputs::reports(&self.reports, &opening)?;
        let written = outputs::of_gates(&self.gates)?;
        let is_whole = self.selection.is_whole();
        Ok(Prepared { opening, plan, sender, sinks, written, session: self, shows_bar, inactive, is_whole })
    }

    /// The plan, once every probe of it is known to leave as it is meant.
    fn plan(&self) -> Result<Plan, Failure> {
        let unknown = self.selection.unknown(&self.apis);
        if !unknown.is_empty() {
            return Err(Failure::Usage(unknown.join("\n")));
        }
        let plan = Plan::new(&self.apis, &self.selection);
        let requests = plan.probes.iter().map(|probe| (&probe.id, &probe.request));
        let controls = plan.controls.iter().map(|control| (&control.operation, &control.request));
        for (id, request) in requests.chain(controls).filter(|(_, request)| request.script.is_none()) {
            if let Some(why) = request.breach() {
                return Err(Failure::Usage(format!("{id} cannot be sent as it is meant: {why}")));
            }
        }
        let templates =
            plan.probes.iter().map(|probe| &probe.request).flat_map(crate::model::exchange::Request::templates);
        let names: BTreeSet<&str> =
            templates.filter(|template| template.has_variables()).flat_map(Template::variables).collect();
        let broken = |name: &&str| self.environment.get(name).is_some_and(|value| value.chars().any(char::is_control));
        if let Some(why) = unmaskable(names.iter().copied(), &self.environment) {
            return Err(Failure::Usage(why));
        }
        if let Some(name) = names.into_iter().find(broken) {
            let why = "holds a line break or another control byte, which no header field can carry";
            return Err(Failure::Usage(format!("${{{name}}} {why}; set it to the credential alone")));
        }
        Ok(plan)
    }

    /// Leaves out what the target cannot take, and says so, with what the environment does not know.
    fn leave_out(&self, plan: &mut Plan) -> Vec<Inactive> {
        let mut inactive = Vec::new();
        let before = plan.probes.len();
        plan.probes.retain(|probe| self.wire.target.is_tls() || probe.request.over != Over::Http2);
        if plan.probes.len() < before {
            let why = format!("{} probes are for https targets", before - plan.probes.len());
            inactive.push(Inactive { what: "alike-http-2".to_owned(), why });
        }
        for (place, variable) in &self.unknown {
            inactive.push(Inactive { what: format!("{place}, existence"), why: format!("${{{variable}}} is not set") });
        }
        inactive
    }
}

/// A run that has all it needs, and of which nothing was sent yet.
struct Prepared {
    opening: Opening,
    plan: Plan,
    sender: Sender,
    sinks: Vec<(Sink, String)>,
    /// The files that the gates may write in the end.
    written: BTreeMap<PathBuf, Output>,
    session: Session,
    shows_bar: bool,
    /// What cannot be put to the test on this target.
    inactive: Vec<Inactive>,
    /// Whether all of it was chosen.
    is_whole: bool,
}

impl Prepared {
    /// Sends, and hands a line for each probe to whoever watches.
    fn run(
        self,
        lines: &mpsc::Sender<Line>,
        watch: &mut (dyn FnMut(&ProbeResult) + Send),
    ) -> Result<(Opening, Closing), Failure> {
        let Self { opening, plan, sender, mut sinks, mut written, mut session, shows_bar, inactive, is_whole } = self;
        session.engine.records_all |= !sinks.is_empty();
        let start = Instant::now();
        let mut tally = Tally::default();
        for api in &session.apis {
            tally.open(&api.contract);
        }
        tally.plan(&plan);
        for (probe, reason) in &plan.withheld {
            tally.withheld(probe.clone(), reason.to_string());
        }
        let bar = bar(plan.probes.len());
        let mut broken = None;
        let mut gates = std::mem::take(&mut session.gates);
        let emit = |mut event: Event| {
            match &mut event {
                Event::Result(result) => {
                    gates.result(result);
                    watch(result);
                }
                Event::NotExercised { probe, .. } => gates.not_exercised(probe),
                _ => {}
            }
            bar.inc(u64::from(matches!(event, Event::Result(_) | Event::NotExercised { .. })));
            if shows_bar && bar.is_hidden() && start.elapsed() > PATIENCE {
                bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(5));
            }
            if let Some(line) = line(&event) {
                // Nobody may be watching.
                let _ = lines.send(line);
            }
            take_in(event, &mut tally, &mut sinks, &mut broken);
        };
        let Session { engine, environment, wire, strict, apis, .. } = session;
        let run = engine::Run { plan, sender, target: wire.target.as_str().to_owned(), environment, settings: engine };
        runtime()?.block_on(async { engine::run(run, signal::ended(), emit).await });
        bar.finish_and_clear();
        let elapsed = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        for inactive in inactive {
            tally.inactive(inactive);
        }
        tally.covers(&apis, is_whole);
        let mut closing = tally.close(elapsed, strict);
        let writings = gates.close(&mut closing);
        for (sink, name) in sinks {
            if let Err(error) = sink.close(&opening, &closing) {
                broken.get_or_insert(format!("cannot write the report {name}: {error}"));
            }
        }
        for writing in writings {
            if let Err(error) = outputs::write(&writing, written.remove(&writing.path)) {
                broken.get_or_insert(format!("cannot write {}: {error}", writing.path.display()));
            }
        }
        broken.map_or(Ok((opening, closing)), |broken| Err(Failure::Report(broken)))
    }

    /// The plan's probes as trials. What lacks a variable that a run can do without is ignored, and says so in lists.
    fn trials(&self) -> Vec<Trial> {
        let footing = Footing::of(&self.plan);
        let trial = |probe: &Probe| {
            let missing = |name: &&str| self.session.environment.get(name).is_none();
            let lacks = |name: &str| footing.weighs(&probe.api.suite.id, &Unsent::NotSet(name.to_owned()));
            let missing: Vec<_> = probe.request.variables().into_iter().filter(missing).collect();
            Trial { id: probe.id.clone(), ignored: !missing.is_empty() && !missing.into_iter().any(lacks) }
        };
        self.plan.probes.iter().map(trial).collect()
    }
}

/// Runs the sessions as one conformance test: a trial a probe, chosen by the harness's arguments. What they leave out is
/// not sent. Gives what each session with a chosen probe came to, which weighs more than the count of failures: a run
/// that could not be judged fails, too.
///
/// # Errors
/// As [`Session::run`].
pub fn conform(arguments: &Arguments, sessions: Vec<Session>) -> Result<Vec<Closing>, Failure> {
    let mut all = Vec::new();
    let mut chosen = Vec::new();
    for session in sessions {
        let mut prepared = session.prepare(false)?;
        let trials = prepared.trials();
        let mut takes = trials.iter().map(|trial| harness::takes(arguments, trial));
        let before = prepared.plan.probes.len();
        prepared.plan.probes.retain(|_| takes.next().unwrap_or(false));
        prepared.is_whole &= prepared.plan.probes.len() == before;
        keep_controls(&mut prepared.plan);
        all.extend(trials);
        chosen.push(prepared);
    }
    chosen.retain(|prepared| !arguments.list && !prepared.plan.probes.is_empty());
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        let run = scope.spawn(move || {
            chosen.into_iter().map(|prepared| Ok(prepared.run(&sender, &mut |_| {})?.1)).collect::<Result<Vec<_>, _>>()
        });
        let _ = harness::show(&harness::in_order(arguments.clone()), all, receiver);
        joined(run)
    })
}

/// Leaves the controls of the operations that still have probes, and of each suite the first that carries a credential:
/// it tells the most about operations that have no control.
fn keep_controls(plan: &mut Plan) {
    let operations: BTreeSet<(&str, &str)> =
        plan.probes.iter().map(|probe| (probe.api.suite.id.as_str(), probe.operation.as_str())).collect();
    let mut told = BTreeSet::new();
    plan.controls.retain(|control| {
        let suite = &control.api.suite.id;
        let first = !control.request.variables().is_empty() && told.insert(suite.clone());
        first || operations.contains(&(suite.as_str(), control.operation.as_str()))
    });
}

/// What the thread came to; its panic is ours.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// More threads than these judge no faster than a target answers, and each may have a large reply in memory.
const WORKERS: usize = 4;

/// A runtime for the engine, or for the embedded deployment.
///
/// # Errors
/// The system gives no threads.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let workers = processors.min(WORKERS);
    let narrow = |limit: LocalLimit| Failure::Local(format!("nothing was judged, and nothing sent: {limit}"));
    // Where there is too little room, the runtime panics here or later.
    crate::wire::has_room().map_err(narrow)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build();
    runtime.map_err(|error| match crate::wire::limit(&error) {
        Some(limit) => narrow(limit),
        None => Failure::Usage(format!("cannot start: {error}")),
    })
}

fn take_in(event: Event, tally: &mut Tally, sinks: &mut Vec<(Sink, String)>, broken: &mut Option<String>) {
    match event {
        Event::Result(result) => {
            tally.result(&result);
            sinks.retain_mut(|(sink, name)| match sink.result(&result) {
                Ok(()) => true,
                Err(error) => {
                    broken.get_or_insert(format!("cannot write the report {name}: {error}"));
                    false
                }
            });
        }
        Event::NotExercised { probe, reason, weighs } => {
            if weighs {
                tally.not_judged(reason.clone());
            }
            tally.not_exercised(probe, reason);
        }
        Event::NotJudged(reason) => tally.not_judged(reason),
        Event::MayHaveChanged { requests, held_back } => tally.may_have_changed(requests, held_back),
        Event::Repeated { signature, repeats } => tally.repeated(&signature, repeats),
        Event::Inactive(inactive) => tally.inactive(inactive),
        Event::Compared(compared) => tally.compared(*compared),
        Event::Ended { connection_failures, interrupted, load } => {
            tally.load(load);
            tally.ended(connection_failures, interrupted);
        }
    }
}

/// A session for a conformance test: the built-in suites' environment, no reports.
#[must_use]
pub fn quick(apis: Vec<Arc<Api>>, target: crate::model::target::Target, environment: Environment) -> Session {
    Session {
        apis,
        selection: Selection::default(),
        wire: Wire { target, timeout: DEFAULT_TIMEOUT, insecure: false, ca: None, proxy: None },
        engine: engine::Settings {
            jobs: DEFAULT_JOBS,
            rate: None,
            max_wait: DEFAULT_MAX_WAIT,
            repeat: 1,
            insecure: false,
            records_all: false,
            judge: crate::judge::Settings::default(),
        },
        environment,
        reports: Vec::new(),
        strict: false,
        yes_production: false,
        unknown: Vec::new(),
        live: Live::Nothing,
        gates: Gates::default(),
    }
}

/// A run that takes longer shows a progress bar.
const PATIENCE: Duration = Duration::from_secs(1);
/// Probes under way at once, unless told.
pub const DEFAULT_JOBS: usize = 16;
/// The deadline of a probe, unless told.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest that is waited for an operation that the target limits, in all, unless told.
pub const DEFAULT_MAX_WAIT: Duration = Duration::from_secs(30);
