//! The files of a command, held against each other before anything is sent.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::options::{PolicyFiles, Reports};
use super::output::failed;
use crate::catalog::Api;
use crate::model::file;
use crate::model::file::{Named, Role};
use crate::run::error::Error;
use crate::run::writer::Request;

/// The project's file that is read where the command line names none.
pub(super) const PROJECT: &str = "errdrift.toml";

/// The project's file that a run reads: the one that is named, or the one in this folder.
pub(super) fn project(named: Option<&PathBuf>) -> Option<&Path> {
    named.map(PathBuf::as_path).or_else(|| Some(Path::new(PROJECT)).filter(|path| path.exists()))
}

/// The reports, where each of them goes somewhere else.
pub(super) fn settled(reports: &Reports) -> Result<Vec<Request>, u8> {
    let reports: Vec<_> = reports.requests.iter().cloned().map(Request::settled).collect();
    if reports.iter().filter(|report| report.path.is_none()).count() > 1 {
        return Err(failed(&Error::Usage("two reports cannot both go to standard output".to_owned())));
    }
    Ok(reports)
}

/// Whether what a run writes is no file that it reads, and nothing is written twice; `read` are those beside suites and policy.
pub(super) fn of_run(
    policy: &PolicyFiles,
    read: [(Role, Option<&Path>); 2],
    apis: &[Arc<Api>],
    reports: &[Request],
) -> Result<(), u8> {
    let accepted = [(Role::Waivers, policy.waivers.as_deref()), (Role::Baseline, policy.baseline.as_deref())];
    let written = [(Role::SavedBaseline, policy.save_baseline.as_deref()), (Role::Ratchet, policy.ratchet.as_deref())];
    let named = |(role, path): (Role, Option<&Path>)| path.map(|path| Named::new(role, path));
    let read = accepted.into_iter().chain(read).filter_map(named);
    let inputs: Vec<_> = apis.iter().flat_map(|api| api.files()).chain(read).collect();
    distinct(&inputs, reports, written.into_iter().filter_map(named).collect())
}

/// Whether no report of `judge` overwrites what it reads.
pub(super) fn of_judge(report: &Path, apis: &[Arc<Api>], reports: &[Request]) -> Result<(), u8> {
    let mut inputs: Vec<_> = apis.iter().flat_map(|api| api.files()).collect();
    if report.as_os_str() != "-" {
        inputs.push(Named::new(Role::EarlierReport, report));
    }
    distinct(&inputs, reports, Vec::new())
}

fn distinct(inputs: &[Named], reports: &[Request], mut outputs: Vec<Named>) -> Result<(), u8> {
    outputs.extend(reports.iter().map(|report| Named { role: Role::Report, path: report.path.clone() }));
    file::distinct(inputs, &outputs).map_err(|why| failed(&Error::Usage(format!("{why}; nothing was sent"))))
}
