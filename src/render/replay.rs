//! One exchange byte by byte, for people: every line that left and every line that came, with what nobody sees written out.
//! Text, and nothing is printed.

use std::fmt::Write as _;

use super::count::count;
use crate::model::printable::{hides, printable};
use crate::model::verdict::Verdict;
use crate::report::changed;
use crate::report::replayed::{Piece, Replayed};

/// The most bytes of one side that are shown.
const MAX_SHOWN: usize = 64 * 1024;
/// A longer line of ours is cut.
const MAX_LINE: usize = 2_000;

/// The exchange and its outcome.
#[must_use]
pub fn text(replayed: &Replayed) -> String {
    let Replayed { target, may_have_changed, sent, received, rewritten, result, before, now } = replayed;
    let mut text = format!("{} to {}\n", printable(&result.probe, MAX_LINE), printable(target, MAX_LINE));
    if !may_have_changed.is_empty() {
        let told = [changed::headline(may_have_changed)].into_iter().chain(changed::lines(may_have_changed));
        told.for_each(|line| text.push_str(&(printable(&line, MAX_LINE) + "\n")));
    }
    if let Some(why) = rewritten {
        let _ = writeln!(text, "({why})");
    }
    text.push('\n');
    for piece in sent {
        match piece {
            Piece::Bytes(bytes) => text.push_str(&bytes_of('>', bytes)),
            Piece::Pause(pause) => {
                let _ = writeln!(text, "  (nothing for {pause:?})");
            }
            Piece::Closed => text.push_str("  (our half of the connection is closed)\n"),
        }
    }
    text.push('\n');
    text.push_str(&bytes_of('<', received));
    if let Some(silence) = &result.silence {
        let _ = writeln!(text, "  (no reply: {})", printable(silence, MAX_LINE));
    }
    text.push('\n');
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "{label:<9} {}", printable(value, MAX_LINE));
    };
    for finding in &result.findings {
        let word = finding.severity.word();
        line(
            word,
            &format!("{} at {}: expected {}, got {}", finding.rule, finding.at, finding.expected, finding.actual),
        );
    }
    for signature in now.intersection(before) {
        line("as before", signature);
    }
    for signature in now.difference(before) {
        line("new", signature);
    }
    for signature in before.difference(now) {
        line("not now", signature);
    }
    let word = match result.verdict {
        Verdict::Pass | Verdict::Waived => "PASS",
        Verdict::Fail => "FAIL",
        Verdict::Inconclusive | Verdict::Error => "NOT JUDGED",
    };
    let mut parts = vec![format!("{} in one reply", count(result.findings.len(), "finding"))];
    parts.extend(result.reason.clone());
    if !before.is_subset(now) {
        parts.push("what only a comparison of answers shows is not looked for".to_owned());
    }
    let verdict = format!("errdrift: {word}: {}; exit {}", parts.join("; "), result.verdict.exit_code());
    text + &printable(&verdict, MAX_LINE) + "\n"
}

/// The bytes, a line for each line feed.
fn bytes_of(mark: char, bytes: &[u8]) -> String {
    let shown = &bytes[..bytes.len().min(MAX_SHOWN)];
    let mut text = String::new();
    for line in shown.split_inclusive(|byte| *byte == b'\n') {
        let _ = writeln!(text, "{mark} {}", escaped(line));
    }
    if shown.len() < bytes.len() {
        let _ = writeln!(text, "{mark} … and {} more", count(bytes.len() - shown.len(), "byte"));
    }
    text
}

/// The bytes as text in which each of them can be seen: `\r`, `\n`, `\t`, `\\`, `\xFF` and `\u{200b}`.
#[must_use]
pub fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\r' => text.push_str("\\r"),
                '\n' => text.push_str("\\n"),
                '\t' => text.push_str("\\t"),
                '\\' => text.push_str("\\\\"),
                // A CI reads a command after two of them anywhere in a line.
                '#' if text.ends_with('#') => text.push_str("\\x23"),
                c if c.is_ascii_control() => {
                    let _ = write!(text, "\\x{:02X}", u32::from(c));
                }
                c if hides(c) => {
                    let _ = write!(text, "\\u{{{:x}}}", u32::from(c));
                }
                c => text.push(c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_can_be_told_and_none_moves_the_cursor() {
        assert_eq!(escaped(b"a\\b\r\n"), "a\\\\b\\r\\n");
        assert_eq!(escaped(b"\x1b[2J\x00\xff\xfe\t"), "\\x1B[2J\\x00\\xFF\\xFE\\t");
        assert_eq!(escaped("ы\u{202e}\u{200b}🙂".as_bytes()), "ы\\u{202e}\\u{200b}🙂");
        assert_eq!(escaped(b"##vso[x]"), "#\\x23vso[x]");
    }

    #[test]
    fn lines_are_broken_behind_line_feeds_alone() {
        assert_eq!(
            bytes_of('>', b"GET / HTTP/1.1\r\nhost: a\rb\n\r\n"),
            "> GET / HTTP/1.1\\r\\n\n> host: a\\rb\\n\n> \\r\\n\n"
        );
        assert_eq!(bytes_of('<', b""), "");
    }
}
