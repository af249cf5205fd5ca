//! A reply on a connection that served another request before.

use super::{Reader, State};
use crate::wire::head::stray;

impl Reader {
    /// Passes over what stands before the status line, which on a kept connection belongs to the reply before; tells whether
    /// there was anything.
    pub(in crate::wire) fn pass_over(&mut self) -> bool {
        if self.lines > 0 || self.interim > 0 || !matches!(self.state, State::Head | State::Foreign) {
            return false;
        }
        let stray = stray(&self.buffer[self.at..]);
        self.at += stray;
        self.scanned = self.at;
        (self.state, self.quiet) = (State::Head, None);
        stray > 0
    }

    /// Whether a status line came.
    pub(in crate::wire) fn has_begun(&self) -> bool {
        self.lines > 0
    }
}
