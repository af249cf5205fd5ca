//! The command from outside: every subcommand and option, its exit codes, its streams and its files.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

#[path = "cli/baselines.rs"]
mod baselines;
#[path = "cli/choice.rs"]
mod choice;
#[path = "cli/commands.rs"]
mod commands;
#[path = "cli/exchanges.rs"]
mod exchanges;
#[path = "cli/files.rs"]
mod files;
#[path = "cli/reports.rs"]
mod reports;
#[path = "cli/safe.rs"]
mod safe;
#[path = "cli/secrets.rs"]
mod secrets;
#[path = "cli/support.rs"]
mod support;
#[path = "cli/waivers.rs"]
mod waivers;
