//! What is wrong with a suite, and what deserves a look, as it is found.

use regex::Regex;

use crate::catalog::document::{Document, Problem};

/// What is found on the way.
pub(crate) struct Mistakes<'d> {
    pub(crate) document: &'d Document,
    pub(crate) wrong: Vec<Problem>,
    pub(crate) doubtful: Vec<Problem>,
}

impl Mistakes<'_> {
    /// A mistake.
    pub(crate) fn wrong(&mut self, at: impl Into<String>, message: impl Into<String>, help: impl Into<String>) {
        self.wrong.push(self.document.problem(at, message).help(help));
    }

    /// No mistake, but worth a look.
    pub(crate) fn doubtful(&mut self, at: impl Into<String>, message: impl Into<String>, help: impl Into<String>) {
        self.doubtful.push(self.document.problem(at, message).help(help));
    }

    pub(crate) fn line_of(&self, operation: usize) -> String {
        let line = self.document.line(&format!("/operation/{operation}"));
        line.map_or_else(String::new, |line| format!(", on line {line}"))
    }
}

/// A regular expression of a file.
///
/// # Errors
/// What is wrong with it, in a line.
pub(crate) fn pattern(text: &str) -> Result<Regex, String> {
    Regex::new(text).map_err(|error| {
        let why = error.to_string();
        let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
        format!("`{text}` is no regular expression: {why}")
    })
}
