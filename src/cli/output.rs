//! The two streams. Nothing else in the crate writes to them, live lines and reports to `-` aside.
//!
//! What is written here is made of texts that others chose: files, targets, names. Nothing in them moves the cursor, hides or
//! begins a command of a CI.

use std::io::{self, Write as _};

use crate::catalog::document::Problems;
use crate::model::printable::{hides, printable};
use crate::model::verdict::exit;
use crate::run::error::Error;

/// A line or more on standard output. A closed pipe is nobody's error.
pub(super) fn say(text: &str) {
    show(&visible(text));
}

/// A line or more on standard output with the colours that we gave it.
pub(super) fn say_in_colour(text: &str) {
    show(&coloured(text));
}

/// A line or more on standard output in a format that escapes by rules of its own.
pub(super) fn show(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{}", text.trim_end_matches('\n'));
}

/// A line or more on standard error.
pub(super) fn tell(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", visible(text.trim_end_matches('\n')));
}

/// Says what failed, and gives its exit code.
pub(super) fn failed(failure: &Error) -> u8 {
    let help = if let Error::Production { .. } = failure { "; --yes-production sends all the same" } else { "" };
    tell(&format!("errdrift: {failure}{help}"));
    failure.exit_code()
}

pub(super) fn mistaken(problems: &Problems) -> u8 {
    tell(&problems.to_string());
    exit::USAGE
}

/// The text with its lines, and nothing else that a terminal or a CI acts upon.
pub(super) fn visible(text: &str) -> String {
    let line = |line: &str| {
        let line = printable(line, usize::MAX);
        let indent = line.len() - line.trim_start().len();
        // GitHub takes a line that begins so for a command.
        let is_command = line[indent..].starts_with("::");
        if is_command { format!("{}\\u{{3a}}{}", &line[..indent], &line[indent + 1..]) } else { line }
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// The text with its lines and colours, and nothing else that moves the cursor or hides.
fn coloured(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(|c| hides(c) && c != '\n') {
        safe.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = colour(rest).unwrap_or_else(|| rest.chars().next().map_or(0, char::len_utf8));
        let (hidden, behind) = rest.split_at(length);
        safe.push_str(&if colour(rest).is_some() { hidden.to_owned() } else { printable(hidden, usize::MAX) });
        rest = behind;
    }
    safe + rest
}

/// The length of the sequence at the text's beginning, if it sets a colour.
fn colour(text: &str) -> Option<usize> {
    let parameters = text.strip_prefix("\u{1b}[")?;
    let end = parameters.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    parameters[end..].starts_with('m').then_some(end + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_and_what_a_terminal_acts_upon_does_not() {
        let hostile = "a\n\u{1b}]0;owned\u{7}\u{9b}2J\u{7f}\u{202e}\u{200b}\r\n  ::error::x\n##[error]y";
        let text = visible(hostile);
        assert_eq!(text.lines().count(), 4);
        assert!(!text.replace('\n', "").contains(hides), "{text}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")) && !text.contains("##"), "{text}");
        assert_eq!(visible("Ошибка: «ы»\n  a::b # c"), "Ошибка: «ы»\n  a::b # c");
    }

    #[test]
    fn colours_stay_and_other_sequences_do_not() {
        let own = "\u{1b}[1;31mFAIL\u{1b}[0m\nnext";
        assert_eq!(coloured(own), own);
        let hostile = "\u{1b}[31\u{1b}[2J\u{1b}]0;x\u{7}\u{1b}[31m\u{1b}";
        assert_eq!(coloured(hostile), "\\u{1b}[31\\u{1b}[2J\\u{1b}]0;x\\u{7}\u{1b}[31m\\u{1b}");
    }
}
