//! `waive`: waivers for what a run found, to be filled in.

use std::path::Path;

use super::output::{show, tell};
use super::policy::today;
use super::stored::report;
use crate::model::verdict::exit;
use crate::render::waivers;

/// Days until a waiver that is written for somebody expires.
const MAX_DAYS: u16 = 90;

/// Writes waivers for what a run found.
pub(super) fn waive(path: &Path) -> u8 {
    let report = match report(path) {
        Ok(report) => report,
        Err(code) => return code,
    };
    let entries = waivers::entries(&report, today().later(MAX_DAYS));
    if entries.is_empty() {
        tell("errdrift: nothing in this report needs a waiver");
    } else {
        show(&entries);
    }
    exit::CONFORMS
}
