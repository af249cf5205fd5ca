//! A file as a value, with the line of everything in it.

use std::path::Path;

use serde_json::Value;

use super::lines::Lines;
use super::problem::{Problem, Problems};
use super::text::text;
use super::{json, toml};

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
}
