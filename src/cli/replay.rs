//! `replay` and `judge`: from the report of an earlier run to one exchange more, or to another judgement of its exchanges.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::arguments::Reach;
use super::gates::report;
use super::output::{say, tell};
use super::run::{environment, load, width};
use super::{failed, files};
use crate::catalog::Api;
use crate::document::nearest;
use crate::render;
use crate::render::human;
use crate::render::style::Style;
use crate::replay::Replay;
use crate::retrial::Retrial;
use crate::session::{self, Failure};
use crate::sink;
use crate::stored::Stored;
use crate::wire::target::Target;

#[derive(Args, Debug)]
pub(super) struct ReplayArguments {
    /// The report in JSON; `-` is standard input
    report: PathBuf,
    /// The probe's id, as it stands in the report
    #[arg(long, value_name = "ID")]
    probe: String,
    /// Another target than that of the report
    #[arg(long, value_name = "URL")]
    target: Option<String>,
    /// The suite, where it is no longer where the report says
    #[arg(long, value_name = "SUITE")]
    suite: Vec<String>,
    #[command(flatten)]
    reach: Reach,
}

#[derive(Args, Debug)]
pub(super) struct JudgeArguments {
    /// The report in JSON; `-` is standard input
    report: PathBuf,
    /// Write a report: json, junit, html, sarif, markdown, github or har, as json=FILE; `-` is standard output; repeatable
    #[arg(long = "report", value_name = "FORMAT=FILE")]
    reports: Vec<sink::Request>,
    /// A suite, where it is no longer where the report says; repeatable
    #[arg(long, value_name = "SUITE")]
    suite: Vec<String>,
    /// Let warnings fail, as they did if the run was strict
    #[arg(long)]
    strict: bool,
}

/// The report with its exchanges.
fn stored(path: &Path) -> Result<Stored, u8> {
    report(path, Stored::read).map_err(|failure| failed(&failure))
}

/// The suites of those ids as they are today: those that are named, else what the report says.
fn suites(stored: &Stored, ids: &[&str], named: &[String]) -> Result<Vec<Arc<Api>>, u8> {
    let environment = environment();
    let (mut apis, _) = load(named, &environment)?;
    let missing: Vec<String> = ids
        .iter()
        .filter(|id| !apis.iter().any(|api| api.suite.id == **id))
        .map(|id| stored.suite_names.get(*id).map_or_else(|| (*id).to_owned(), Clone::clone))
        .collect();
    let help = |code| {
        tell("errdrift: suites are looked for where the report says; --suite FILE names one that is elsewhere now");
        code
    };
    apis.extend(load(&missing, &environment).map_err(help)?.0);
    apis.retain(|api| ids.contains(&api.suite.id.as_str()));
    if let Some(id) = ids.iter().find(|id| !apis.iter().any(|api| api.suite.id == **id)) {
        let why = format!("the report is of the suite {id}, and none of that id was found; --suite FILE names it");
        return Err(failed(&Failure::Usage(why)));
    }
    // In the report's order, which is that of its results.
    apis.sort_by_key(|api| ids.iter().position(|id| *id == api.suite.id));
    Ok(apis)
}

/// Sends a probe again, and prints the exchange.
pub(super) fn replay(arguments: &ReplayArguments) -> u8 {
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

fn prepared(arguments: &ReplayArguments) -> Result<Replay, u8> {
    let usage = |why: String| failed(&Failure::Usage(why));
    let stored = stored(&arguments.report)?;
    let ids: Vec<&str> = stored.results.iter().map(|result| result.probe.as_str()).collect();
    let Some(result) = stored.results.iter().find(|result| result.probe == arguments.probe) else {
        let closest = nearest(&arguments.probe, &ids);
        let closest = if closest.is_empty() { String::new() } else { format!("; did you mean `{closest}`?") };
        return Err(usage(format!("{}: has no result of `{}`{closest}", arguments.report.display(), arguments.probe)));
    };
    let target = arguments.target.as_deref().unwrap_or(&stored.target);
    let target = Target::parse(target).map_err(usage)?;
    let api = suites(&stored, &[&result.suite], &arguments.suite)?.remove(0);
    let mut engine = arguments.reach.engine(1, None);
    engine.judge.strict = stored.strict;
    Ok(Replay {
        probe: result.probe.clone(),
        api,
        wire: arguments.reach.wire(target),
        environment: environment(),
        engine,
        yes_production: arguments.reach.yes_production,
        before: stored.signatures(&result.probe).into_iter().map(str::to_owned).collect(),
    })
}

/// Judges the exchanges of a report again, prints the summary, and gives the exit code.
pub(super) fn judge(arguments: &JudgeArguments) -> u8 {
    match judged(arguments) {
        Ok(code) | Err(code) => code,
    }
}

fn judged(arguments: &JudgeArguments) -> Result<u8, u8> {
    let reports = files::settled(arguments.reports.clone())?;
    let to_stdout = reports.iter().any(|report| report.path.is_none());
    let stored = stored(&arguments.report)?;
    let ids: Vec<&str> = stored.suites.iter().map(String::as_str).collect();
    let apis = suites(&stored, &ids, &arguments.suite)?;
    files::of_judge(&arguments.report, &apis, &reports)?;
    let Retrial { opening, results, closing } = Retrial::of(stored, &apis, arguments.strict);
    let sinks = session::reports(&reports, &opening).map_err(|failure| failed(&failure))?;
    for (mut sink, name) in sinks {
        let written = results.iter().try_for_each(|result| sink.result(result));
        written
            .and_then(|()| sink.close(&opening, &closing))
            .map_err(|error| failed(&Failure::Report(format!("cannot write the report {name}: {error}"))))?;
    }
    let summary = human::summary(&opening, &closing, &Style { color: false, width: width() });
    if to_stdout {
        tell(&summary);
    } else {
        say(&summary);
    }
    Ok(closing.exit_code)
}
