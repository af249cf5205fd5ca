//! Waivers for what a run found, as TOML with blanks to fill. Nothing that a target chose leaves its quotes or its comment.

use crate::model::date::Date;
use crate::model::printable::{hides, printable};
use crate::model::verdict::Severity;
use crate::report::Report;

/// The longest comment, in characters.
const MAX_LENGTH: usize = 200;

/// An entry for each drift that failed and was not waived; nothing where there is none.
#[must_use]
pub fn entries(report: &Report, expires: Date) -> String {
    let failing = if report.opening.strict { Severity::Warning } else { Severity::Error };
    let left = report.closing.all().filter(|drift| drift.severity >= failing && !drift.is_accepted());
    let entries = left.map(|drift| {
        format!(
            "# {}\n[[waiver]]\nsignature = {}\nowner = \"\"\nreason = \"\"\nexpires = \"{expires}\"\nmax = {}\n",
            printable(&drift.summary, MAX_LENGTH),
            quoted(&drift.signature),
            drift.count
        )
    });
    entries.collect::<Vec<_>>().join("\n")
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if hides(c) => format!("\\U{:08x}", u32::from(c)),
        c => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}
