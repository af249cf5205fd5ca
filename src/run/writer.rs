//! The reports that a run writes, each a file or standard output, result by result.

use std::io;
use std::path::PathBuf;

use crate::model::file;
use crate::model::file::Output;
use crate::render::format::{Format, words};
use crate::render::renderer::Renderer;
use crate::report::{Closing, Opening, ProbeResult};

/// A report that was asked for: `json=report.json`, `junit=-`.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its format.
    pub format: &'static Format,
    /// Its file; `None` is standard output.
    pub path: Option<PathBuf>,
}

impl std::str::FromStr for Request {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (word, path) = text
            .split_once('=')
            .ok_or_else(|| format!("write FORMAT=FILE, with one of {}; `-` is standard output", words(", ")))?;
        let format = Format::named(word)?;
        if path.is_empty() {
            return Err(format!("no file after `{word}=`; `-` is standard output"));
        }
        Ok(Self { format, path: (path != "-").then(|| path.into()) })
    }
}

impl Request {
    /// The same request, with standard output as such where the path is only another name for it.
    #[must_use]
    pub fn settled(self) -> Self {
        let path = self.path.filter(|path| !file::is_standard_output(path));
        Self { path, ..self }
    }
}

/// A report under way. An old one in its place stays whole until this one is.
pub struct Sink {
    output: Output,
    renderer: Box<dyn Renderer>,
}

impl Sink {
    /// Opens a report, before anything is sent.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn open(request: &Request, opening: &Opening) -> io::Result<Self> {
        let mut output = Output::open(request.path.as_deref())?;
        let mut renderer = (request.format.open)();
        renderer.begin(opening, &mut output)?;
        Ok(Self { output, renderer })
    }

    /// Adds one result.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn result(&mut self, result: &ProbeResult) -> io::Result<()> {
        self.renderer.result(result, &mut self.output)
    }

    /// Writes the rest and puts the report in its place.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn close(mut self, opening: &Opening, closing: &Closing) -> io::Result<()> {
        self.renderer.end(opening, closing, &mut self.output)?;
        self.output.close()
    }
}
