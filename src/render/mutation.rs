//! How strong a contract is, for people: a line a contract, and what it would not notice below it.

use crate::judge::mutation::Examination;
use crate::model::printable::printable;

/// The longest mutant that is shown, in characters.
const MAX_LENGTH: usize = 400;

/// The numbers of a contract, then each mutant that it neither notices nor explains: where, how, and what it looks like.
#[must_use]
pub fn lines(contract: &str, examination: &Examination) -> String {
    let Examination { mutants, noticed, explained, unexplained, .. } = examination;
    let left = match unexplained.len() {
        0 => String::new(),
        count => format!(", {count} unexplained"),
    };
    let head = format!("contract {contract}: {mutants} mutants, {noticed} noticed, {explained} explained{left}");
    let survivors = unexplained.iter().map(|survivor| {
        // The body as a whole has an empty pointer, which nobody would see.
        let at = if survivor.at.is_empty() { "\"\"" } else { &survivor.at };
        let body = survivor.body.to_string();
        format!("\n  {} {} {}", printable(at, MAX_LENGTH), survivor.kind.word(), printable(&body, MAX_LENGTH))
    });
    std::iter::once(head).chain(survivors).collect()
}
