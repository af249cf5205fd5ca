//! One run from plan to closing: opens the reports, runs the engine, shows what happens, closes the reports.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use libtest_mimic::Arguments;

use crate::catalog::Api;
use crate::engine::{self, Event};
use crate::harness::{self, Line};
use crate::plan::{Plan, Selection};
use crate::report::{Closing, Opening, ProbeResult, Tally};
use crate::secret::Environment;
use crate::sink::{Request, Sink};
use crate::verdict::{Severity, Verdict};
use crate::wire::client::{Client, Settings as Wire};

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
    /// What is shown while the run goes on.
    pub live: Live,
}

/// What is shown while a run goes on.
pub enum Live {
    /// A line a probe, on standard output.
    Lines(Box<Arguments>),
    /// A progress bar on standard error, if that is a terminal and the run takes longer than a second.
    Bar,
    /// Nothing.
    Nothing,
}

/// Why a run did not begin, or could not be told of.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was asked for makes no sense; nothing was sent.
    #[error("{0}")]
    Usage(String),
    /// A report could not be written to its end.
    #[error("{0}")]
    Report(String),
}

impl Session {
    /// Runs, and hands back what is known at both ends.
    ///
    /// # Errors
    /// [`Failure::Usage`] before anything is sent; [`Failure::Report`] when a report could not be written.
    pub fn run(self) -> Result<(Opening, Closing), Failure> {
        let start = Instant::now();
        let opening = Opening {
            target: self.wire.target.as_str().to_owned(),
            started_at: jiff::Timestamp::now().to_string(),
            suites: self.apis.iter().map(|api| api.suite.id.clone()).collect(),
            insecure: self.wire.insecure,
            strict: self.strict,
        };
        let plan = self.plan()?;
        let client = Client::new(&self.wire).map_err(Failure::Usage)?;
        let mut sinks = self.open(&opening)?;
        let mut tally = Tally::default();
        for api in &self.apis {
            tally.open(&api.contract);
        }
        for (probe, reason) in &plan.withheld {
            tally.withheld(probe.clone(), reason.clone());
        }
        let ids: Vec<_> = plan.probes.iter().map(|probe| probe.id.clone()).collect();
        let bar = Self::bar(ids.len());
        let shows_bar = matches!(self.live, Live::Bar);
        let (sender, receiver) = mpsc::channel();
        let mut broken = None;
        let runtime = runtime()?;
        let Self { engine, environment, wire, live, strict, .. } = self;
        std::thread::scope(|scope| {
            let (tally, sinks, broken, bar) = (&mut tally, &mut sinks, &mut broken, &bar);
            scope.spawn(move || {
                let emit = |event: Event| {
                    bar.inc(u64::from(!matches!(event, Event::NotJudged(_))));
                    if shows_bar && bar.is_hidden() && start.elapsed() > PATIENCE {
                        bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(5));
                    }
                    if let Some(line) = line(&event) {
                        // Nobody may be watching.
                        let _ = sender.send(line);
                    }
                    take_in(event, tally, sinks, broken);
                };
                runtime.block_on(engine::run(plan, client, wire.target.as_str(), environment, engine, emit));
            });
            if let Live::Lines(arguments) = &live {
                // Its own count of failures says less than the tally.
                let _ = harness::show(arguments, ids, receiver);
            }
        });
        bar.finish_and_clear();
        let elapsed = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let closing = tally.close(elapsed, strict);
        for (sink, name) in sinks {
            if let Err(error) = sink.close(&opening, &closing) {
                broken.get_or_insert(format!("cannot write the report {name}: {error}"));
            }
        }
        broken.map_or(Ok((opening, closing)), |broken| Err(Failure::Report(broken)))
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
        for (id, request) in requests.chain(controls) {
            Client::faithful(&self.wire.target, request)
                .map_err(|why| Failure::Usage(format!("{id} cannot be sent as it is meant: {why}")))?;
        }
        Ok(plan)
    }

    fn open(&self, opening: &Opening) -> Result<Vec<(Sink, String)>, Failure> {
        let open = |request: &Request| {
            let name = request.path.as_ref().map_or_else(|| "-".to_owned(), |path| path.display().to_string());
            let sink = Sink::open(request, opening)
                .map_err(|error| Failure::Usage(format!("cannot write the report {name}: {error}")))?;
            Ok((sink, name))
        };
        self.reports.iter().map(open).collect()
    }

    /// A bar that is hidden until the run has taken a while.
    fn bar(probes: usize) -> ProgressBar {
        let bar = ProgressBar::with_draw_target(Some(probes as u64), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} probes, {eta} left");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar
    }
}

/// A runtime for the engine, or for the embedded deployment.
///
/// # Errors
/// The system gives no threads.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Failure::Usage(format!("cannot start: {error}")))
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
    }
}

fn line(event: &Event) -> Option<Line> {
    Some(match event {
        Event::NotJudged(_) => return None,
        Event::NotExercised { reason, .. } => Line::Ignored(crate::render::printable(reason, 200)),
        Event::Result(result) => match result.verdict {
            Verdict::Pass | Verdict::Waived => Line::Passed,
            Verdict::Fail => Line::Failed(worst(result)),
            Verdict::Inconclusive | Verdict::Error => {
                let why = result.reason.as_deref().or(result.silence.as_deref()).unwrap_or("no reason");
                Line::Failed(format!("could not be judged: {}", crate::render::printable(why, 300)))
            }
        },
    })
}

/// The findings of a failed probe in a line each.
fn worst(result: &ProbeResult) -> String {
    let errors = result.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let lines = errors.map(|finding| {
        let text = format!("{} at {}: expected {}, got {}", finding.rule, finding.at, finding.expected, finding.actual);
        crate::render::printable(&text, 300)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A session for a conformance test: the built-in suites' environment, no reports.
#[must_use]
pub fn quick(apis: Vec<Arc<Api>>, target: crate::wire::client::Target, environment: Environment) -> Session {
    Session {
        apis,
        selection: Selection::default(),
        wire: Wire { target, timeout: DEFAULT_TIMEOUT, insecure: false, ca: None, proxy: None },
        engine: engine::Settings {
            jobs: DEFAULT_JOBS,
            rate: None,
            insecure: false,
            judge: crate::judge::Settings::default(),
        },
        environment,
        reports: Vec::new(),
        strict: false,
        live: Live::Nothing,
    }
}

/// A run that takes longer shows a progress bar.
const PATIENCE: Duration = Duration::from_secs(1);
/// Probes under way at once, unless told.
pub const DEFAULT_JOBS: usize = 16;
/// The deadline of a probe, unless told.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
