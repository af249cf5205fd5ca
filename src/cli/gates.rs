//! The files that decide about a run beside its probes, read before anything is sent; and the command that writes waivers.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use super::arguments::Run;
use super::output::{say, show, tell};
use super::{failed, mistaken};
use crate::catalog::document;
use crate::catalog::document::Problem;
use crate::fault;
use crate::model::cause::{CAUSES, Cause};
use crate::model::date::Date;
use crate::model::file;
use crate::model::printable::printable;
use crate::model::verdict::exit;
use crate::plan::Selection;
use crate::policy::baseline::Baseline;
use crate::policy::gate::Gates;
use crate::policy::ratchet::Ratchet;
use crate::policy::waiver::Ledger;
use crate::render::waivers;
use crate::report::change::Comparison;
use crate::report::earlier::Earlier;
use crate::run::failure::Failure;

/// Days until a waiver that is written for somebody expires.
const AHEAD: u16 = 90;

fn today() -> Date {
    Date::of(SystemTime::now())
}

/// What decides beside the probes, or the exit code.
pub(super) fn read(arguments: &Run, selection: &Selection) -> Result<Gates, u8> {
    let mut gates = Gates { is_narrowed: !selection.is_whole(), ..Gates::default() };
    if let Some(path) = &arguments.waivers {
        let (file, lines) = crate::policy::waiver_file::waivers(path).map_err(|problems| mistaken(&problems))?;
        let mut ledger = Ledger::new(&path.display().to_string(), file, &lines, today());
        ledger.leave_out(&left_out(selection));
        gates.ledger = Some(ledger);
    }
    if let Some(path) = &arguments.ratchet {
        gates.ratchet = Some((path.clone(), ratchet(path).map_err(|problem| mistaken(&problem.into()))?));
    }
    if let Some(path) = &arguments.baseline {
        gates.baseline = Some((path.clone(), baseline(path).map_err(|problem| mistaken(&problem.into()))?));
    }
    gates.save.clone_from(&arguments.save_baseline);
    Ok(gates)
}

/// What the ratchet's file holds; nothing where there is no such file yet.
fn ratchet(path: &Path) -> Result<Option<Ratchet>, Problem> {
    let file = path.display().to_string();
    let text = match file::read(path) {
        Ok(bytes) => document::text(&file, bytes)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Problem::of_file(file, format!("cannot be read: {error}"))),
    };
    let parsed = Ratchet::parse(&text);
    parsed.map(Some).map_err(|(line, message)| Problem::of_file(file, message).on(Some(line)))
}

fn baseline(path: &Path) -> Result<Baseline, Problem> {
    let problem = |message: String| Problem::of_file(path.display().to_string(), message);
    let bytes = file::read(path)
        .map_err(|error| problem(format!("cannot be read: {error}")).help("--save-baseline writes one"))?;
    let text = document::text(&path.display().to_string(), bytes)?;
    Baseline::parse(&text).map_err(|(line, message)| problem(message).on(Some(line)))
}

/// The causes of which the selected tiers have no fault.
fn left_out(selection: &Selection) -> BTreeSet<Cause> {
    let has = |cause: &Cause| fault::faults().any(|f| f.cause == *cause && selection.tiers.contains(&f.tier));
    CAUSES.iter().map(|(cause, ..)| *cause).filter(|cause| !has(cause)).collect()
}

/// Writes waivers for what a run found.
pub(super) fn waive(report: &Path) -> u8 {
    let earlier = match read_earlier(report) {
        Ok(earlier) => earlier,
        Err(failure) => return failed(&failure),
    };
    let entries = waivers::entries(&earlier, today().later(AHEAD));
    if entries.is_empty() {
        tell("errdrift: nothing in this report needs a waiver");
    } else {
        show(&entries);
    }
    exit::CONFORMS
}

/// A report in JSON, as far as `parse` reads it.
pub(super) fn report<T>(report: &Path, parse: fn(&mut dyn Read) -> Result<T, String>) -> Result<T, Failure> {
    let read = file::report(report).map_err(|error| format!("cannot be read: {error}"));
    read.and_then(|mut text| parse(&mut text))
        .map_err(|message| Failure::Usage(format!("{}: {message}", report.display())))
}

fn read_earlier(path: &Path) -> Result<Earlier, Failure> {
    report(path, Earlier::read)
}

/// The longest line of a comparison, in characters.
const LONGEST: usize = 1_000;

/// Compares the answers of two runs.
pub(super) fn diff(before: &Path, after: &Path) -> u8 {
    let (before, after) = match read_earlier(before).and_then(|before| Ok((before, read_earlier(after)?))) {
        Ok(both) => both,
        Err(failure) => return failed(&failure),
    };
    let comparison = Comparison::of(&before.answers(), &after.answers());
    let lines: Vec<_> = comparison.lines().iter().map(|(_, line)| printable(line, LONGEST)).collect();
    say(if lines.is_empty() { "no difference".to_owned() } else { lines.join("\n") }.as_str());
    if comparison.breaks() { exit::DRIFT } else { exit::CONFORMS }
}
