//! `replay`: one probe of an earlier run once more, byte by byte, or some probes of each of its drifts.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::load::{environment, load};
use super::options::Reach;
use super::output::{failed, say};
use super::stored::{report, suites};
use crate::catalog::Api;
use crate::catalog::document::nearest;
use crate::model::secret::Environment;
use crate::model::target::Target;
use crate::render;
use crate::report::Report;
use crate::run::error::Error;
use crate::run::replay::Replay;
use crate::run::retest::Again;
use crate::run::settings::DEFAULT_JOBS;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The report in JSON; `-` is standard input
    report: PathBuf,
    /// One probe, by its id as it stands in the report; else some of each drift, as far as they change nothing
    #[arg(long, value_name = "ID")]
    probe: Option<String>,
    /// Where it goes; needed unless the report's target is this machine and no probe carries a credential
    #[arg(long, value_name = "URL")]
    target: Option<String>,
    /// The suite, where it is no longer where the report says
    #[arg(long, value_name = "SUITE")]
    suite: Vec<String>,
    #[command(flatten)]
    reach: Reach,
}

/// Sends a probe again and prints the exchange, or looks for every drift again.
pub(super) fn replay(arguments: &Arguments) -> u8 {
    let outcome = match &arguments.probe {
        Some(probe) => one(arguments, probe),
        None => all(arguments),
    };
    outcome.unwrap_or_else(|code| code)
}

fn one(arguments: &Arguments, probe: &str) -> Result<u8, u8> {
    let report = report(&arguments.report)?;
    let ids: Vec<&str> = report.results.iter().map(|result| result.probe.as_str()).collect();
    let Some(result) = report.results.iter().find(|result| result.probe == probe) else {
        let closest = nearest(probe, &ids);
        let closest = if closest.is_empty() { String::new() } else { format!("; did you mean `{closest}`?") };
        return Err(usage(format!("{}: has no result of `{probe}`{closest}", arguments.report.display())));
    };
    let target = target(arguments, &report)?;
    let environment = environment();
    let api = apis(arguments, &report, &[&result.suite], &environment)?.remove(0);
    let mut engine = arguments.reach.engine(1, None);
    engine.judge.strict = report.opening.strict;
    let replay = Replay {
        probe: result.probe.clone(),
        api,
        wire: arguments.reach.wire(target),
        environment,
        engine,
        yes_production: arguments.reach.yes_production,
        before: report.signatures(&result.probe).into_iter().map(str::to_owned).collect(),
        named: arguments.target.is_some(),
    };
    let replayed = replay.run().map_err(|failure| failed(&failure))?;
    say(&render::replay::text(&replayed));
    Ok(replayed.result.verdict.exit_code())
}

fn all(arguments: &Arguments) -> Result<u8, u8> {
    let report = report(&arguments.report)?;
    if report.closing.drifts.is_empty() {
        return Err(usage(format!("{}: has no drift to look for again", arguments.report.display())));
    }
    let target = target(arguments, &report)?;
    let environment = environment();
    let drifting: BTreeSet<&String> = report.closing.all().flat_map(|drift| &drift.probes).collect();
    let of_drifts = report.results.iter().filter(|result| drifting.contains(&result.probe));
    let named: BTreeSet<&str> = of_drifts.map(|result| result.suite.as_str()).collect();
    let ids: Vec<&str> = named.into_iter().collect();
    let apis = apis(arguments, &report, &ids, &environment)?;
    let again = Again {
        apis,
        wire: arguments.reach.wire(target),
        environment,
        engine: arguments.reach.engine(DEFAULT_JOBS, None),
        yes_production: arguments.reach.yes_production,
        named: arguments.target.is_some(),
        report,
    };
    let retest = again.run().map_err(|failure| failed(&failure))?;
    say(&render::retest::text(&retest));
    Ok(retest.exit_code())
}

/// The suites of those ids, as they are today.
fn apis(arguments: &Arguments, report: &Report, ids: &[&str], environment: &Environment) -> Result<Vec<Arc<Api>>, u8> {
    let known = |names: &[String]| Ok(load(names, environment, &arguments.reach.header)?.0);
    suites(report, ids, &arguments.suite, known)
}

fn usage(why: String) -> u8 {
    failed(&Error::Usage(why))
}

/// Where it goes: where the command line says, or to this machine where the report says.
fn target(arguments: &Arguments, report: &Report) -> Result<Target, u8> {
    let target = arguments.target.as_deref().unwrap_or(&report.opening.target);
    let target = Target::parse(target).map_err(usage)?;
    if arguments.target.is_none() && !target.is_loopback() {
        let (report, target) = (arguments.report.display(), target.as_str());
        return Err(usage(format!(
            "{report} is of {target}, and nothing is sent to a host that the command line does not name; nothing was sent; --target {target} sends it there"
        )));
    }
    Ok(target)
}
