//! Waivers: what their meta-schema cannot say, and the line of each.

use std::path::Path;

use super::waiver::WaiverFile;
use crate::catalog::built_in::meta_schema;
use crate::catalog::document::{Document, Problem, Problems, closest_or_all};
use crate::judge;

/// The waivers of a file, with their lines.
///
/// # Errors
/// All that is wrong with the file.
pub fn waivers(path: &Path) -> Result<(WaiverFile, Vec<usize>), Problems> {
    of(&Document::read(path)?)
}

pub(crate) fn of(document: &Document) -> Result<(WaiverFile, Vec<usize>), Problems> {
    let file = document.decode::<WaiverFile>(&meta_schema("waivers.schema.json")?)?;
    let at = |index: usize| format!("/waiver/{index}");
    let lines = (0..file.waiver.len()).map(|index| document.line(&at(index)).unwrap_or(1)).collect();
    let mut problems = Vec::new();
    for (index, waiver) in file.waiver.iter().enumerate() {
        let at = at(index);
        for (name, text) in [("owner", &waiver.owner), ("reason", &waiver.reason)] {
            if text.trim().is_empty() {
                problems.push(blank(document, &at, name));
            }
        }
        if waiver.is_too_broad() {
            let problem = document.problem(&at, "this waiver would accept all that is wrong with a suite");
            problems.push(problem.help("name the `signature`, or one of `rule`, `operation`, `cause`, `at`"));
        }
        if let Some(rule) = waiver.rule.as_deref().filter(|rule| judge::find(rule).is_none()) {
            let ids: Vec<_> = judge::rules().map(|rule| rule.id).collect();
            let problem = document.problem(format!("{at}/rule"), format!("no rule is named `{rule}`"));
            problems.push(problem.help(closest_or_all(rule, &ids).unwrap_or_default()));
        }
    }
    Problems::new(problems).none_or((file, lines))
}

fn blank(document: &Document, at: &str, name: &str) -> Problem {
    let problem = document.problem(format!("{at}/{name}"), format!("`{name}` is blank"));
    problem.help(if name == "owner" { "write who answers for it" } else { "write why the drift is accepted for now" })
}
