//! The command from outside: every subcommand and option, its exit codes, its streams and its files.

mod baselines;
mod choice;
mod commands;
mod exchanges;
mod files;
mod project;
mod recorded;
mod reports;
mod retest;
mod safe;
mod secrets;
mod waivers;
