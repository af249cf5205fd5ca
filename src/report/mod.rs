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
pub mod earlier;
mod gate;
mod load;
pub mod record;
pub mod replayed;
pub mod stored;
pub mod tally;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::judge::Rule;
use crate::judge::finding::{Finding, Repeats};
use crate::judge::origin::Evidence;
use crate::model::answer::Answer;
use crate::model::cause::Cause;
use crate::model::layer::Layer;
use crate::model::verdict::{Severity, Verdict};

pub use changed::MayHaveChanged;
pub use gate::Gate;
pub use load::Load;

/// The version of the report's format (`schemas/report.schema.json`).
pub const SCHEMA_VERSION: u32 = 1;

/// What is known before the first probe leaves.
#[derive(Clone, Debug, Serialize)]
pub struct Opening {
    /// The origin, with its prefix, as the user gave it.
    pub target: String,
    /// When the run began, in RFC 3339.
    pub started_at: String,
    /// The suites, by id.
    pub suites: Vec<String>,
    /// The operations of each suite in its order, whether a probe of theirs is planned or not.
    #[serde(skip)]
    pub operations: BTreeMap<String, Vec<String>>,
    /// Whether certificates were not verified.
    pub insecure: bool,
    /// Whether warnings fail.
    pub strict: bool,
    /// Where the suites are written, by their ids.
    #[serde(skip)]
    pub files: BTreeMap<String, SuiteFile>,
}

/// Where a suite is written.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SuiteFile {
    /// What it was loaded by: a built-in suite's id, or its path as it was given.
    pub name: String,
    /// Its path, as it was given; of a built-in suite, its path in errdrift's repository.
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

/// A request as it was sent, without secrets.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RecordedRequest {
    /// The method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// The header fields that the probe set, in order.
    pub headers: Vec<(String, String)>,
    /// The content as text, cut to what a report needs; bytes that are no UTF-8 are replaced.
    pub body: Option<String>,
    /// The length of the content in bytes, where `body` is cut. The command has all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_bytes: Option<usize>,
    /// The content in Base64, cut like `body`, where `body` would lose bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_base64: Option<String>,
    /// What left in the place of all this, as text cut like `body`, where no HTTP library would send it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// The length of what left in bytes, where `raw` is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_bytes: Option<usize>,
    /// What left in Base64, cut like `raw`, where `raw` would lose bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_base64: Option<String>,
    /// A shell command that sends the same request; secrets are `$VARIABLES`.
    pub command: String,
}

/// A reply as it came, without secrets.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RecordedReply {
    /// The status code.
    pub status: u16,
    /// The header fields, in order.
    pub headers: Vec<(String, String)>,
    /// The body as text, cut to what a report needs; bytes that are no UTF-8 are replaced.
    pub body: String,
    /// The length of the body as it was read, in bytes.
    pub body_bytes: usize,
    /// The body in Base64, cut like `body`, where `body` would lose bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_base64: Option<String>,
    /// Whether it held a secret, so that it is not all as it came: a body in a coding is then here out of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub masked: bool,
}

/// What one probe came to.
#[derive(Clone, Debug, Serialize)]
pub struct ProbeResult {
    /// The probe's id.
    pub probe: String,
    /// Its suite.
    pub suite: String,
    /// Its operation.
    pub operation: String,
    /// Its fault.
    pub fault: String,
    /// Its cause.
    pub cause: Cause,
    /// What it came to.
    pub verdict: Verdict,
    /// Who probably wrote the reply; nobody in a silence.
    pub layer: Option<Layer>,
    /// The product that probably wrote it, where its page or its header fields show that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<&'static str>,
    /// What shows who wrote it; `None` where no reader asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// What kind of evidence that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence_kind: Option<Evidence>,
    /// From the first byte sent to the last one received, in milliseconds.
    pub duration_ms: f64,
    /// The reply's status.
    #[serde(skip)]
    pub status: Option<u16>,
    /// What was sent; `None` where no reader asked for it.
    pub request: Option<RecordedRequest>,
    /// What came back; `None` in a silence, and where no reader asked for it.
    pub reply: Option<RecordedReply>,
    /// Why there is no reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silence: Option<String>,
    /// Why the target could not be judged, where it could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The broken promises.
    pub findings: Vec<Finding>,
    /// The contract's code in the reply, for the coverage of the catalogue.
    #[serde(skip)]
    pub code: Option<(String, Value)>,
    /// Of two mistakes that were sent at once, the causes that the reply fits.
    #[serde(skip)]
    pub fits: Vec<Cause>,
    /// Whether the document does not reach the reply.
    #[serde(skip)]
    pub left_open: bool,
    /// The conditions of rules that the reply met.
    #[serde(skip)]
    pub applied: u32,
    /// Whether anything left for it.
    #[serde(skip_serializing_if = "Clone::clone")]
    pub sent: bool,
    /// What a client can tell of the reply; `None` in a silence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}

/// A probe, or a kind of probe, that was not sent.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct NotExercised {
    /// Why.
    pub reason: String,
    /// The probe's id; `operation/fault` in a suite where the fault was withheld from the operation as a whole.
    pub probe: String,
}

/// Findings of one kind.
#[derive(Clone, Debug, Serialize)]
pub struct Drift {
    /// What tells it from other drifts: suite, rule, place in the contract, cause, layer.
    pub signature: String,
    /// The rule.
    pub rule: &'static Rule,
    /// The worst severity of its findings.
    pub severity: Severity,
    /// Who probably wrote the replies.
    pub layer: Option<Layer>,
    /// The product that probably wrote them, where that is known of the example.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<&'static str>,
    /// The statuses of the replies that show it.
    pub statuses: BTreeSet<u16>,
    /// The cause, or `*` where the promise is the same for all.
    pub cause: String,
    /// One line for people.
    pub summary: String,
    /// How many probes show it.
    pub count: usize,
    /// Those probes, in the order of the plan.
    pub probes: Vec<String>,
    /// How many operations show it.
    pub operations: usize,
    /// The first finding.
    pub finding: Finding,
    /// What came of sending some of those probes again; `None` where that was not done, as for what changes state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeats: Option<Repeats>,
    /// How many of its probes a waiver accepts.
    pub waived: usize,
    /// How many of its other probes showed it in the baseline.
    pub old: usize,
    /// The first probe that shows it, whole.
    #[serde(skip)]
    pub example: Arc<ProbeResult>,
}

impl Drift {
    /// Whether all of it is waived or old.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.standing() == 0
    }

    /// How many of its probes fail by it.
    #[must_use]
    pub fn standing(&self) -> usize {
        self.count.saturating_sub(self.waived + self.old)
    }
}

/// What a run has behind it, for one operation and one cause.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
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
    /// Those that failed.
    pub failed: usize,
    /// The worst severity that was found.
    pub worst: Option<Severity>,
}

/// Which of two mistakes in one request was answered.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
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
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Inactive {
    /// A rule, a cause, a suite's declaration.
    pub what: String,
    /// Why, and what would make it active.
    pub why: String,
}

/// How often a code was seen in a reply.
#[derive(Clone, Debug, Serialize)]
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
}

/// The numbers of a run. `probes` is the sum of the five that follow it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
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
#[derive(Clone, Debug, Serialize)]
pub struct Closing {
    /// The whole run, in milliseconds.
    pub duration_ms: u64,
    /// The exit code.
    pub exit_code: u8,
    /// What the run came to.
    pub verdict: Verdict,
    /// Why it could not be judged, where it could not.
    pub reasons: Vec<String>,
    /// Requests that may have changed the target, in the order in which they left.
    pub may_have_changed: Vec<MayHaveChanged>,
    /// The numbers.
    pub summary: Summary,
    /// The drifts, most severe first, then the most frequent.
    pub drifts: Vec<Drift>,
    /// The coverage of the catalogues.
    pub catalogue: Vec<CodeCoverage>,
    /// What was not sent, and why.
    pub not_exercised: Vec<NotExercised>,
    /// Faults that were withheld from an operation for its safety, and why.
    pub withheld: Vec<NotExercised>,
    /// What is behind the run, by suite, operation and cause, in the order of the plan.
    pub coverage: Vec<Coverage>,
    /// Which of two mistakes was answered, where two were sent at once.
    pub precedence: Vec<Precedence>,
    /// What the run could not put to the test.
    pub inactive: Vec<Inactive>,
    /// Connections that failed and were made again.
    pub connection_failures: usize,
    /// What the target could take.
    pub load: Load,
    /// What ended the run before its plan was worked off.
    pub interrupted: Option<String>,
    /// What decides about the run beside its probes.
    pub gates: Vec<Gate>,
}

impl Closing {
    /// Lets the run come to that verdict.
    pub fn conclude(&mut self, verdict: Verdict) {
        self.verdict = verdict;
        self.exit_code = verdict.exit_code();
    }
}
