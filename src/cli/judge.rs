//! `judge`: the exchanges of an earlier run, judged again.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::files;
use super::load::width;
use super::options::Reports;
use super::output::{failed, mistaken, say, tell};
use super::stored::{report, suites};
use crate::catalog::Api;
use crate::model::file;
use crate::render::human;
use crate::render::style::Style;
use crate::run::error::Error;
use crate::run::rejudge::Rejudged;
use crate::run::writer::Request;
use crate::run::{outputs, recorded};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The report in JSON, `-` is standard input; or recorded traffic, an HTTP archive named *.har, whose error replies are
    /// judged by the suites of --suite
    #[arg(value_name = "REPORT|TRAFFIC.har")]
    report: PathBuf,
    #[command(flatten)]
    reports: Reports,
    /// A suite, where it is no longer where the report says, or that recorded traffic is judged by; repeatable
    #[arg(long, value_name = "SUITE")]
    suite: Vec<String>,
    /// Let warnings fail, as they did if the run was strict
    #[arg(long)]
    strict: bool,
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
pub(super) fn judge(arguments: &Arguments) -> u8 {
    match judged(arguments) {
        Ok(code) | Err(code) => code,
    }
}

fn judged(arguments: &Arguments) -> Result<u8, u8> {
    let reports = files::settled(&arguments.reports)?;
    let to_stdout = reports.iter().any(|report| report.path.is_none());
    let Rejudged { opening, results, closing } = if recorded::is_archive(&arguments.report) {
        of_traffic(arguments, &reports)?
    } else {
        let report = report(&arguments.report)?;
        let ids: Vec<&str> = report.opening.suites.iter().map(String::as_str).collect();
        let apis = suites(&report, &ids, &arguments.suite, unsent)?;
        files::of_judge(&arguments.report, &apis, &reports)?;
        Rejudged::of(report, &apis, arguments.strict)
    };
    let sinks = outputs::reports(&reports, &opening).map_err(|failure| failed(&failure))?;
    for (mut sink, name) in sinks {
        let written = results.iter().try_for_each(|result| sink.result(result));
        written
            .and_then(|()| sink.close(&opening, &closing))
            .map_err(|error| failed(&Error::Report(format!("cannot write the report {name}: {error}"))))?;
    }
    let summary = human::summary(&opening, &closing, &Style { color: false, width: width(), verbose: false });
    if to_stdout {
        tell(&summary);
    } else {
        say(&summary);
    }
    Ok(closing.exit_code)
}

/// The error replies of recorded traffic, judged by the suites that are named.
fn of_traffic(arguments: &Arguments, reports: &[Request]) -> Result<Rejudged, u8> {
    let wrong = |why: String| failed(&Error::Usage(format!("{}: {why}", arguments.report.display())));
    if arguments.suite.is_empty() {
        let why = "recorded traffic does not say which API it is of; --suite SUITE does, as --suite oz-api";
        return Err(wrong(why.to_owned()));
    }
    let apis = unsent(&arguments.suite)?;
    files::of_judge(&arguments.report, &apis, reports)?;
    let mut archive = file::report(&arguments.report).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    recorded::judged(&mut archive, &apis, arguments.strict).map_err(wrong)
}
