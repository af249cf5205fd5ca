//! Codes of a catalogue, as they are listed.

use serde_json::Value;

use super::count::count;
use crate::report::CodeCoverage;

/// The code as a reader writes it: text as it is, the rest as JSON.
pub(super) fn written(code: &Value) -> String {
    code.as_str().map_or_else(|| code.to_string(), str::to_owned)
}

/// The document's name for it; of a code with several messages, how many, since each of them is listed.
pub(super) fn name(code: &CodeCoverage) -> String {
    match code.messages.len() {
        0 => code.name.clone(),
        several => count(several, "message"),
    }
}
