//! The one value in the middle: everything before it makes it, everything after it is a pure function of it.
//!
//! Results pass by one at a time, in the order of the plan. Only the [`self::tally::Tally`] remembers them, and only what a reader
//! needs at the end: counts, drifts with one example each, and what was not exercised.

pub mod change;
pub mod changed;
pub mod compared;
pub mod consistency;
pub mod coverage;
pub mod curl;
mod drift;
pub(crate) mod folding;
mod gate;
mod load;
mod members;
mod reason;
pub mod record;
pub mod replayed;
mod result;
pub mod retest;
pub mod signature;
pub mod stored;
pub mod tally;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::cause::Cause;
use crate::model::verdict::{Severity, Verdict};

pub use changed::MayHaveChanged;
pub use drift::Drift;
pub use gate::{Gate, Policy};
pub use load::Load;
pub use reason::{Reason, Reasons};
pub use result::{ProbeResult, RecordedReply, RecordedRequest};

/// The version of the report's format (`schemas/report.schema.json`).
pub const SCHEMA_VERSION: u32 = 1;

/// What is known before the first probe leaves.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Opening {
    /// The origin, with its prefix, as the user gave it.
    pub target: String,
    /// When the run began, in RFC 3339.
    #[serde(default)]
    pub started_at: String,
    /// The suites, by id.
    #[serde(default)]
    pub suites: Vec<String>,
    /// The operations of each suite in its order, whether a probe of theirs is planned or not.
    #[serde(skip)]
    pub operations: BTreeMap<String, Vec<String>>,
    /// Whether certificates were not verified.
    #[serde(default)]
    pub insecure: bool,
    /// Whether warnings fail.
    #[serde(default)]
    pub strict: bool,
    /// What each suite was loaded by, so that its probes can be planned again: a built-in suite's id, or its path as it was
    /// given. Reports of 0.1 do not say it.
    #[serde(default)]
    pub suite_names: BTreeMap<String, String>,
    /// Where the suites are written, by their ids.
    #[serde(skip)]
    pub files: BTreeMap<String, SuiteFile>,
}

/// Where a suite is written.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SuiteFile {
    /// Its path from the root of the repository that errdrift runs in; of a suite that has no file there, that of another file.
    pub path: String,
    /// The line of each operation, by its id.
    pub lines: BTreeMap<String, usize>,
}

impl Opening {
    /// The file and the line of an operation; the first line where the operation has none.
    #[must_use]
    pub fn place(&self, suite: &str, operation: &str) -> Option<(&str, usize)> {
        let file = self.files.get(suite)?;
        Some((&file.path, file.lines.get(operation).copied().unwrap_or(1)))
    }
}

/// A probe, or a kind of probe, that was not sent.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct NotExercised {
    /// Why.
    pub reason: String,
    /// The probe's id; `operation/fault` in a suite where the fault was withheld from the operation as a whole.
    pub probe: String,
}

/// What a run has judged, for one operation and one cause.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
pub struct Coverage {
    /// The suite.
    pub suite: String,
    /// The operation.
    pub operation: String,
    /// The cause.
    pub cause: Cause,
    /// Probes of the plan.
    pub planned: usize,
    /// Those that were sent.
    pub sent: usize,
    /// Those that were judged: passed, waived or failed.
    pub decided: usize,
    /// Those of the judged that were answered for another mistake: their own was not put to the test.
    #[serde(default)]
    pub otherwise: usize,
    /// Those that failed.
    pub failed: usize,
    /// The worst severity that was found.
    pub worst: Option<Severity>,
}

/// Which of two mistakes in one request was answered.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
pub struct Precedence {
    /// The suite.
    pub suite: String,
    /// The operation.
    pub operation: String,
    /// The probe.
    pub probe: String,
    /// The causes of the two mistakes.
    pub causes: [Cause; 2],
    /// The cause that was answered; `None` where the reply fits both, or neither.
    pub answered: Option<Cause>,
    /// Whether the reply fits both causes, so that nothing can be told.
    pub fits_both: bool,
}

/// A promise that this run could not put to the test.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Deserialize, Serialize)]
pub struct Inactive {
    /// A rule, a cause, a suite's declaration.
    pub what: String,
    /// Why, and what would make it active.
    pub why: String,
}

/// How often a code was seen in a reply.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct CodeCoverage {
    /// The contract.
    pub contract: String,
    /// The code.
    pub code: Value,
    /// The document's name for it.
    pub name: String,
    /// In how many replies it came.
    pub exercised: usize,
    /// Whether a client can bring it about on purpose.
    pub provoked: bool,
    /// The messages that the document has for it, where it has several: each stands for another cause.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<MessageCoverage>,
}

/// How often a code came with one of its messages.
#[derive(Clone, Debug, Eq, PartialEq, Deserialize, Serialize)]
pub struct MessageCoverage {
    /// The message.
    pub message: String,
    /// In how many replies it came with the code.
    pub exercised: usize,
}

/// The numbers of a run. `probes` is the sum of the five that follow it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
pub struct Summary {
    /// Planned.
    pub probes: usize,
    /// Judged, and every promise kept (notes and warnings aside).
    pub passed: usize,
    /// Judged, and a promise broken.
    pub failed: usize,
    /// Judged, and every broken promise waived.
    pub waived: usize,
    /// Sent or tried, and not to be judged.
    pub inconclusive: usize,
    /// Not sent, and named.
    pub not_exercised: usize,
    /// Findings of severity error that are neither waived nor old.
    pub errors: usize,
    /// Findings of severity warning that are neither waived nor old.
    pub warnings: usize,
    /// Findings of severity note.
    pub notes: usize,
    /// Kinds of findings.
    pub drifts: usize,
    /// Replies by which the target said that it was asked too often: 429, and 503 with `Retry-After`.
    pub rate_limited: usize,
}

/// What is known when the last probe is done.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Closing {
    /// The whole run, in milliseconds.
    #[serde(default)]
    pub duration_ms: u64,
    /// The exit code.
    #[serde(default)]
    pub exit_code: u8,
    /// The outcome of the run.
    pub verdict: Verdict,
    /// Why it could not be judged, where it could not.
    #[serde(flatten)]
    pub reasons: Reasons,
    /// Requests that may have changed the target, in the order in which they left.
    #[serde(default)]
    pub may_have_changed: Vec<MayHaveChanged>,
    /// The numbers.
    #[serde(default)]
    pub summary: Summary,
    /// The drifts, most severe first, then the most frequent.
    pub drifts: Vec<Drift>,
    /// The coverage of the catalogues.
    #[serde(default)]
    pub catalogue: Vec<CodeCoverage>,
    /// What was not sent, and why.
    #[serde(default)]
    pub not_exercised: Vec<NotExercised>,
    /// Faults that were withheld from an operation for its safety, and why.
    #[serde(default)]
    pub withheld: Vec<NotExercised>,
    /// What the run has judged, by suite, operation and cause, in the order of the plan.
    #[serde(default)]
    pub coverage: Vec<Coverage>,
    /// Which of two mistakes was answered, where two were sent at once.
    #[serde(default)]
    pub precedence: Vec<Precedence>,
    /// What the run could not put to the test.
    #[serde(default)]
    pub inactive: Vec<Inactive>,
    /// Connections that failed and were made again.
    #[serde(default)]
    pub connection_failures: usize,
    /// What the target could take.
    #[serde(default)]
    pub load: Load,
    /// What ended the run before its plan was worked off.
    #[serde(default)]
    pub interrupted: Option<String>,
    /// What decides about the run beside its probes.
    #[serde(default)]
    pub gates: Vec<Gate>,
}

impl Closing {
    /// Every drift, those that follow from another one too.
    pub fn all(&self) -> impl Iterator<Item = &Drift> {
        self.drifts.iter().flat_map(|drift| std::iter::once(drift).chain(&drift.consequences))
    }

    /// Lets the run come to that verdict.
    pub fn conclude(&mut self, verdict: Verdict) {
        self.verdict = verdict;
        self.exit_code = verdict.exit_code();
    }
}

/// Who wrote a report.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Tool {
    /// `errdrift`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A whole report, as it is written in JSON and read back.
#[derive(Clone, Debug, Deserialize)]
pub struct Report {
    /// The version of its format.
    pub schema_version: u32,
    /// What was known before the first probe left.
    #[serde(flatten)]
    pub opening: Opening,
    /// The outcome of each probe, in the order of the plan.
    pub results: Vec<ProbeResult>,
    /// What was known when the last probe was done.
    #[serde(flatten)]
    pub closing: Closing,
}
