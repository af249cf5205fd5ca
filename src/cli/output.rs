//! The two streams. Nothing else in the crate writes to them, live lines and reports to `-` aside.

use std::io::{self, Write as _};

/// A line or more on standard output. A closed pipe is nobody's error.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{}", text.trim_end_matches('\n'));
}

/// A line or more on standard error.
pub(super) fn tell(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", text.trim_end_matches('\n'));
}
