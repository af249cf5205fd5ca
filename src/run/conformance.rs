//! Runs as one conformance test: a trial a probe.

use std::collections::BTreeSet;
use std::sync::mpsc;

use libtest_mimic::Arguments;

use super::failure::Failure;
use super::harness::{self, Trial};
use super::prepared::{Prepared, joined};
use super::session::Session;
use super::unsent::{Footing, Unsent};
use crate::plan::{Plan, Probe};
use crate::report::Closing;

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

impl Prepared {
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
