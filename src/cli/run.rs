//! `run`: from arguments and environment to a session, and from its closing to an exit code.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use libtest_mimic::{Arguments as Harness, ColorSetting};

use super::list::listed;
use super::load::{colored, environment, load, selection, width};
use super::options::{Choice, Color, PolicyFiles, Reach, Reports, Speed};
use super::output::{failed, say_in_colour, tell};
use super::{files, policy};
use crate::catalog::Api;
use crate::fault::draft::carried;
use crate::judge;
use crate::model::file::Role;
use crate::model::secret;
use crate::model::target::Target;
use crate::plan::Selection;
use crate::render::human;
use crate::render::style::Style;
use crate::run::error::Error;
use crate::run::progress::Live;
use crate::run::session::Session;
use crate::run::settings::Settings;

#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    choice: Choice,
    /// Where the deployment is: an origin, with a prefix if the API has one
    #[arg(long, value_name = "URL")]
    target: String,
    /// The project's file in place of errdrift.toml in this folder: what a team runs every day; options here win over it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The environment of that file that is meant
    #[arg(long, value_name = "NAME")]
    environment: Option<String>,
    #[command(flatten)]
    reports: Reports,
    /// List the selected probes in place of sending them
    #[arg(long)]
    list: bool,
    /// Send only what can change nothing: GET, HEAD and OPTIONS of operations that only read; the rest is named
    #[arg(long)]
    read_only: bool,
    #[command(flatten)]
    speed: Speed,
    #[command(flatten)]
    reach: Reach,
    /// Send each probe so often, to find answers that differ between identical requests
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = repeat)]
    repeat: usize,
    /// Let warnings fail the run
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    policy: PolicyFiles,
    /// A line a probe, while they are sent
    #[arg(long, conflicts_with = "quiet")]
    lines: bool,
    /// Tell accepted drift whole, and each note
    #[arg(long, short)]
    verbose: bool,
    /// No line a probe, which is so unless --lines is given
    #[arg(long, short)]
    quiet: bool,
    /// Colour: auto is on a terminal, and as `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE` say
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Color,
}

/// Runs, prints the summary, and gives the exit code.
pub(super) fn run(arguments: &Arguments) -> u8 {
    let (apis, unknown) = match load(&arguments.choice.suites, &environment(), &arguments.reach.header) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    let selection = Selection { harmless: arguments.read_only, ..selection(&arguments.choice) };
    if arguments.list {
        return listed(&apis, &selection, false, false);
    }
    let target = match Target::parse(&arguments.target) {
        Ok(target) => target,
        Err(why) => return failed(&Error::Target(why)),
    };
    let color = colored(arguments.color);
    let reports = match files::settled(&arguments.reports) {
        Ok(reports) => reports,
        Err(code) => return code,
    };
    // A report on standard output stands there alone.
    let to_stdout = reports.iter().any(|report| report.path.is_none());
    let read = [
        (Role::Certificates, arguments.reach.ca.as_deref()),
        (Role::Project, files::project(arguments.config.as_ref())),
    ];
    let gates = match files::of_run(&arguments.policy, read, &apis, &reports)
        .and_then(|()| policy::read(&arguments.policy, &selection))
    {
        Ok(gates) => gates,
        Err(code) => return code,
    };
    let environment = environment();
    for advice in secret::advice(names(&apis).iter().map(String::as_str), &environment) {
        tell(&format!("errdrift: {advice}"));
    }
    let session = Session {
        gates,
        apis,
        selection,
        wire: arguments.reach.wire(target),
        engine: Settings {
            repeat: arguments.repeat,
            judge: judge::Settings { strict: arguments.strict, ..judge::Settings::default() },
            ..arguments.reach.engine(arguments.speed.jobs, arguments.speed.rate)
        },
        environment,
        reports,
        strict: arguments.strict,
        yes_production: arguments.reach.yes_production,
        unknown,
        live: live(arguments.lines && !to_stdout, color),
    };
    match session.run() {
        Ok((opening, closing)) => {
            let style = Style { color: color && !to_stdout, width: width(), verbose: arguments.verbose };
            let summary = human::summary(&opening, &closing, &style);
            if to_stdout {
                tell(&summary);
            } else {
                say_in_colour(&summary);
            }
            closing.exit_code
        }
        Err(failure) => failed(&failure),
    }
}

/// The variables of the right credentials, and of what every request carries.
fn names(apis: &[Arc<Api>]) -> BTreeSet<String> {
    let credentials = apis.iter().flat_map(|api| api.suite.credentials.values());
    let values: Vec<_> = credentials
        .flat_map(|credential| carried(credential, &credential.valid))
        .chain(apis.iter().flat_map(|api| api.suite.fields()))
        .collect();
    values.iter().flat_map(|(_, value)| value.variables()).map(str::to_owned).collect()
}

fn live(lines: bool, color: bool) -> Live {
    if !lines {
        return Live::Bar;
    }
    let color = if color { ColorSetting::Always } else { ColorSetting::Never };
    Live::Lines(Box::new(crate::run::harness::in_order(Harness { color: Some(color), ..Harness::default() })))
}

fn repeat(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|times| (1..=1_000).contains(times))
        .ok_or_else(|| "write a number from 1 to 1000".to_owned())
}
