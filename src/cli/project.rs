//! `errdrift.toml`: what a team runs every day. Its lines become options of `errdrift run`, unless the command line has them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _};
use serde_json::Value;

use super::arguments::Cli;
use super::files;
use super::files::PROJECT;
use super::output::{failed, mistaken, tell};
use crate::catalog::api::is_path;
use crate::catalog::built_in::meta_schema;
use crate::catalog::document::{Document, Problems, closest_or_all};
use crate::fault::{self, Tier};
use crate::model::pointer::member;
use crate::run::error::Error;

/// The command line with what the project's file says beside it.
///
/// # Errors
/// The exit code, once it was said what is wrong with the file.
pub(super) fn completed(arguments: Vec<OsString>) -> Result<Vec<OsString>, u8> {
    let optional = |run: clap::Command| {
        run.mut_arg("suites", |suites| suites.required(false)).mut_arg("target", |target| target.required(false))
    };
    let command = Cli::command().mut_subcommand("run", optional);
    // What is wrong with the command line is said where it is parsed.
    let Ok(matches) = command.try_get_matches_from(&arguments) else { return Ok(arguments) };
    let Some(run) = matches.subcommand_matches("run") else { return Ok(arguments) };
    let named = run.get_one::<PathBuf>("config");
    let environment = run.get_one::<String>("environment");
    let Some(path) = files::project(named) else {
        if environment.is_none() {
            return Ok(arguments);
        }
        let why = format!("--environment names one of {PROJECT}, and there is none here; --config FILE is elsewhere");
        return Err(failed(&Error::Usage(why)));
    };
    let read = || {
        let document = Document::read(path)?;
        check(&document)?;
        chosen(&document, environment.map(String::as_str))
    };
    let chosen = read().map_err(|problems| mistaken(&problems))?;
    let (options, suites) = options(&chosen, run, path.parent().unwrap_or(Path::new("")));
    // Before what the command line has, and the suites behind all of it, where nothing is taken for an option.
    let mut all = arguments;
    all.splice(2..2, options);
    if !suites.is_empty() {
        all.push("--".into());
        all.extend(suites);
    }
    Ok(all)
}

/// Whether the file is right by itself: by its schema, it asks for no fault that is asked for by hand alone, and the environment
/// that it means is there.
///
/// # Errors
/// Every mistake in it.
pub(super) fn check(document: &Document) -> Result<(), Problems> {
    document.decode::<Value>(&meta_schema("project.schema.json")?)?;
    let environments = document.value.get("environments").and_then(Value::as_object).into_iter().flatten();
    let tables = environments.map(|(name, table)| (member("/environments", name), table));
    let faults = tables.chain([(String::new(), &document.value)]).flat_map(|(at, table)| {
        let faults = table.get("fault").and_then(Value::as_array).into_iter().flatten().enumerate();
        faults.map(move |(index, id)| (format!("{at}/fault/{index}"), id.as_str().unwrap_or_default()))
    });
    let intrusive = faults.filter(|(_, id)| fault::find(id).is_some_and(|fault| fault.tier == Tier::Intrusive));
    let problem = |(at, id): (String, &str)| {
        let problem = document.problem(at, format!("`{id}` may disturb others or change something"));
        problem.help(format!("ask for it on the command line, by --fault {id}"))
    };
    Problems::new(intrusive.map(problem)).none_or(())?;
    chosen(document, None).map(|_| ())
}

/// The lines that count: those beside the environments, and those of the one that is meant, which win.
fn chosen(document: &Document, name: Option<&str>) -> Result<Vec<(String, Value)>, Problems> {
    let Some(file) = document.value.as_object() else { return Ok(Vec::new()) };
    let mut lines = file.clone();
    let environments = lines.remove("environments").unwrap_or_default();
    let meant = lines.remove("environment");
    let at = if name.is_some() { "" } else { "/environment" };
    if let Some(name) = name.or(meant.as_ref().and_then(Value::as_str)) {
        let Some(own) = environments.get(name).and_then(Value::as_object) else {
            let names: Vec<_> =
                environments.as_object().into_iter().flat_map(|all| all.keys()).map(String::as_str).collect();
            let help = closest_or_all(name, &names).unwrap_or_else(|| "write `[environments.NAME]`".to_owned());
            return Err(document.problem(at, format!("there is no environment `{name}`")).help(help).into());
        };
        lines.extend(own.clone());
    }
    Ok(lines.into_iter().collect())
}

/// The lines as options and as suites, but for those that the command line has.
fn options(lines: &[(String, Value)], run: &ArgMatches, folder: &Path) -> (Vec<OsString>, Vec<OsString>) {
    let given = |id: &str| run.value_source(id) == Some(ValueSource::CommandLine);
    let (mut options, mut suites): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for (key, value) in lines {
        let id = if key == "report" { "reports" } else { key.as_str() };
        if given(id) || (key == "verbose" && given("quiet")) {
            continue;
        }
        let values = match value {
            Value::Array(values) => values.iter().collect(),
            value => vec![value],
        };
        for value in values {
            let option = format!("--{}", key.replace('_', "-"));
            match (key.as_str(), value) {
                ("suites", Value::String(name)) => {
                    suites.push(if is_path(name) { beside(folder, name) } else { name.clone() });
                }
                ("skip", Value::Object(skip)) => {
                    let text = |member: &str| skip.get(member).and_then(Value::as_str).unwrap_or_default();
                    tell(&format!("errdrift: left out: `{}`: {}", text("text"), text("reason")));
                    options.push(format!("{option}={}", text("text")));
                }
                ("report", Value::String(report)) => {
                    let (format, file) = report.split_once('=').unwrap_or((report, ""));
                    let file = if file == "-" { file.to_owned() } else { beside(folder, file) };
                    options.push(format!("{option}={format}={file}"));
                }
                ("waivers" | "ratchet" | "baseline" | "save_baseline", Value::String(file)) => {
                    options.push(format!("{option}={}", beside(folder, file)));
                }
                (_, Value::String(text)) => options.push(format!("{option}={text}")),
                (_, Value::Bool(true)) => options.push(option),
                (_, Value::Number(number)) => options.push(format!("{option}={number}")),
                _ => {}
            }
        }
    }
    (options.into_iter().map(OsString::from).collect(), suites.into_iter().map(OsString::from).collect())
}

/// A path of the file, from where the command was started.
fn beside(folder: &Path, file: &str) -> String {
    folder.join(file).to_string_lossy().into_owned()
}
