//! `diff`: the answers of two runs, held against each other.

use std::path::Path;

use super::output::{failed, say};
use super::stored::read_earlier;
use crate::model::printable::printable;
use crate::model::verdict::exit;
use crate::report::change::Comparison;

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
