//! The command line as clap reads it.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::render::format;

#[derive(Debug, Parser)]
#[command(
    name = "errdrift",
    version,
    about = "Finds where an API's error replies drift from their documented format",
    max_term_width = 110
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Send every fault at every operation of the suites, and judge the replies
    #[command(after_help = format::table())]
    Run(Box<super::run::Arguments>),
    /// Run both built-in suites against the embedded deployment, then against it with drifts
    Demo,
    /// Serve one of the documented APIs on loopback, conforming or with a drift
    Serve(super::serve::Arguments),
    /// List the probes; nothing is sent
    List(super::list::Arguments),
    /// Explain a rule, a fault, a cause or a product, or an operation or a code of a suite
    Explain {
        /// Its id, as it stands in a report; without it, all that can be explained is listed
        what: Option<String>,
        /// A suite in place of the built-in ones; repeatable
        #[arg(long, value_name = "SUITE")]
        suite: Vec<String>,
    },
    /// Check suites, contracts and waivers: parsed, compiled, cross-checked
    Check {
        /// TOML files; with --mutate, also the id of a built-in contract
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Break the examples of each contract in every place and way, and list what it would not notice
        #[arg(long)]
        mutate: bool,
    },
    /// Write waivers for what a run found, with blanks to fill
    Waive {
        /// A report in JSON; `-` is standard input
        report: PathBuf,
    },
    /// Compare the answers of two runs: breaking, compatible, cosmetic
    Diff {
        /// The earlier report in JSON
        before: PathBuf,
        /// The later one
        after: PathBuf,
    },
    /// Send the same probes to two targets and compare their answers: breaking, compatible, cosmetic
    #[command(after_help = super::compare::AFTER)]
    Compare(Box<super::compare::Arguments>),
    /// Send one probe of an earlier run again, and show request and reply byte by byte
    Replay(Box<super::replay::Arguments>),
    /// Judge the exchanges of an earlier run again with today's contracts; nothing is sent
    #[command(after_help = format::table())]
    Judge(super::judge::Arguments),
    /// Run the whole matrix of drifts against the embedded deployment, and print the score
    SelfTest,
}
