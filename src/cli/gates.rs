//! The files that decide about a run beside its probes, read before anything is sent; and the command that writes waivers.

use std::io::{self, Read as _};
use std::path::Path;
use std::time::SystemTime;

use super::arguments::Run;
use super::output::{say, tell};
use super::{failed, mistaken};
use crate::catalog;
use crate::date::Date;
use crate::document::Problem;
use crate::earlier::Earlier;
use crate::fault::Tier;
use crate::gate::Gates;
use crate::plan::Selection;
use crate::ratchet::Ratchet;
use crate::render::waivers;
use crate::session::Failure;
use crate::verdict::exit;
use crate::waiver::Ledger;

/// Days until a waiver that is written for somebody expires.
const AHEAD: u16 = 90;

fn today() -> Date {
    Date::of(SystemTime::now())
}

/// What decides beside the probes, or the exit code.
pub(super) fn read(arguments: &Run, selection: &Selection) -> Result<Gates, u8> {
    let mut gates = Gates { is_narrowed: is_narrowed(selection), ..Gates::default() };
    if let Some(path) = &arguments.waivers {
        let (file, lines) = catalog::waivers(path).map_err(|problems| mistaken(&problems))?;
        gates.ledger = Some(Ledger::new(&path.display().to_string(), file, &lines, today()));
    }
    if let Some(path) = &arguments.ratchet {
        gates.ratchet = Some((path.clone(), ratchet(path).map_err(|problem| mistaken(&problem.into()))?));
    }
    Ok(gates)
}

/// What the ratchet's file holds; nothing where there is no such file yet.
fn ratchet(path: &Path) -> Result<Option<Ratchet>, Problem> {
    let file = path.display().to_string();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Problem::of_file(file, format!("cannot be read: {error}"))),
    };
    let parsed = Ratchet::parse(&text);
    parsed.map(Some).map_err(|(line, message)| Problem::of_file(file, message).on(Some(line)))
}

/// Whether the run leaves out what a run without options would send.
fn is_narrowed(selection: &Selection) -> bool {
    let Selection { filter, exact: _, skip, faults, operations, tiers, shard } = selection;
    let named = !skip.is_empty() || !faults.is_empty() || !operations.is_empty();
    filter.is_some() || named || shard.is_some() || !tiers.contains(&Tier::Core)
}

/// Writes waivers for what a run found.
pub(super) fn waive(report: &Path) -> u8 {
    let mut text = Vec::new();
    let read = if report.as_os_str() == "-" {
        io::stdin().lock().read_to_end(&mut text).map(|_| ())
    } else {
        std::fs::read(report).map(|bytes| text = bytes)
    };
    let read = read.map_err(|error| format!("cannot be read: {error}"));
    let earlier = match read.and_then(|()| Earlier::parse(&text)) {
        Ok(earlier) => earlier,
        Err(message) => return failed(&Failure::Usage(format!("{}: {message}", report.display()))),
    };
    let entries = waivers::entries(&earlier, today().later(AHEAD));
    if entries.is_empty() {
        tell("errdrift: nothing in this report needs a waiver");
    } else {
        say(&entries);
    }
    exit::CONFORMS
}
