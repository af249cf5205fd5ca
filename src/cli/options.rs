//! Options that several commands have.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use crate::catalog::built_in_suites;
use crate::fault::Tier;
use crate::judge;
use crate::model::target::Target;
use crate::render::format;
use crate::run::settings::{DEFAULT_JOBS, Settings};
use crate::run::writer::Request;
use crate::wire::settings::Settings as Wire;

#[derive(Args, Debug)]
pub(super) struct Choice {
    #[arg(required = true, value_name = "SUITE", help = suites())]
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
    #[arg(long, value_name = "TIER", value_parser = tier())]
    pub(super) tier: Vec<Tier>,
    /// Only the I-th of N parts of the plan
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub(super) shard: Option<(usize, usize)>,
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
    #[arg(long, value_name = "N", default_value_t = DEFAULT_JOBS, value_parser = jobs)]
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
    /// Wait so long, before anything else is sent, until the target answers, as 30s
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = wait)]
    pub(super) wait: Duration,
    /// Do not verify certificates
    #[arg(long)]
    pub(super) insecure: bool,
    /// Trust the certificates of this file (PEM) in place of the system's
    #[arg(long, value_name = "FILE")]
    pub(super) ca: Option<PathBuf>,
    /// Send through this proxy; proxies of the environment are not used
    #[arg(long, value_name = "URL")]
    pub(super) proxy: Option<String>,
    /// A header field of every request, as 'X-Tenant: ${TENANT}': a variable's value is masked; repeatable
    #[arg(long, value_name = "NAME: VALUE")]
    pub(super) header: Vec<String>,
    /// Send to a host that a suite takes for production
    #[arg(long)]
    pub(super) yes_production: bool,
}

impl Reach {
    pub(super) fn wire(&self, target: Target) -> Wire {
        Wire { target, timeout: self.timeout, insecure: self.insecure, ca: self.ca.clone(), proxy: self.proxy.clone() }
    }

    pub(super) fn engine(&self, jobs: usize, rate: Option<u32>) -> Settings {
        Settings {
            jobs,
            rate,
            max_wait: self.max_wait,
            wait: self.wait,
            repeat: 1,
            insecure: self.insecure,
            records_all: false,
            judge: judge::Settings::default(),
        }
    }
}

/// The files that decide about a run beside its probes.
#[derive(Args, Debug)]
pub(super) struct PolicyFiles {
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
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Color {
    Auto,
    Always,
    Never,
}

/// What a suite may be named by.
fn suites() -> String {
    built_in_suites().map(|id| format!("{id}, ")).collect::<String>() + "or a suite's file"
}

/// A tier by its word; one that nobody may ask for as a whole is not among them.
fn tier() -> impl TypedValueParser<Value = Tier> {
    let words = Tier::ALL.iter().filter(|(tier, _)| *tier != Tier::Intrusive).map(|(_, word)| *word);
    let named = |word: String| Tier::ALL.iter().find(|(_, known)| *known == word).map(|(tier, _)| *tier);
    PossibleValuesParser::new(words).map(move |word| named(word).unwrap_or(Tier::Core))
}

fn jobs(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|jobs| (1..=1_024).contains(jobs))
        .ok_or_else(|| "write a number from 1 to 1024".to_owned())
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
