//! Text that shows all that it holds, on a terminal, in the log of a CI and in JSON.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, Serializer};

/// Whether a character moves the cursor, reorders or hides text, or is nothing to see: control characters, marks of
/// bidirectional text, zero-width and ignorable characters, line separators, and what XML forbids.
#[must_use]
pub fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}')
        || matches!(c, '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}')
        || matches!(c, '\u{e0000}'..='\u{e0fff}')
}

/// The text on one line of at most `limit` characters, safe for a terminal and for the log of a CI.
///
/// What [`hides`] is written `\u{…}`, and so is the second `#` of `##`, by which CI systems begin a command anywhere in a
/// line. A cut shows as `…`.
#[must_use]
pub fn printable(text: &str, limit: usize) -> String {
    let (mut safe, mut length) = (String::new(), 0);
    // Where to cut so that the ellipsis has room.
    let mut fitting = 0;
    let mut before = ' ';
    for c in text.chars() {
        let escaped = hides(c) || (c == '#' && before == '#');
        before = c;
        let start = safe.len();
        if escaped {
            let _ = write!(safe, "\\u{{{:x}}}", u32::from(c));
        } else {
            safe.push(c);
        }
        length += if escaped { safe.len() - start } else { 1 };
        if length > limit {
            safe.truncate(fitting);
            if limit > 0 {
                safe.push('…');
            }
            return safe;
        }
        if length < limit {
            fitting = safe.len();
        }
    }
    safe
}

/// The text on as many lines as it needs, each broken at a space. A word that is longer than a line stays whole.
///
/// No line begins with `:` or `#`: a CI reads commands after leading spaces, too.
#[must_use]
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut length = 0;
    for word in text.split(' ') {
        let needed = word.chars().count();
        let begins_command = word.trim_start().starts_with([':', '#']);
        match lines.last_mut() {
            Some(line) if length + 1 + needed <= width || word.is_empty() || begins_command => {
                line.push(' ');
                line.push_str(word);
                length += 1 + needed;
            }
            _ => {
                lines.push(word.to_owned());
                length = needed;
            }
        }
    }
    lines
}

/// The value's JSON on one line. No type of ours can fail to have one; `null`, which the schema refuses, stands for it.
pub(crate) fn json(value: &impl Serialize) -> String {
    let mut bytes = Vec::new();
    match value.serialize(&mut Serializer::with_formatter(&mut bytes, Visible)) {
        Ok(()) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(_) => "null".to_owned(),
    }
}

/// JSON on one line, even for readers that end lines at U+2028, in which no control character reaches a terminal.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(hides) {
            writer.write_all(&rest.as_bytes()[..at])?;
            let mut letters = rest[at..].chars();
            for unit in letters.next().into_iter().flat_map(|c| c.encode_utf16(&mut [0; 2]).to_vec()) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = letters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }

    fn write_char_escape<W: Write + ?Sized>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        serde_json::ser::CompactFormatter.write_char_escape(writer, escape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_the_cursor_or_hides_text_is_visible() {
        let hostile = "\u{1b}[31m\u{9b}2J\r\n\u{7f}\u{202e}\u{2066}\u{200b}\u{feff}\0";
        let expected = "\\u{1b}[31m\\u{9b}2J\\u{d}\\u{a}\\u{7f}\\u{202e}\\u{2066}\\u{200b}\\u{feff}\\u{0}";
        assert_eq!(printable(hostile, 1000), expected);
        assert_eq!(printable("Ошибка: «ы» 🙂", 1000), "Ошибка: «ы» 🙂");
    }

    #[test]
    fn a_command_of_a_ci_is_broken_wherever_it_stands() {
        for command in ["##vso[task.complete]", "a ##[error]b", "###teamcity["] {
            assert!(!printable(command, 1000).contains("##"), "{command}");
        }
        let text = printable(&"word ::error::x \u{a0}::error::y ".repeat(20), 1000);
        assert!(wrapped(&text, 10).iter().all(|line| !line.trim_start().starts_with("::")), "{text}");
    }

    #[test]
    fn a_cut_counts_characters_and_cuts_no_escape_in_two() {
        assert_eq!(printable("äöü", 3), "äöü");
        assert_eq!(printable("äöüß", 3), "äö…");
        assert_eq!(printable("a\u{1b}b", 6), "a…");
        assert_eq!(printable("abc", 0), "");
        assert_eq!(printable(&"\u{1b}".repeat(5_000_000), 20).chars().count(), 19);
    }

    #[test]
    fn a_line_is_broken_at_spaces() {
        assert_eq!(wrapped("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(wrapped("", 9), [""]);
        assert_eq!(wrapped("abcdefghijkl m", 9), ["abcdefghijkl", "m"]);
    }

    #[test]
    fn hidden_characters_are_escaped_and_read_back_the_same() {
        let hostile = "a\u{1b}[2J\u{9b}\u{2028}\u{202e}\u{e0041}\"\\\n\u{7f}é🙂";
        let written = json(&hostile);
        assert!(!written.contains(hides), "{written}");
        assert_eq!(serde_json::from_str::<String>(&written).unwrap(), hostile);
    }
}
