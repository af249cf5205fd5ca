//! Where results go as they come: reports on disk, the tally, and whoever watches. Nothing but the tally keeps them.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::document::closest_or_all;
use crate::render::{github, har, html, json, junit, markdown, sarif};
use crate::report::{Closing, Opening, ProbeResult};
use crate::writing::beside;

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

/// A report under way. It is written beside its place and put there when it is whole, so that an old report stays whole
/// until then.
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

enum Output {
    Standard(io::Stdout),
    File { path: PathBuf, partial: Partial, file: BufWriter<File> },
}

/// A file beside the report's place. It does not stay behind where the report was not finished.
struct Partial {
    path: PathBuf,
    /// Whether it is the place itself, which is somebody else's.
    in_place: bool,
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.in_place {
            // It is gone already where the report is whole.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

impl Sink {
    /// Opens a report, before anything is sent.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn open(request: &Request, opening: &Opening) -> io::Result<Self> {
        let mut output = match &request.path {
            None => Output::Standard(io::stdout()),
            Some(path) => {
                if path.is_dir() {
                    return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
                }
                let partial = partial(path);
                Output::File { path: path.clone(), file: BufWriter::new(File::create(&partial.path)?), partial }
            }
        };
        let form = match request.format {
            Format::Json => {
                output.writer().write_all(json::head(opening).as_bytes())?;
                Form::Json { first: true }
            }
            Format::Junit => Form::Junit(Box::default()),
            Format::Sarif => Form::Whole(sarif::document),
            Format::Markdown => Form::Whole(markdown::document),
            Format::Github => Form::Whole(github::document),
            Format::Har => {
                output.writer().write_all(har::head(opening).as_bytes())?;
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
                self.output.writer().write_all(text.as_bytes())
            }
            Form::Junit(junit) => {
                junit.add(result);
                Ok(())
            }
            Form::Har { opening, first } => {
                let Some(text) = har::entry(opening, result, *first) else { return Ok(()) };
                *first = false;
                self.output.writer().write_all(text.as_bytes())
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
                self.output.writer().write_all(front.as_bytes())?;
                rest
            }
        };
        self.output.writer().write_all(rest.as_bytes())?;
        match self.output {
            Output::Standard(mut output) => output.flush(),
            Output::File { path, partial, file } => {
                file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
                if partial.in_place { Ok(()) } else { std::fs::rename(&partial.path, path) }
            }
        }
    }
}

impl Output {
    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Standard(output) => output,
            Self::File { file, .. } => file,
        }
    }
}

/// The name beside the report's place, of this process alone. What is no file of its own kind is written in place.
fn partial(path: &Path) -> Partial {
    if path.exists() && !path.is_file() {
        return Partial { path: path.to_owned(), in_place: true };
    }
    Partial { path: beside(path), in_place: false }
}
