//! The formats of the report, one line each. The parser of `--report`, the help, the README's table and the lists of the tests
//! are made from this table.

use std::fmt;

use super::html::page::Page;
use super::renderer::{Renderer, Summarized};
use super::{github, har, json, junit, markdown, sarif};
use crate::catalog::document::closest_or_all;

/// A format of the report.
pub struct Format {
    /// Its name on the command line.
    pub word: &'static str,
    /// Whom it is for.
    pub about: &'static str,
    /// A report in this format, still empty.
    pub open: fn() -> Box<dyn Renderer>,
}

/// All formats, in the order of the README.
pub const FORMATS: &[Format] = &[
    Format {
        word: "json",
        about: "programs; everything, as `schemas/report.schema.json` describes it",
        open: || Box::<json::Json>::default(),
    },
    Format { word: "junit", about: "the test view of a CI", open: || Box::<junit::Junit>::default() },
    Format {
        word: "html",
        about: "people: one page with everything, offline, in print, by keyboard",
        open: || Box::<Page>::default(),
    },
    Format {
        word: "sarif",
        about: "GitHub's code scanning, editors (SARIF 2.1.0)",
        open: || Box::new(Summarized(sarif::document)),
    },
    Format {
        word: "markdown",
        about: "a job's summary (`>> \"$GITHUB_STEP_SUMMARY\"`), a comment",
        open: || Box::new(Summarized(markdown::document)),
    },
    Format {
        word: "github",
        about: "annotations in a workflow: `--report github=-`",
        open: || Box::new(Summarized(github::document)),
    },
    Format { word: "har", about: "viewers of HTTP archives (HAR 1.2)", open: || Box::<har::Har>::default() },
];

impl Format {
    /// The format of that name.
    ///
    /// # Errors
    /// There is none; says which name is closest.
    pub fn named(word: &str) -> Result<&'static Self, String> {
        FORMATS.iter().find(|format| format.word == word).ok_or_else(|| {
            let words: Vec<_> = FORMATS.iter().map(|format| format.word).collect();
            format!("no format `{word}`; {}", closest_or_all(word, &words).unwrap_or_default())
        })
    }
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word)
    }
}

/// All formats and whom each is for, for the help of a command.
#[must_use]
pub fn table() -> String {
    let rows: String = FORMATS.iter().map(|format| format!("\n  {:<9} {}", format.word, format.about)).collect();
    format!("Formats of reports:{rows}")
}

/// The names of all formats, with this before the last one.
#[must_use]
pub fn words(conjunction: &str) -> String {
    let words: Vec<_> = FORMATS.iter().map(|format| format.word).collect();
    let (last, others) = words.split_last().unwrap_or((&"", &[]));
    format!("{}{conjunction}{last}", others.join(", "))
}
