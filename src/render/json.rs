//! The report as JSON (`schemas/report.schema.json`), in pieces, so that no result need be kept until the end.
//!
//! There is one result, drift or code a line. Everything goes through the serialiser; it knows no verdict.

use std::io::{self, Write};

use super::renderer::Renderer;
use crate::model::printable::json;
use crate::report::{Closing, Opening, ProbeResult, SCHEMA_VERSION, Tool};
use serde::Serialize;

/// The document, of which nothing is kept but whether it has a result.
#[derive(Debug, Default)]
pub(super) struct Json {
    has_results: bool,
}

impl Renderer for Json {
    fn begin(&mut self, opening: &Opening, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(head(opening).as_bytes())
    }

    fn result(&mut self, result: &ProbeResult, to: &mut dyn Write) -> io::Result<()> {
        let comma = if std::mem::replace(&mut self.has_results, true) { "," } else { "" };
        write!(to, "{comma}\n{}", json(result))
    }

    fn end(self: Box<Self>, _opening: &Opening, closing: &Closing, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(tail(closing).as_bytes())
    }
}

/// The document up to its first result.
fn head(opening: &Opening) -> String {
    #[derive(Serialize)]
    struct Head<'o> {
        schema_version: u32,
        tool: Tool,
        #[serde(flatten)]
        opening: &'o Opening,
    }
    let tool = Tool { name: "errdrift".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
    let head = json(&Head { schema_version: SCHEMA_VERSION, tool, opening });
    format!("{},\n\"results\": [", head.strip_suffix('}').unwrap_or(&head))
}

/// The document after its last result.
fn tail(closing: &Closing) -> String {
    let Closing {
        duration_ms, exit_code, verdict, reasons, summary, drifts, catalogue, not_exercised, withheld, ..
    } = closing;
    let members = [
        ("duration_ms", json(duration_ms)),
        ("exit_code", json(exit_code)),
        ("verdict", json(verdict)),
        ("reasons", lines(reasons)),
        ("reason_kinds", json(&reasons.kinds())),
        ("may_have_changed", lines(&closing.may_have_changed)),
        ("summary", json(summary)),
        ("drifts", lines(drifts)),
        ("catalogue", lines(catalogue)),
        ("not_exercised", lines(not_exercised)),
        ("withheld", lines(withheld)),
        ("coverage", lines(&closing.coverage)),
        ("precedence", lines(&closing.precedence)),
        ("inactive", lines(&closing.inactive)),
        ("connection_failures", json(&closing.connection_failures)),
        ("load", json(&closing.load)),
        ("interrupted", json(&closing.interrupted)),
        ("gates", lines(&closing.gates)),
    ];
    let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    format!("\n],\n{}}}\n", members.join(",\n"))
}

/// An array with one element a line.
fn lines(values: &[impl Serialize]) -> String {
    let values: Vec<_> = values.iter().map(|value| format!("\n{}", json(value))).collect();
    format!("[{}{}]", values.join(","), if values.is_empty() { "" } else { "\n" })
}
