//! Colour, width, and nothing else: a report reads the same without them.

use anstyle::AnsiColor;

use crate::model::verdict::Severity;

/// What the reader's terminal can do.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether ANSI colours are understood and wanted.
    pub color: bool,
    /// The width in characters.
    pub width: usize,
    /// Whether drift that is waived or old is reported whole.
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

impl Ink {
    fn style(self) -> anstyle::Style {
        match self {
            Self::Red => AnsiColor::Red.on_default().bold(),
            Self::Yellow => AnsiColor::Yellow.on_default(),
            Self::Green => AnsiColor::Green.on_default(),
            Self::Cyan => AnsiColor::Cyan.on_default(),
            Self::Bold => anstyle::Style::new().bold(),
            Self::Dim => anstyle::Style::new().dimmed(),
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
        let style = ink.style();
        if self.color && !text.is_empty() { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// The room for text after an indent; enough for a word in the narrowest terminal.
    #[must_use]
    pub fn room(&self, indent: usize) -> usize {
        self.width.saturating_sub(indent).max(24)
    }
}
