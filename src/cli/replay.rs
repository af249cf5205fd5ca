//! `replay` and `judge`: from the report of an earlier run to one exchange more, or to another judgement of its exchanges.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use super::arguments::{Reach, Reports};
use super::gates::report;
use super::output::{say, tell};
use super::run::{environment, load, width};
use super::{failed, files, mistaken};
use crate::catalog::Api;
use crate::catalog::document::nearest;
use crate::model::target::Target;
use crate::render::human;
use crate::render::style::Style;
use crate::report::stored::Stored;
use crate::run::rejudge::Retrial;
use crate::run::replay::Replay;
use crate::run::session;
use crate::run::session::Failure;
use crate::{catalog, render};

#[derive(Args, Debug)]
pub(super) struct ReplayArguments {
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

#[derive(Args, Debug)]
pub(super) struct JudgeArguments {
    /// The report in JSON; `-` is standard input
    report: PathBuf,
    #[command(flatten)]
    reports: Reports,
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

/// The suites of those ids as they are today: those that are named, else what the report says, as far as that is built in or
/// in the current folder.
fn suites(
    stored: &Stored,
    ids: &[&str],
    named: &[String],
    load: impl Fn(&[String]) -> Result<Vec<Arc<Api>>, u8>,
) -> Result<Vec<Arc<Api>>, u8> {
    let mut apis = load(named)?;
    let missing: Vec<String> = ids
        .iter()
        .filter(|id| !apis.iter().any(|api| api.suite.id == **id))
        .map(|id| stored.suite_names.get(*id).map_or_else(|| (*id).to_owned(), Clone::clone))
        .collect();
    let help = |code| {
        tell("errdrift: suites are looked for where the report says; --suite FILE names one that is elsewhere now");
        code
    };
    if let Some(name) = missing.iter().find(|name| !is_here(name)) {
        let why = format!(
            "the report is of the suite {name}, which is not in the current folder; --suite {name} reads it all the same"
        );
        return Err(failed(&Failure::Usage(why)));
    }
    apis.extend(load(&missing).map_err(help)?);
    apis.retain(|api| ids.contains(&api.suite.id.as_str()));
    if let Some(id) = ids.iter().find(|id| !apis.iter().any(|api| api.suite.id == **id)) {
        let why = format!("the report is of the suite {id}, and none of that id was found; --suite FILE names it");
        return Err(failed(&Failure::Usage(why)));
    }
    // In the report's order, which is that of its results.
    apis.sort_by_key(|api| ids.iter().position(|id| *id == api.suite.id));
    Ok(apis)
}

/// Whether the suite is built in, or a file in the current folder, links followed: anybody may have written the report.
fn is_here(name: &str) -> bool {
    if catalog::built_in_suites().any(|id| id == name) {
        return true;
    }
    let path = Path::new(name);
    let climbs = path.components().any(|part| matches!(part, Component::ParentDir));
    match (path.canonicalize(), Path::new(".").canonicalize()) {
        (Ok(path), Ok(here)) => !climbs && path.starts_with(here),
        // What is not there is not read.
        _ => !climbs && path.is_relative(),
    }
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
    let named = arguments.target.is_some();
    let target = arguments.target.as_deref().unwrap_or(&stored.target);
    let target = Target::parse(target).map_err(usage)?;
    if !named && !target.is_loopback() {
        let (report, target) = (arguments.report.display(), target.as_str());
        return Err(usage(format!(
            "{report} is of {target}, and nothing is sent to a host that the command line does not name; nothing was sent; --target {target} sends the probe there"
        )));
    }
    let environment = environment();
    let known = |names: &[String]| Ok(load(names, &environment)?.0);
    let api = suites(&stored, &[&result.suite], &arguments.suite, known)?.remove(0);
    let mut engine = arguments.reach.engine(1, None);
    engine.judge.strict = stored.strict;
    Ok(Replay {
        probe: result.probe.clone(),
        api,
        wire: arguments.reach.wire(target),
        environment,
        engine,
        yes_production: arguments.reach.yes_production,
        before: stored.signatures(&result.probe).into_iter().map(str::to_owned).collect(),
        named,
    })
}

/// The suites of those names, for what is judged and never sent: no variable is read.
fn unsent(names: &[String]) -> Result<Vec<Arc<Api>>, u8> {
    let one = |name: &String| {
        let mut api = crate::judge::load(name).map_err(|problems| mistaken(&problems))?;
        api.suite.pretend();
        Ok(Arc::new(api))
    };
    names.iter().map(one).collect()
}

/// Judges the exchanges of a report again, prints the summary, and gives the exit code.
pub(super) fn judge(arguments: &JudgeArguments) -> u8 {
    match judged(arguments) {
        Ok(code) | Err(code) => code,
    }
}

fn judged(arguments: &JudgeArguments) -> Result<u8, u8> {
    let reports = files::settled(&arguments.reports)?;
    let to_stdout = reports.iter().any(|report| report.path.is_none());
    let stored = stored(&arguments.report)?;
    let ids: Vec<&str> = stored.suites.iter().map(String::as_str).collect();
    let apis = suites(&stored, &ids, &arguments.suite, unsent)?;
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
