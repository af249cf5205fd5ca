//! What decides about a run beside its probes.

use serde::Serialize;

/// A word on the run that is no probe's: a waiver that is no longer right, more drift than last time.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Gate {
    /// Whose word it is: `waivers`, `ratchet` or `baseline`.
    pub gate: &'static str,
    /// Whether the run fails by it.
    pub fails: bool,
    /// What it says, with file and line.
    pub message: String,
}
