//! The files that decide about a run beside its probes, read before anything is sent.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::time::SystemTime;

use super::options::PolicyFiles;
use super::output::mistaken;
use crate::catalog::document;
use crate::catalog::document::Problem;
use crate::fault;
use crate::model::cause::{CAUSES, Cause};
use crate::model::date::Date;
use crate::model::file;
use crate::plan::Selection;
use crate::policy::baseline::Baseline;
use crate::policy::gate::Policies;
use crate::policy::ratchet::Ratchet;
use crate::policy::waiver::AppliedWaivers;
use crate::policy::waiver_file;

pub(super) fn today() -> Date {
    Date::of(SystemTime::now())
}

/// What decides beside the probes, or the exit code.
pub(super) fn read(files: &PolicyFiles, selection: &Selection) -> Result<Policies, u8> {
    let mut gates = Policies { is_narrowed: !selection.is_whole(), ..Policies::default() };
    if let Some(path) = &files.waivers {
        let (file, lines) = waiver_file::waivers(path).map_err(|problems| mistaken(&problems))?;
        let mut applied = AppliedWaivers::new(&path.display().to_string(), file, &lines, today());
        applied.leave_out(&left_out(selection));
        gates.waivers = Some(applied);
    }
    if let Some(path) = &files.ratchet {
        gates.ratchet = Some((path.clone(), ratchet(path).map_err(|problem| mistaken(&problem.into()))?));
    }
    if let Some(path) = &files.baseline {
        gates.baseline = Some((path.clone(), baseline(path).map_err(|problem| mistaken(&problem.into()))?));
    }
    gates.save.clone_from(&files.save_baseline);
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
