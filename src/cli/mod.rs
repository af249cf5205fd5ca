//! The edge: the command line, the environment, standard output, exit codes. The one door to clap.

mod arguments;
pub mod check;
mod compare;
mod demo;
mod diff;
mod files;
mod judge;
mod list;
mod load;
mod options;
mod output;
mod policy;
mod project;
mod replay;
mod run;
mod serve;
mod stored;
mod waive;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::model::verdict::exit;
use crate::render::explain;
use arguments::{Cli, Command};
use output::{failed, say, tell};

/// Runs the command with these arguments, the program's name first.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments = match project::completed(arguments.collect()) {
        Ok(arguments) => arguments,
        Err(code) => return ExitCode::from(code),
    };
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            // A closed pipe is nobody's error.
            let plain = error.to_string();
            let shown = output::visible(&plain);
            if shown == plain {
                let _ = error.print();
            } else {
                tell(&shown);
            }
            return ExitCode::from(if help { exit::CONFORMS } else { exit::USAGE });
        }
    };
    let code = match cli.command {
        Command::Run(arguments) => run::run(&arguments),
        Command::List(arguments) => list::list(&arguments),
        Command::Demo => demo::run().unwrap_or_else(|failure| failed(&failure)),
        Command::Serve(arguments) => serve::run(&arguments).unwrap_or_else(|failure| failed(&failure)),
        Command::Explain { what, suite } => explained(what.as_deref(), suite),
        Command::Check { files, mutate: true } => check::examined(&files),
        Command::Check { files, mutate: false } => check::checked(&files),
        Command::Diff { before, after } => diff::diff(&before, &after),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Replay(arguments) => replay::replay(&arguments),
        Command::Judge(arguments) => judge::judge(&arguments),
        Command::Waive { report } => waive::waive(&report),
        Command::SelfTest => crate::run::self_test::run(say).unwrap_or_else(|failure| failed(&failure)),
    };
    ExitCode::from(code)
}

/// Explains by the suites of those names, or by the built-in ones.
fn explained(what: Option<&str>, mut suites: Vec<String>) -> u8 {
    if suites.is_empty() {
        suites.extend(crate::catalog::built_in_suites().map(str::to_owned));
    }
    let apis = match load::load(&suites, &load::environment(), &[]) {
        Ok((apis, _)) => apis,
        Err(code) => return code,
    };
    let text = what.map_or_else(|| Ok(explain::everything(&apis)), |what| explain::explain(what, &apis));
    match text {
        Ok(text) => {
            say(&text);
            exit::CONFORMS
        }
        Err(text) => {
            tell(&format!("errdrift: {text}"));
            exit::USAGE
        }
    }
}
