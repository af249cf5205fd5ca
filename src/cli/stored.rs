//! Reports of earlier runs, and the suites that they are of.

use std::path::{Component, Path};
use std::sync::Arc;

use super::output::{failed, tell};
use crate::catalog;
use crate::catalog::Api;
use crate::model::file;
use crate::report::Report;
use crate::run::error::Error;

/// A report in JSON.
pub(super) fn report(path: &Path) -> Result<Report, u8> {
    let read = file::report(path).map_err(|error| format!("cannot be read: {error}"));
    read.and_then(|mut text| Report::read(&mut text))
        .map_err(|message| failed(&Error::Usage(format!("{}: {message}", path.display()))))
}

/// The suites of those ids as they are today: those that are named, else what the report says, as far as that is built in or
/// in the current folder.
pub(super) fn suites(
    report: &Report,
    ids: &[&str],
    named: &[String],
    load: impl Fn(&[String]) -> Result<Vec<Arc<Api>>, u8>,
) -> Result<Vec<Arc<Api>>, u8> {
    let mut apis = load(named)?;
    let missing: Vec<String> = ids
        .iter()
        .filter(|id| !apis.iter().any(|api| api.suite.id == **id))
        .map(|id| report.opening.suite_names.get(*id).map_or_else(|| (*id).to_owned(), Clone::clone))
        .collect();
    let help = |code| {
        tell("errdrift: suites are looked for where the report says; --suite FILE names one that is elsewhere now");
        code
    };
    if let Some(name) = missing.iter().find(|name| !is_here(name)) {
        let why = format!(
            "the report is of the suite {name}, which is not in the current folder; --suite {name} reads it all the same"
        );
        return Err(failed(&Error::Usage(why)));
    }
    apis.extend(load(&missing).map_err(help)?);
    apis.retain(|api| ids.contains(&api.suite.id.as_str()));
    if let Some(id) = ids.iter().find(|id| !apis.iter().any(|api| api.suite.id == **id)) {
        let why = format!("the report is of the suite {id}, and none of that id was found; --suite FILE names it");
        return Err(failed(&Error::Usage(why)));
    }
    // In the report's order, which is that of its results.
    apis.sort_by_key(|api| ids.iter().position(|id| *id == api.suite.id));
    Ok(apis)
}

/// Whether the suite is built in, or a file in the current folder, links followed: anybody may have written the report.
fn is_here(name: &str) -> bool {
    if catalog::built_in_suites().any(|id| id == name) {
        return true;
    }
    let path = Path::new(name);
    let climbs = path.components().any(|part| matches!(part, Component::ParentDir));
    match (path.canonicalize(), Path::new(".").canonicalize()) {
        (Ok(path), Ok(here)) => !climbs && path.starts_with(here),
        // What is not there is not read.
        _ => !climbs && path.is_relative(),
    }
}
