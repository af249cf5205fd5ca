//! `compare`: from arguments and environment to two sides, and from their outcome to an exit code.

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};

use super::load::{environment, load, selection};
use super::options::{Choice, Reach, Speed};
use super::output::{failed, say};
use crate::model::target::Target;
use crate::plan::Selection;
use crate::render;
use crate::run::compare::{Compare, Side};
use crate::run::error::Error;

/// What the options do not say.
pub(super) const AFTER: &str = "\
Both sides take the suites' variables. LEFT_NAME or RIGHT_NAME, as RIGHT_OZ_TOKEN, stands for NAME on one side alone.
Exit codes: 0 nothing breaks a client, 1 something does, 2 usage, 3 a side could not be judged.";

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    choice: Choice,
    /// The deployment that a change is a change of: staging before, production, the old one
    #[arg(long, value_name = "URL")]
    left: String,
    /// The other one
    #[arg(long, value_name = "URL")]
    right: String,
    /// A side at which nothing may change: both get only GET, HEAD and OPTIONS of operations that only read
    #[arg(long, value_name = "SIDE")]
    read_only: Option<ReadOnly>,
    #[command(flatten)]
    speed: Speed,
    #[command(flatten)]
    reach: Reach,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ReadOnly {
    Left,
    Right,
    Both,
}

/// Compares, prints, and gives the exit code.
pub(super) fn run(arguments: &Arguments) -> u8 {
    let side = |name, prefix, url: &str| {
        let target = Target::parse(url).map_err(|why| failed(&Error::Usage(format!("--{name}: {why}"))))?;
        let environment = environment().with_own(prefix);
        let (apis, unknown) = load(&arguments.choice.suites, &environment, &arguments.reach.header)?;
        Ok(Side { name, apis, unknown, wire: arguments.reach.wire(target), environment })
    };
    let sides =
        side("left", "LEFT_", &arguments.left).and_then(|left| Ok([left, side("right", "RIGHT_", &arguments.right)?]));
    let sides = match sides {
        Ok(sides) => sides,
        Err(code) => return code,
    };
    let compare = Compare {
        sides,
        // The same goes to both, so what one of them cannot bear neither gets.
        selection: Selection { harmless: arguments.read_only.is_some(), ..selection(&arguments.choice) },
        engine: arguments.reach.engine(arguments.speed.jobs, arguments.speed.rate),
        yes_production: arguments.reach.yes_production,
        bar: std::io::stderr().is_terminal(),
    };
    match compare.run() {
        Ok(compared) => {
            say(&render::compare::text(&compared));
            compared.exit_code()
        }
        Err(failure) => failed(&failure),
    }
}
