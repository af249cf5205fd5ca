//! `replay`: one probe of an earlier run once more.

use std::path::PathBuf;

use clap::Args;

use super::load::{environment, load};
use super::options::Reach;
use super::output::{failed, say};
use super::stored::{report, suites};
use crate::catalog::document::nearest;
use crate::model::target::Target;
use crate::render;
use crate::run::error::Error;
use crate::run::replay::Replay;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The report in JSON; `-` is standard input
    report: PathBuf,
    /// The probe's id, as it stands in the report
    #[arg(long, value_name = "ID")]
    probe: String,
    /// Where it goes; needed unless the report's target is this machine and the probe carries no credential
    #[arg(long, value_name = "URL")]
    target: Option<String>,
    /// The suite, where it is no longer where the report says
    #[arg(long, value_name = "SUITE")]
    suite: Vec<String>,
    #[command(flatten)]
    reach: Reach,
}

/// Sends a probe again, and prints the exchange.
pub(super) fn replay(arguments: &Arguments) -> u8 {
    let replay = match prepared(arguments) {
        Ok(replay) => replay,
        Err(code) => return code,
    };
    match replay.run() {
        Ok(replayed) => {
            say(&render::replay::text(&replayed));
            replayed.result.verdict.exit_code()
        }
        Err(failure) => failed(&failure),
    }
}

fn prepared(arguments: &Arguments) -> Result<Replay, u8> {
    let usage = |why: String| failed(&Error::Usage(why));
    let report = report(&arguments.report)?;
    let ids: Vec<&str> = report.results.iter().map(|result| result.probe.as_str()).collect();
    let Some(result) = report.results.iter().find(|result| result.probe == arguments.probe) else {
        let closest = nearest(&arguments.probe, &ids);
        let closest = if closest.is_empty() { String::new() } else { format!("; did you mean `{closest}`?") };
        return Err(usage(format!("{}: has no result of `{}`{closest}", arguments.report.display(), arguments.probe)));
    };
    let named = arguments.target.is_some();
    let target = arguments.target.as_deref().unwrap_or(&report.opening.target);
    let target = Target::parse(target).map_err(usage)?;
    if !named && !target.is_loopback() {
        let (report, target) = (arguments.report.display(), target.as_str());
        return Err(usage(format!(
            "{report} is of {target}, and nothing is sent to a host that the command line does not name; nothing was sent; --target {target} sends the probe there"
        )));
    }
    let environment = environment();
    let known = |names: &[String]| Ok(load(names, &environment, &arguments.reach.header)?.0);
    let api = suites(&report, &[&result.suite], &arguments.suite, known)?.remove(0);
    let mut engine = arguments.reach.engine(1, None);
    engine.judge.strict = report.opening.strict;
    Ok(Replay {
        probe: result.probe.clone(),
        api,
        wire: arguments.reach.wire(target),
        environment,
        engine,
        yes_production: arguments.reach.yes_production,
        before: report.signatures(&result.probe).into_iter().map(str::to_owned).collect(),
        named,
    })
}
