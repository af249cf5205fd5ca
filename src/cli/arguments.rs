//! The command line as clap reads it.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::fault::Tier;
use crate::judge;
use crate::model::target::Target;
use crate::render::format;
use crate::run::engine;
use crate::run::writer::Request;
use crate::wire::sender::Settings as Wire;

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
    Run(Box<Run>),
    /// Run both built-in suites against the embedded deployment, then against it with drifts
    Demo,
    /// Serve one of the documented APIs on loopback, conforming or with a drift
    Serve(Serve),
    /// List the probes; nothing is sent
    List(List),
    /// Explain a rule, a fault or a cause
    Explain {
        /// Its id, as it stands in a report
        what: String,
    },
    /// Check suites, contracts and waivers: parsed, compiled, cross-checked
    Check {
        /// TOML files; with --mutate, also oz-api or escrow-box
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
    Replay(Box<super::replay::ReplayArguments>),
    /// Judge the exchanges of an earlier run again with today's contracts; nothing is sent
    #[command(after_help = format::table())]
    Judge(super::replay::JudgeArguments),
    /// Run the whole matrix of drifts against the embedded deployment, and print the score
    SelfTest,
}

#[derive(Args, Debug)]
pub(super) struct Serve {
    /// The API: oz-api or escrow-box
    pub(super) api: String,
    /// The way in which it deviates; an unknown name lists all
    #[arg(long, value_name = "NAME")]
    pub(super) drift: Option<String>,
    /// The port on 127.0.0.1; a free one unless given
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub(super) port: u16,
}

#[derive(Args, Debug)]
pub(super) struct Choice {
    /// oz-api, escrow-box, or a suite's file
    #[arg(required = true, value_name = "SUITE")]
    pub(super) suites: Vec<String>,
    /// Only probes whose id has this text
    #[arg(long, value_name = "TEXT")]
    pub(super) filter: Option<String>,
    /// Take --filter for the whole id
    #[arg(long, requires = "filter")]
    pub(super) exact: bool,
    /// Leave out probes whose id has this text; repeatable
    #[arg(long, value_name = "TEXT")]
    pub(super) skip: Vec<String>,
    /// Only this fault, whatever its tier; repeatable
    #[arg(long, value_name = "ID")]
    pub(super) fault: Vec<String>,
    /// Only this operation; repeatable
    #[arg(long, value_name = "ID")]
    pub(super) operation: Vec<String>,
    /// Faults of this tier; repeatable; core alone unless given
    #[arg(long, value_name = "TIER")]
    pub(super) tier: Vec<TierWord>,
    /// Only the I-th of N parts of the plan
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub(super) shard: Option<(usize, usize)>,
}

#[derive(Args, Debug)]
pub(super) struct List {
    #[command(flatten)]
    pub(super) choice: Choice,
    /// As an array of {"probe", "operation", "fault", "cause", "tier"}
    #[arg(long)]
    pub(super) json: bool,
    /// Every planned request as it would leave, with secrets as variables
    #[arg(long)]
    pub(super) requests: bool,
}

#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
#[derive(Args, Debug)]
pub(super) struct Run {
    #[command(flatten)]
    pub(super) choice: Choice,
    /// Where the deployment is: an origin, with a prefix if the API has one
    #[arg(long, value_name = "URL")]
    pub(super) target: String,
    #[command(flatten)]
    pub(super) reports: Reports,
    /// List the selected probes in place of sending them
    #[arg(long)]
    pub(super) list: bool,
    /// Send only what can change nothing: GET, HEAD and OPTIONS of operations that only read; the rest is named
    #[arg(long)]
    pub(super) read_only: bool,
    #[command(flatten)]
    pub(super) speed: Speed,
    #[command(flatten)]
    pub(super) reach: Reach,
    /// Send each probe so often, to find answers that differ between identical requests
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = repeat)]
    pub(super) repeat: usize,
    /// Let warnings fail the run
    #[arg(long)]
    pub(super) strict: bool,
    /// Accept the drift that these waivers name
    #[arg(long, value_name = "FILE")]
    pub(super) waivers: Option<PathBuf>,
    /// Fail only where there is more drift than this file holds; it is written where there is less
    #[arg(long, value_name = "FILE")]
    pub(super) ratchet: Option<PathBuf>,
    /// Compare with the answers of an earlier run: what breaks a client fails, what was found before is old
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Write the answers of this run, for --baseline
    #[arg(long, value_name = "FILE")]
    pub(super) save_baseline: Option<PathBuf>,
    /// No line a probe
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Colour: auto is on a terminal without `NO_COLOR`
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Color,
}

/// What is written beside the summary.
#[derive(Args, Debug)]
pub(super) struct Reports {
    #[arg(id = "reports", long = "report", value_name = "FORMAT=FILE", help = report_help())]
    pub(super) requests: Vec<Request>,
}

fn report_help() -> String {
    format!("Write a report: {}, as json=FILE; `-` is standard output; repeatable", format::words(" or "))
}

/// How fast probes leave.
#[derive(Args, Debug)]
pub(super) struct Speed {
    /// Probes under way at once
    #[arg(long, value_name = "N", default_value_t = crate::run::session::DEFAULT_JOBS, value_parser = jobs)]
    pub(super) jobs: usize,
    /// Requests a second at most, whatever they are for, as 20/s
    #[arg(long, value_name = "N/s", value_parser = rate)]
    pub(super) rate: Option<u32>,
}

/// How targets are reached.
#[derive(Args, Debug)]
pub(super) struct Reach {
    /// The deadline of a probe, as 2s or 500ms
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = duration)]
    pub(super) timeout: Duration,
    /// The longest wait for an operation that the target limits (429, or 503 with Retry-After), in all, as 30s or 0s
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = wait)]
    pub(super) max_wait: Duration,
    /// Do not verify certificates
    #[arg(long)]
    pub(super) insecure: bool,
    /// Trust the certificates of this file (PEM) in place of the system's
    #[arg(long, value_name = "FILE")]
    pub(super) ca: Option<PathBuf>,
    /// Send through this proxy; proxies of the environment are not used
    #[arg(long, value_name = "URL")]
    pub(super) proxy: Option<String>,
    /// Send to a host that a suite takes for production
    #[arg(long)]
    pub(super) yes_production: bool,
}

impl Reach {
    pub(super) fn wire(&self, target: Target) -> Wire {
        Wire { target, timeout: self.timeout, insecure: self.insecure, ca: self.ca.clone(), proxy: self.proxy.clone() }
    }

    pub(super) fn engine(&self, jobs: usize, rate: Option<u32>) -> engine::Settings {
        engine::Settings {
            jobs,
            rate,
            max_wait: self.max_wait,
            repeat: 1,
            insecure: self.insecure,
            records_all: false,
            judge: judge::Settings::default(),
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum TierWord {
    Core,
    Extended,
    Wire,
    Heavy,
    Pairs,
}

impl From<TierWord> for Tier {
    fn from(word: TierWord) -> Self {
        match word {
            TierWord::Core => Self::Core,
            TierWord::Extended => Self::Extended,
            TierWord::Wire => Self::Wire,
            TierWord::Heavy => Self::Heavy,
            TierWord::Pairs => Self::Pairs,
        }
    }
}

fn jobs(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|jobs| (1..=1_024).contains(jobs))
        .ok_or_else(|| "write a number from 1 to 1024".to_owned())
}

fn repeat(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|times| (1..=1_000).contains(times))
        .ok_or_else(|| "write a number from 1 to 1000".to_owned())
}

fn shard(text: &str) -> Result<(usize, usize), String> {
    let parsed = text.split_once('/').and_then(|(part, parts)| Some((part.parse().ok()?, parts.parse().ok()?)));
    parsed
        .filter(|(part, parts)| (1..=*parts).contains(part))
        .ok_or_else(|| "write I/N with I from 1 to N, as 2/4".to_owned())
}

fn rate(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix("/s").and_then(|number| number.parse().ok());
    number.filter(|rate| (1..=100_000).contains(rate)).ok_or_else(|| "write probes a second, as 20/s".to_owned())
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write a duration above zero, as 2s or 500ms".to_owned();
    let parsed = humantime::parse_duration(text).map_err(|_| wrong())?;
    Some(parsed).filter(|duration| !duration.is_zero() && duration.as_secs() <= 3_600).ok_or_else(wrong)
}

fn wait(text: &str) -> Result<Duration, String> {
    let wrong = || "write a duration of at most an hour, as 30s, 2m or 0s".to_owned();
    let parsed = humantime::parse_duration(text).map_err(|_| wrong())?;
    Some(parsed).filter(|duration| duration.as_secs() <= 3_600).ok_or_else(wrong)
}
