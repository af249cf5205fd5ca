//! `diff`: the answers of two runs, held against each other.

use std::path::Path;

use super::output::say;
use super::stored::report;
use crate::model::printable::printable;
use crate::model::verdict::exit;
use crate::report::change::Comparison;

/// The longest line of a comparison, in characters.
const MAX_LINE: usize = 1_000;

/// Compares the answers of two runs.
pub(super) fn diff(before: &Path, after: &Path) -> u8 {
    let (before, after) = match report(before).and_then(|before| Ok((before, report(after)?))) {
        Ok(both) => both,
        Err(code) => return code,
    };
    let comparison = Comparison::of(&before.answers(), &after.answers());
    let lines: Vec<_> = comparison.lines().iter().map(|(_, line)| printable(line, MAX_LINE)).collect();
    say(if lines.is_empty() { "no difference".to_owned() } else { lines.join("\n") }.as_str());
    if comparison.breaks() { exit::DRIFT } else { exit::CONFORMS }
}
