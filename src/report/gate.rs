//! What decides about a run beside its probes.

use serde::{Deserialize, Serialize};

/// What may turn a finding into no failure, or a green run into a red one.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// The file of waivers.
    Waivers,
    /// The file with the counts of the last run.
    Ratchet,
    /// The file with the answers of an earlier run.
    Baseline,
}

impl Policy {
    /// The word that reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Waivers => "waivers",
            Self::Ratchet => "ratchet",
            Self::Baseline => "baseline",
        }
    }
}

/// A message about the run rather than about one probe: a waiver that is no longer right, more drift than last time.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Gate {
    /// Whose message it is.
    pub gate: Policy,
    /// Whether the run fails by it.
    pub fails: bool,
    /// What it says, with file and line.
    pub message: String,
}
