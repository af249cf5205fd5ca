//! The report of an earlier run, as far as it is read back. It knows no other form of it than JSON.

use serde::Deserialize;

use crate::report::SCHEMA_VERSION;
use crate::verdict::Severity;

/// The report of an earlier run.
#[derive(Debug, Deserialize)]
pub struct Earlier {
    schema_version: u32,
    /// Whether warnings failed.
    pub strict: bool,
    /// Its drifts.
    pub drifts: Vec<EarlierDrift>,
}

/// A drift of an earlier run.
#[derive(Debug, Deserialize)]
pub struct EarlierDrift {
    /// What tells it from other drifts.
    pub signature: String,
    /// The worst severity of its findings.
    pub severity: Severity,
    /// One line for people.
    pub summary: String,
    /// How many probes showed it.
    pub count: usize,
    /// How many of them were waived.
    #[serde(default)]
    pub waived: usize,
}

impl Earlier {
    /// Reads a report.
    ///
    /// # Errors
    /// The text is no report, or one of another version.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let report: Self = serde_json::from_slice(text).map_err(|error| {
            format!("is no report in JSON: {error}; `errdrift run … --report json=FILE` writes one")
        })?;
        if report.schema_version == SCHEMA_VERSION {
            return Ok(report);
        }
        Err(format!(
            "is a report of version {}, and this is read by version {SCHEMA_VERSION}; write it anew",
            report.schema_version
        ))
    }
}
