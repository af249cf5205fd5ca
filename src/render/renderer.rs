//! What every format of the report has in common: it gets the opening, the results one by one, and the closing.

use std::io::{self, Write};

use crate::report::{Closing, Opening, ProbeResult};

/// Writes a report in one format, as a pure function of what it is given. What it keeps of the results is bounded or small.
pub trait Renderer: Send {
    /// Writes what comes before the first result; nothing unless the format says otherwise.
    ///
    /// # Errors
    /// The report cannot be written.
    fn begin(&mut self, _opening: &Opening, _to: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Takes the result of one probe; ignores it unless the format says otherwise.
    ///
    /// # Errors
    /// The report cannot be written.
    fn result(&mut self, _result: &ProbeResult, _to: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Writes the rest.
    ///
    /// # Errors
    /// The report cannot be written.
    fn end(self: Box<Self>, opening: &Opening, closing: &Closing, to: &mut dyn Write) -> io::Result<()>;
}

/// A format that needs no results, only what the tally remembers of them.
#[derive(Debug)]
pub(super) struct Summarized(pub(super) fn(&Opening, &Closing) -> String);

impl Renderer for Summarized {
    fn end(self: Box<Self>, opening: &Opening, closing: &Closing, to: &mut dyn Write) -> io::Result<()> {
        to.write_all((self.0)(opening, closing).as_bytes())
    }
}
