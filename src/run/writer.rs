//! Where results go as they come: reports on disk, the tally, and whoever watches. Nothing but the tally keeps them.

use std::io::{self, Write as _};
use std::path::PathBuf;

use crate::catalog::document::closest_or_all;
use crate::model::file;
use crate::model::file::Output;
use crate::render::{github, har, html, json, junit, markdown, sarif};
use crate::report::{Closing, Opening, ProbeResult};

/// A report's format.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Format {
    /// The report as `schemas/report.schema.json` describes it.
    Json,
    /// `JUnit` XML, one test case a probe.
    Junit,
    /// SARIF 2.1.0, one result a drift.
    Sarif,
    /// Markdown for a job's summary or a comment.
    Markdown,
    /// Workflow commands, which GitHub shows as annotations.
    Github,
    /// HAR 1.2, one entry an exchange.
    Har,
    /// A page to look at, in one file.
    Html,
}

impl Format {
    /// All formats with their words.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::Json, "json"),
        (Self::Junit, "junit"),
        (Self::Html, "html"),
        (Self::Sarif, "sarif"),
        (Self::Markdown, "markdown"),
        (Self::Github, "github"),
        (Self::Har, "har"),
    ];
}

/// A report that was asked for: `json=report.json`, `junit=-`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// Its format.
    pub format: Format,
    /// Its file; `None` is standard output.
    pub path: Option<PathBuf>,
}

impl std::str::FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || Format::ALL.iter().map(|(_, word)| *word).collect::<Vec<_>>().join(", ");
        let (word, path) = text
            .split_once('=')
            .ok_or_else(|| format!("write FORMAT=FILE, with one of {}; `-` is standard output", known()))?;
        let format = Format::ALL.iter().find(|(_, known)| *known == word);
        let (format, _) = format.ok_or_else(|| {
            let words: Vec<_> = Format::ALL.iter().map(|(_, word)| *word).collect();
            format!("no format `{word}`; {}", closest_or_all(word, &words).unwrap_or_default())
        })?;
        if path.is_empty() {
            return Err(format!("no file behind `{word}=`; `-` is standard output"));
        }
        Ok(Self { format: *format, path: (path != "-").then(|| path.into()) })
    }
}

impl Request {
    /// The same request, with standard output as such where the path is but another name of it.
    #[must_use]
    pub fn settled(self) -> Self {
        let path = self.path.filter(|path| !file::is_standard_output(path));
        Self { path, ..self }
    }
}

/// A report under way. An old one at its place stays whole until this one is.
pub struct Sink {
    output: Output,
    form: Form,
}

enum Form {
    Json {
        first: bool,
    },
    Junit(Box<junit::Junit>),
    Har {
        opening: Box<Opening>,
        first: bool,
    },
    /// What needs the closing alone.
    Whole(fn(&Opening, &Closing) -> String),
    Html(Box<html::Page>),
}

impl Sink {
    /// Opens a report, before anything is sent.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn open(request: &Request, opening: &Opening) -> io::Result<Self> {
        let mut output = Output::open(request.path.as_deref())?;
        let form = match request.format {
            Format::Json => {
                output.write_all(json::head(opening).as_bytes())?;
                Form::Json { first: true }
            }
            Format::Junit => Form::Junit(Box::default()),
            Format::Sarif => Form::Whole(sarif::document),
            Format::Markdown => Form::Whole(markdown::document),
            Format::Github => Form::Whole(github::document),
            Format::Har => {
                output.write_all(har::head(opening).as_bytes())?;
                Form::Har { opening: Box::new(opening.clone()), first: true }
            }
            Format::Html => Form::Html(Box::default()),
        };
        Ok(Self { output, form })
    }

    /// Takes in one result.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn result(&mut self, result: &ProbeResult) -> io::Result<()> {
        match &mut self.form {
            Form::Json { first } => {
                let text = json::result(result, *first);
                *first = false;
                self.output.write_all(text.as_bytes())
            }
            Form::Junit(junit) => {
                junit.add(result);
                Ok(())
            }
            Form::Har { opening, first } => {
                let Some(text) = har::entry(opening, result, *first) else { return Ok(()) };
                *first = false;
                self.output.write_all(text.as_bytes())
            }
            Form::Whole(_) => Ok(()),
            Form::Html(page) => {
                page.add(result);
                Ok(())
            }
        }
    }

    /// Writes the rest and puts the report in its place.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn close(mut self, opening: &Opening, closing: &Closing) -> io::Result<()> {
        let rest = match self.form {
            Form::Json { .. } => json::tail(closing),
            Form::Junit(junit) => junit.finish(opening, closing).map_err(io::Error::other)?,
            Form::Har { .. } => har::tail(),
            Form::Whole(document) => document(opening, closing),
            Form::Html(page) => {
                let (front, rest) = page.finish(opening, closing);
                self.output.write_all(front.as_bytes())?;
                rest
            }
        };
        self.output.write_all(rest.as_bytes())?;
        self.output.close()
    }
}
