//! Colour, width, and nothing else: a report reads the same without them.

use crate::model::verdict::Severity;

/// What the reader's terminal can do.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether ANSI colours are understood and wanted.
    pub color: bool,
    /// The width in characters.
    pub width: usize,
    /// Whether drift that is waived or old is told whole.
    pub verbose: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 100, verbose: false }
    }
}

/// How a piece of text stands out.
#[derive(Clone, Copy, Debug)]
pub enum Ink {
    /// What failed.
    Red,
    /// What is to be looked at.
    Yellow,
    /// What is well.
    Green,
    /// What is remarked.
    Cyan,
    /// What is read first.
    Bold,
    /// What is read last.
    Dim,
}

const RESET: &str = "\u{1b}[0m";

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Self::Red => "\u{1b}[1;31m",
            Self::Yellow => "\u{1b}[33m",
            Self::Green => "\u{1b}[32m",
            Self::Cyan => "\u{1b}[36m",
            Self::Bold => "\u{1b}[1m",
            Self::Dim => "\u{1b}[2m",
        }
    }

    /// The ink of a severity.
    #[must_use]
    pub fn of(severity: Severity) -> Self {
        match severity {
            Severity::Error => Self::Red,
            Severity::Warning => Self::Yellow,
            Severity::Note => Self::Cyan,
        }
    }
}

impl Style {
    /// The text in that ink.
    #[must_use]
    pub fn paint(&self, ink: Ink, text: &str) -> String {
        if self.color && !text.is_empty() { format!("{}{text}{RESET}", ink.code()) } else { text.to_owned() }
    }

    /// The room for text behind an indent; enough for a word in the narrowest terminal.
    #[must_use]
    pub fn room(&self, indent: usize) -> usize {
        self.width.saturating_sub(indent).max(24)
    }
}
