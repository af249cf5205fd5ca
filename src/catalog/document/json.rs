//! JSON to a value and the lines of its parts; a member that stands twice is a mistake.

use serde_json::Value;

use super::lines::{Lines, Newlines, Slip};
use crate::model::pointer::member;

/// The value and its lines.
///
/// # Errors
/// The first mistake in the syntax, or every member that stands twice in its object.
pub(super) fn parse(text: &str) -> Result<(Value, Lines), Vec<Slip>> {
    let value = serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or(&message).to_owned();
        vec![Slip { line: Some(error.line().max(1)), pointer: String::new(), message }]
    })?;
    let newlines = Newlines::new(text.as_bytes());
    let mut scan = Scan { text, at: 0, newlines, lines: Lines::new(), slips: Vec::new() };
    scan.value("");
    if scan.slips.is_empty() { Ok((value, scan.lines)) } else { Err(scan.slips) }
}

/// A walk over text that is known to be JSON, for the sake of its lines.
struct Scan<'t> {
    text: &'t str,
    at: usize,
    newlines: Newlines,
    lines: Lines,
    slips: Vec<Slip>,
}

impl Scan<'_> {
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or_default()
    }

    /// The next byte that is no white space or separator.
    fn skip(&mut self) -> u8 {
        while matches!(self.byte(), b' ' | b'\t' | b'\r' | b'\n' | b',' | b':') {
            self.at += 1;
        }
        self.byte()
    }

    fn value(&mut self, pointer: &str) {
        let first = self.skip();
        self.lines.entry(pointer.to_owned()).or_insert_with(|| self.newlines.line(self.at));
        match first {
            b'{' => self.object(pointer),
            b'[' => {
                self.at += 1;
                let mut index = 0;
                while !matches!(self.skip(), b']' | 0) {
                    self.value(&format!("{pointer}/{index}"));
                    index += 1;
                }
                self.at += 1;
            }
            b'"' => {
                self.string();
            }
            _ => {
                while !matches!(self.byte(), b' ' | b'\t' | b'\r' | b'\n' | b',' | b']' | b'}' | 0) {
                    self.at += 1;
                }
            }
        }
    }

    fn object(&mut self, pointer: &str) {
        self.at += 1;
        while self.skip() == b'"' {
            let line = self.newlines.line(self.at);
            let name = self.string();
            let pointer = member(pointer, &name);
            if let Some(first) = self.lines.get(&pointer) {
                let message = format!("the member `{name}` stands here a second time, first on line {first}");
                self.slips.push(Slip { line: Some(line), pointer: pointer.clone(), message });
            }
            self.lines.insert(pointer.clone(), line);
            self.value(&pointer);
        }
        self.at += 1;
    }

    fn string(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        while !matches!(self.byte(), b'"' | 0) {
            self.at += if self.byte() == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        self.text.get(start..self.at).and_then(|literal| serde_json::from_str(literal).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_its_line() {
        let text = "{\n \"a\": [1,\n  {\"b/c\": \"}\\\"\"}],\n \"d\":\n true\n}";
        let (_, lines) = parse(text).unwrap_or_default();
        let expected = [("", 1), ("/a", 2), ("/a/0", 2), ("/a/1", 3), ("/a/1/b~1c", 3), ("/d", 4)];
        assert_eq!(lines, expected.map(|(pointer, line)| (pointer.to_owned(), line)).into());
    }

    #[test]
    fn a_member_that_stands_twice_is_a_mistake() {
        let Err(slips) = parse("{\"a\": 1,\n\"b\": {\"a\": 1},\n\"\\u0061\": 2}") else { panic!("it parses") };
        assert_eq!(slips.len(), 1);
        assert_eq!((slips[0].line, slips[0].pointer.as_str()), (Some(3), "/a"));
    }

    #[test]
    fn a_mistake_in_the_syntax_has_its_line() {
        let Err(slips) = parse("{\n\"a\": }") else { panic!("it parses") };
        assert_eq!((slips[0].line, slips[0].message.as_str()), (Some(2), "expected value"));
    }
}
