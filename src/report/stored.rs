//! The exchanges of an earlier run, read back from its report: to send one of them again, or to judge all of them again.
//!
//! It knows no other form of the report than JSON. What the report does not hold (how a body ended, what was wrong with the
//! message, credentials) is not made up here.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;

use super::{MayHaveChanged, NotExercised, RecordedReply, RecordedRequest, earlier};
use crate::judge;
use crate::judge::finding::{Finding, Repeats};
use crate::judge::origin::Evidence;
use crate::model::answer::Answer;
use crate::model::exchange::Reply;
use crate::model::layer::Layer;
use crate::model::verdict::Severity;

/// The report of an earlier run with its exchanges.
#[derive(Debug, Deserialize)]
pub struct Stored {
    schema_version: u32,
    /// The target.
    pub target: String,
    /// When the run began.
    #[serde(default)]
    pub started_at: String,
    /// The suites, by id.
    #[serde(default)]
    pub suites: Vec<String>,
    /// What each suite was loaded by; reports of the first version do not say it.
    #[serde(default)]
    pub suite_names: BTreeMap<String, String>,
    /// Whether certificates were not verified.
    #[serde(default)]
    pub insecure: bool,
    /// Whether warnings failed.
    #[serde(default)]
    pub strict: bool,
    /// The results, in the order of the plan.
    pub results: Vec<StoredResult>,
    /// The drifts.
    #[serde(default)]
    pub drifts: Vec<StoredDrift>,
    /// The whole run, in milliseconds.
    #[serde(default)]
    pub duration_ms: u64,
    /// Why the run could not be judged.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// Requests that may have changed the target.
    #[serde(default)]
    pub may_have_changed: Vec<MayHaveChanged>,
    /// Planned probes that were not sent.
    #[serde(default)]
    pub not_exercised: Vec<NotExercised>,
    /// Faults that were withheld.
    #[serde(default)]
    pub withheld: Vec<NotExercised>,
    /// Connections that failed and were made again.
    #[serde(default)]
    pub connection_failures: usize,
    /// What ended the run.
    #[serde(default)]
    pub interrupted: Option<String>,
}

/// What one probe came to.
#[derive(Debug, Deserialize)]
pub struct StoredResult {
    /// The probe's id.
    pub probe: String,
    /// Its suite.
    pub suite: String,
    /// Its fault.
    pub fault: String,
    /// Who wrote the reply.
    #[serde(default)]
    pub layer: Option<Layer>,
    /// What shows that.
    #[serde(default)]
    pub evidence: Option<String>,
    /// How long it took.
    #[serde(default)]
    pub duration_ms: f64,
    /// What was sent.
    #[serde(default)]
    pub request: Option<RecordedRequest>,
    /// What came.
    #[serde(default)]
    pub reply: Option<RecordedReply>,
    /// Whether anything left for it.
    #[serde(default = "yes")]
    pub sent: bool,
    /// By what kind of evidence it is known who wrote the reply.
    #[serde(default)]
    pub evidence_kind: Option<Evidence>,
    /// Why nothing came.
    #[serde(default)]
    pub silence: Option<String>,
    /// Why it could not be judged.
    #[serde(default)]
    pub reason: Option<String>,
    /// What was found.
    #[serde(default)]
    pub findings: Vec<StoredFinding>,
    /// What a client could tell of the reply.
    #[serde(default)]
    pub answer: Option<Answer>,
}

/// What reports of the first version do not say.
fn yes() -> bool {
    true
}

/// What was found then.
#[derive(Clone, Debug, Deserialize)]
pub struct StoredFinding {
    /// The rule.
    pub rule: String,
    /// How much it weighed.
    pub severity: Severity,
    /// Where.
    pub at: String,
    /// What was promised.
    pub expected: String,
    /// What came.
    pub actual: String,
    /// Who promised it.
    pub source: String,
    /// What tells it from other breaches of the same rule in the same place.
    #[serde(default)]
    pub facet: String,
    /// Whether breaches under two causes are two drifts.
    #[serde(default)]
    pub by_cause: bool,
    /// How often it was there, where the same request was sent several times.
    #[serde(default)]
    pub repeats: Option<Repeats>,
}

/// A drift of that run.
#[derive(Debug, Deserialize)]
pub struct StoredDrift {
    /// What tells it from others.
    pub signature: String,
    /// The rule.
    pub rule: String,
    /// The probes that showed it.
    pub probes: Vec<String>,
}

/// As much of a reply's header fields is surely whole, in all and each.
const WHOLE: (usize, usize) = (12 * 1024, 4_000);

impl Stored {
    /// Reads a report.
    ///
    /// # Errors
    /// As [`super::earlier::Earlier::read`].
    pub fn read(text: &mut dyn Read) -> Result<Self, String> {
        earlier::read(text, |report: &Self| report.schema_version)
    }

    /// The signatures of what was found of a probe.
    #[must_use]
    pub fn signatures(&self, probe: &str) -> BTreeSet<&str> {
        let shown = self.drifts.iter().filter(|drift| drift.probes.iter().any(|other| other == probe));
        shown.map(|drift| drift.signature.as_str()).collect()
    }
}

impl StoredFinding {
    /// What was found, as it was, where today's errdrift still knows the rule.
    #[must_use]
    pub fn finding(&self) -> Option<Finding> {
        Some(Finding {
            rule: judge::find(&self.rule)?,
            severity: self.severity,
            at: self.at.clone(),
            expected: self.expected.clone(),
            actual: self.actual.clone(),
            source: self.source.clone(),
            waived: None,
            old: false,
            facet: self.facet.clone(),
            by_cause: self.by_cause,
            repeats: self.repeats,
            author: None,
        })
    }
}

/// The reply as it came, as far as the report has it.
///
/// # Errors
/// Why it is not whole.
pub fn reply(recorded: &RecordedReply) -> Result<Reply, &'static str> {
    let body = match &recorded.body_base64 {
        Some(encoded) => BASE64.decode(encoded).map_err(|_| "its body in Base64 cannot be read")?,
        None => recorded.body.clone().into_bytes(),
    };
    if recorded.masked || body.len() != recorded.body_bytes {
        return Err("the report has its body cut, or with a masked credential in it");
    }
    let length = |(name, value): &(String, String)| name.len() + value.len();
    let (all, each) = WHOLE;
    if recorded.headers.iter().map(length).sum::<usize>() > all || recorded.headers.iter().any(|f| f.1.len() > each) {
        return Err("the report has its header fields cut");
    }
    let headers = recorded.headers.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes())).collect();
    Ok(Reply { status: recorded.status, headers, body, ..Reply::default() })
}
