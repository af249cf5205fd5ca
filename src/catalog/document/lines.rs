//! The lines of a text, and what stands on them.

use std::collections::BTreeMap;

/// The line of each value, by JSON Pointer; of a member, its key's line.
pub(super) type Lines = BTreeMap<String, usize>;

/// A mistake in the syntax: its line, where it is known, its place, and what is wrong.
pub(super) struct Slip {
    pub(super) line: Option<usize>,
    pub(super) pointer: String,
    pub(super) message: String,
}

/// Where the lines of a text begin.
pub(super) struct Newlines(Vec<usize>);

impl Newlines {
    pub(super) fn new(text: &[u8]) -> Self {
        Self(text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at).collect())
    }

    /// The line of a byte, counted from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        self.0.partition_point(|newline| *newline < offset) + 1
    }

    /// The last line.
    pub(super) fn last(&self) -> usize {
        self.0.len() + 1
    }
}
