//! `waive`: waivers for what a run found, to be filled in.

use std::path::Path;

use super::output::{failed, show, tell};
use super::policy::today;
use super::stored::read_earlier;
use crate::model::verdict::exit;
use crate::render::waivers;

/// Days until a waiver that is written for somebody expires.
const AHEAD: u16 = 90;

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
