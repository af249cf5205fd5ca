//! The report of an earlier run, as far as it is read back. It knows no other form of it than JSON.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::answer::Answer;
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
    results: Vec<EarlierResult>,
}

/// What a probe of an earlier run came to.
#[derive(Debug, Deserialize)]
struct EarlierResult {
    probe: String,
    verdict: String,
    #[serde(default)]
    answer: Option<Answer>,
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
    /// How many of the others were old.
    #[serde(default)]
    pub old: usize,
}

impl Earlier {
    /// The answers by probe, `None` in a silence. A probe that could not be judged says nothing of the target.
    #[must_use]
    pub fn answers(&self) -> BTreeMap<String, Option<Answer>> {
        let judged = self.results.iter().filter(|result| !["inconclusive", "error"].contains(&result.verdict.as_str()));
        judged.map(|result| (result.probe.clone(), result.answer.clone())).collect()
    }

    /// Reads a report.
    ///
    /// # Errors
    /// The text is no report, or one of another version.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        read(text, |report: &Self| report.schema_version)
    }
}

/// Reads a report of today's version, as far as its type has it.
///
/// # Errors
/// The text is no report, or one of another version.
pub(crate) fn read<T: DeserializeOwned>(text: &[u8], version: impl Fn(&T) -> u32) -> Result<T, String> {
    let report = serde_json::from_slice(text)
        .map_err(|error| format!("is no report in JSON: {error}; `errdrift run … --report json=FILE` writes one"))?;
    let version = version(&report);
    if version == SCHEMA_VERSION {
        return Ok(report);
    }
    Err(format!("is a report of version {version}, and this is read by version {SCHEMA_VERSION}; write it anew"))
}
