//! A file as a value, with the line of everything in it.
//!
//! The same door for every document that people write (suites, contracts, waivers): read, parsed, held against its
//! meta-schema and turned into its type. All that is wrong comes back at once, each with its line and what to write
//! instead. It knows no document's meaning.

mod advice;
mod json;
mod problem;
mod toml;

use std::collections::BTreeMap;
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

pub use self::advice::{closest_or_all, nearest};
pub use self::problem::{Problem, Problems};
use super::schema::Schema;

/// How a document is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Syntax {
    /// TOML 1.1.
    Toml,
    /// JSON (RFC 8259), without duplicate members.
    Json,
}

/// A file as a value.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file's name in problems.
    pub file: String,
    /// How it is written.
    pub syntax: Syntax,
    /// What it says.
    pub value: Value,
    lines: Lines,
}

/// The line of each value, by JSON Pointer; of a member, its key's line.
type Lines = BTreeMap<String, usize>;

/// A mistake in the syntax: its line, where it is known, its place, and what is wrong.
struct Slip {
    line: Option<usize>,
    pointer: String,
    message: String,
}

impl Document {
    /// Reads and parses a file.
    ///
    /// # Errors
    /// The file cannot be read, or every mistake in its syntax.
    pub fn read(path: &Path) -> Result<Self, Problems> {
        let file = path.display().to_string();
        let bytes = crate::model::file::read(path)
            .map_err(|error| Problem::of_file(&file, format!("cannot be read: {error}")))?;
        Self::parse(&file, &text(&file, bytes)?)
    }

    /// Parses a text: JSON where the file's name ends in `.json`, else TOML.
    ///
    /// # Errors
    /// Every mistake in the syntax that the parser gets to.
    pub fn parse(file: &str, text: &str) -> Result<Self, Problems> {
        let is_json = Path::new(file).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        let syntax = if is_json { Syntax::Json } else { Syntax::Toml };
        let parsed = match syntax {
            Syntax::Json => json::parse(text),
            Syntax::Toml => toml::parse(text),
        };
        match parsed {
            Ok((value, lines)) => Ok(Self { file: file.to_owned(), syntax, value, lines }),
            Err(slips) => Err(Problems::new(slips.into_iter().map(|slip| Problem {
                file: file.to_owned(),
                line: slip.line,
                pointer: slip.pointer,
                message: slip.message,
                help: None,
            }))),
        }
    }

    /// The line of a value, or of what it would stand in.
    #[must_use]
    pub fn line(&self, pointer: &str) -> Option<usize> {
        let mut pointer = pointer;
        loop {
            if let Some(line) = self.lines.get(pointer) {
                return Some(*line);
            }
            pointer = &pointer[..pointer.rfind('/')?];
        }
    }

    /// A problem with what stands, or should stand, at the pointer.
    #[must_use]
    pub fn problem(&self, pointer: impl Into<String>, message: impl Into<String>) -> Problem {
        let pointer = pointer.into();
        Problem { file: self.file.clone(), line: self.line(&pointer), pointer, message: message.into(), help: None }
    }

    /// The document as its type, once its meta-schema has accepted it.
    ///
    /// # Errors
    /// Every violation of the meta-schema, or the type's own objection.
    pub fn decode<T: DeserializeOwned>(&self, schema: &Schema) -> Result<T, Problems> {
        let problems = Problems::new(schema.violations(&self.value).iter().map(|v| advice::problem(self, schema, v)));
        if !problems.is_empty() {
            return Err(problems);
        }
        serde_json::from_value(self.value.clone()).map_err(|error| self.problem("", error.to_string()).into())
    }
}

/// The text that a file's bytes are. Not one of our formats has control characters other than tabs and line ends.
///
/// # Errors
/// The first line that is no text.
pub fn text(file: &str, bytes: Vec<u8>) -> Result<String, Problem> {
    let wrong =
        |before: &[u8], message: String| Err(Problem::of_file(file, message).on(Some(Newlines::new(before).last())));
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            return wrong(&error.as_bytes()[..error.utf8_error().valid_up_to()], "is not UTF-8".to_owned());
        }
    };
    let controls = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x7f);
    match text.bytes().position(|byte| controls(&byte)) {
        Some(at) => wrong(
            &text.as_bytes()[..at],
            format!("has the control character U+{:04X}, which no text has", text.as_bytes()[at]),
        ),
        None => Ok(text),
    }
}

/// Where the lines of a text begin.
struct Newlines(Vec<usize>);

impl Newlines {
    fn new(text: &[u8]) -> Self {
        Self(text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at).collect())
    }

    /// The line of a byte, counted from 1.
    fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|newline| *newline < offset) + 1
    }

    /// The last line.
    fn last(&self) -> usize {
        self.0.len() + 1
    }
}
