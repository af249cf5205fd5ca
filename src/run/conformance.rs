//! Runs in lines, one a probe; and as one conformance test.

use std::collections::BTreeSet;
use std::sync::mpsc;
use std::thread::ScopedJoinHandle;

use libtest_mimic::Arguments;

use super::error::Error;
use super::event::Event;
use super::harness;
use super::harness::{Line, Trial};
use super::prepared::Prepared;
use super::session::Session;
use super::signal;
use super::unsent::{RequiredVariables, Unsent};
use crate::model::printable::printable;
use crate::model::verdict::{Severity, Verdict};
use crate::plan::{Plan, Probe};
use crate::report::{Closing, Opening, ProbeResult};

/// Runs the sessions as one conformance test: a trial a probe, chosen by the harness's arguments. What they leave out is
/// not sent. Gives the outcome of each session with a chosen probe, which weighs more than the count of failures: a run
/// that could not be judged fails, too.
///
/// # Errors
/// As [`Session::run`].
pub fn conform(arguments: &Arguments, sessions: Vec<Session>) -> Result<Vec<Closing>, Error> {
    signal::listen();
    let mut all = Vec::new();
    let mut chosen = Vec::new();
    for session in sessions {
        let mut prepared = session.prepare()?;
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
            let mut tell = |event: &Event| tell(&sender, event);
            chosen
                .into_iter()
                .map(|prepared| Ok(prepared.run(signal::ended(), &mut tell)?.1))
                .collect::<Result<Vec<_>, _>>()
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

/// Hands on the line of what happened, if it has one. Nobody may be watching.
fn tell(lines: &mpsc::Sender<Line>, event: &Event) {
    if let Some(line) = line(event) {
        let _ = lines.send(line);
    }
}

/// The outcome of the thread; its panic is ours.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

impl Prepared {
    /// Runs, and prints a line a probe on standard output.
    pub(crate) fn in_lines(
        self,
        arguments: &Arguments,
        watch: &mut (dyn FnMut(&Event) + Send),
    ) -> Result<(Opening, Closing), Error> {
        let trials = self.plan.probes.iter().map(|probe| Trial { id: probe.id.clone(), ignored: false }).collect();
        let (sender, receiver) = mpsc::channel();
        std::thread::scope(|scope| {
            let run = scope.spawn(move || {
                self.run(signal::ended(), &mut |event| {
                    tell(&sender, event);
                    watch(event);
                })
            });
            // Its own count of failures says less than the tally.
            let _ = harness::show(arguments, trials, receiver);
            joined(run)
        })
    }

    /// The plan's probes as trials. What lacks a variable that a run can do without is ignored, and says so in lists.
    fn trials(&self) -> Vec<Trial> {
        let required = RequiredVariables::of(&self.plan);
        let trial = |probe: &Probe| {
            let missing = |name: &&str| self.session.environment.get(name).is_none();
            let lacks = |name: &str| required.weighs(&probe.api.suite.id, &Unsent::NotSet(name.to_owned()));
            let missing: Vec<_> = probe.request.variables().into_iter().filter(missing).collect();
            Trial { id: probe.id.clone(), ignored: !missing.is_empty() && !missing.into_iter().any(lacks) }
        };
        self.plan.probes.iter().map(trial).collect()
    }
}

/// The line of what happened, where it has one.
fn line(event: &Event) -> Option<Line> {
    Some(match event {
        Event::NotJudged(..)
        | Event::MayHaveChanged { .. }
        | Event::Repeated { .. }
        | Event::Compared(_)
        | Event::Inactive(_)
        | Event::Ended { .. } => return None,
        Event::NotExercised { reason, .. } => Line::Ignored(printable(reason, 200)),
        Event::Result(result) => match result.verdict {
            Verdict::Pass | Verdict::Waived => Line::Passed,
            Verdict::Fail => Line::Failed(worst(result)),
            Verdict::Inconclusive | Verdict::Error => {
                let why = result.reason.as_deref().or(result.silence.as_deref()).unwrap_or("no reason");
                Line::Failed(format!("could not be judged: {}", printable(why, 300)))
            }
        },
    })
}

/// The findings of a failed probe in a line each.
fn worst(result: &ProbeResult) -> String {
    let fails =
        |finding: &&crate::judge::finding::Finding| finding.severity == Severity::Error && !finding.is_accepted();
    let errors = result.findings.iter().filter(fails);
    let lines = errors.map(|finding| {
        let text = format!("{} at {}: expected {}, got {}", finding.rule, finding.at, finding.expected, finding.actual);
        printable(&text, 300)
    });
    lines.collect::<Vec<_>>().join("\n")
}
