//! The report as JSON (`schemas/report.schema.json`), in pieces, so that no result need be kept until the end.
//!
//! `head`, any number of `result`s and `tail` are one document, with one result, drift or code a line. Everything goes
//! through the serialiser; it knows no verdict.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, Serializer};

use super::hides;
use crate::report::{Closing, Opening, ProbeResult, SCHEMA_VERSION};

/// Who wrote the report.
#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

/// The document up to its first result.
#[must_use]
pub fn head(opening: &Opening) -> String {
    #[derive(Serialize)]
    struct Head<'o> {
        schema_version: u32,
        tool: Tool,
        #[serde(flatten)]
        opening: &'o Opening,
        /// What each suite was loaded by, so that its probes can be planned again.
        suite_names: BTreeMap<&'o str, &'o str>,
    }
    let tool = Tool { name: "errdrift", version: env!("CARGO_PKG_VERSION") };
    let suite_names = opening.files.iter().map(|(suite, file)| (suite.as_str(), file.name.as_str())).collect();
    let head = text(&Head { schema_version: SCHEMA_VERSION, tool, opening, suite_names });
    format!("{},\n\"results\": [", head.strip_suffix('}').unwrap_or(&head))
}

/// One result, with the comma before it unless it is the first.
#[must_use]
pub fn result(result: &ProbeResult, first: bool) -> String {
    format!("{}\n{}", if first { "" } else { "," }, text(result))
}

/// The document from behind its last result on.
#[must_use]
pub fn tail(closing: &Closing) -> String {
    let Closing {
        duration_ms, exit_code, verdict, reasons, summary, drifts, catalogue, not_exercised, withheld, ..
    } = closing;
    let members = [
        ("duration_ms", text(duration_ms)),
        ("exit_code", text(exit_code)),
        ("verdict", text(verdict)),
        ("reasons", lines(reasons)),
        ("may_have_changed", lines(&closing.may_have_changed)),
        ("summary", text(summary)),
        ("drifts", lines(drifts)),
        ("catalogue", lines(catalogue)),
        ("not_exercised", lines(not_exercised)),
        ("withheld", lines(withheld)),
        ("coverage", lines(&closing.coverage)),
        ("precedence", lines(&closing.precedence)),
        ("inactive", lines(&closing.inactive)),
        ("connection_failures", text(&closing.connection_failures)),
        ("load", text(&closing.load)),
        ("interrupted", text(&closing.interrupted)),
        ("gates", lines(&closing.gates)),
    ];
    let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    format!("\n],\n{}}}\n", members.join(",\n"))
}

/// An array with one element a line.
fn lines(values: &[impl Serialize]) -> String {
    let values: Vec<_> = values.iter().map(|value| format!("\n{}", text(value))).collect();
    format!("[{}{}]", values.join(","), if values.is_empty() { "" } else { "\n" })
}

/// The value's JSON on one line. No type of ours can fail to have one; `null`, which the schema refuses, stands for it.
pub(crate) fn text(value: &impl Serialize) -> String {
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
    fn hidden_characters_are_escaped_and_read_back_the_same() {
        let hostile = "a\u{1b}[2J\u{9b}\u{2028}\u{202e}\u{e0041}\"\\\n\u{7f}é🙂";
        let json = text(&hostile);
        assert!(!json.contains(hides), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), hostile);
    }
}
