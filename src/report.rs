//! The one value in the middle: everything before it makes it, everything after it is a pure function of it.
//!
//! Results pass by one at a time, in the order of the plan. Only the [`Tally`] remembers them, and only what a reader
//! needs at the end: counts, drifts with one example each, and what was not exercised.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::cause::Cause;
use crate::contract::Contract;
use crate::finding::Finding;
use crate::judge::layer::Layer;
use crate::verdict::{Severity, Verdict, exit};

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
    /// Whether certificates were not verified.
    pub insecure: bool,
    /// Whether warnings fail.
    pub strict: bool,
}

/// A request as it was sent, without secrets.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
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
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
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
    /// What shows who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
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
}

/// A probe, or a kind of probe, that was not sent.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
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
    pub rule: &'static str,
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
    /// The first probe that shows it, whole.
    #[serde(skip)]
    pub example: Box<ProbeResult>,
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
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
    /// Findings of severity note.
    pub notes: usize,
    /// Kinds of findings.
    pub drifts: usize,
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
}

/// Everything that is remembered of results that passed by.
#[derive(Debug, Default)]
pub struct Tally {
    summary: Summary,
    verdicts: Option<Verdict>,
    /// Whether a probe that was judged has a warning.
    is_warned: bool,
    drifts: BTreeMap<String, Drift>,
    operations: BTreeMap<String, BTreeSet<String>>,
    catalogue: Vec<CodeCoverage>,
    not_exercised: Vec<NotExercised>,
    withheld: Vec<NotExercised>,
    reasons: Vec<String>,
}

impl Tally {
    /// Adds the catalogue of a contract to what is counted.
    pub fn open(&mut self, contract: &Contract) {
        if self.catalogue.iter().any(|known| known.contract == contract.file.id) {
            return;
        }
        for entry in &contract.file.catalogue {
            let same = |known: &CodeCoverage| known.contract == contract.file.id && known.code == entry.code;
            if !self.catalogue.iter().any(same) {
                self.catalogue.push(CodeCoverage {
                    contract: contract.file.id.clone(),
                    code: entry.code.clone(),
                    name: entry.name.clone(),
                    exercised: 0,
                    provoked: entry.provoked,
                });
            }
        }
    }

    /// Takes in the result of one probe.
    pub fn result(&mut self, result: &ProbeResult) {
        self.summary.probes += 1;
        match result.verdict {
            Verdict::Pass => self.summary.passed += 1,
            Verdict::Waived => self.summary.waived += 1,
            Verdict::Inconclusive | Verdict::Error => self.summary.inconclusive += 1,
            Verdict::Fail => self.summary.failed += 1,
        }
        self.verdicts = self.verdicts.max(Some(result.verdict));
        if let Some((contract, code)) = &result.code
            && let Some(entry) =
                self.catalogue.iter_mut().find(|entry| entry.contract == *contract && entry.code == *code)
        {
            entry.exercised += 1;
        }
        for finding in &result.findings {
            match finding.severity {
                Severity::Error => self.summary.errors += 1,
                Severity::Warning => {
                    self.summary.warnings += 1;
                    // That a layer before the service answered is a warning of the run, not the target's drift.
                    self.is_warned |= result.verdict != Verdict::Inconclusive;
                }
                Severity::Note => self.summary.notes += 1,
            }
            self.finding(result, finding);
        }
    }

    fn finding(&mut self, result: &ProbeResult, finding: &Finding) {
        let signature = signature(result, finding);
        self.operations.entry(signature.clone()).or_default().insert(result.operation.clone());
        let drift = self.drifts.entry(signature).or_insert_with_key(|signature| Drift {
            signature: signature.clone(),
            rule: finding.rule,
            severity: finding.severity,
            layer: finding.author.map(|(layer, _)| layer).or(result.layer),
            answered_by: finding.author.map(|(_, product)| product).or(result.answered_by),
            statuses: BTreeSet::new(),
            cause: if finding.by_cause { result.cause.word().to_owned() } else { "*".to_owned() },
            summary: String::new(),
            count: 0,
            probes: Vec::new(),
            operations: 0,
            finding: finding.clone(),
            example: Box::new(result.clone()),
        });
        drift.statuses.extend(result.status);
        if finding.severity > drift.severity {
            drift.severity = finding.severity;
            drift.finding = finding.clone();
            *drift.example = result.clone();
        }
        if drift.probes.last() != Some(&result.probe) {
            drift.count += 1;
            drift.probes.push(result.probe.clone());
        }
    }

    /// Takes in a planned probe that was not sent.
    pub fn not_exercised(&mut self, probe: String, reason: String) {
        self.summary.probes += 1;
        self.summary.not_exercised += 1;
        self.not_exercised.push(NotExercised { reason, probe });
    }

    /// Takes in a fault that was withheld from an operation for its safety.
    pub fn withheld(&mut self, probe: String, reason: String) {
        self.withheld.push(NotExercised { reason, probe });
    }

    /// Takes in a reason for which the run as a whole cannot be judged.
    pub fn not_judged(&mut self, reason: String) {
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }

    /// The numbers so far.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.summary
    }

    /// What the run came to. `strict` makes warnings fail.
    #[must_use]
    pub fn close(mut self, duration_ms: u64, strict: bool) -> Closing {
        let mut drifts: Vec<_> = std::mem::take(&mut self.drifts).into_values().collect();
        for drift in &mut drifts {
            drift.operations = self.operations.get(&drift.signature).map_or(0, BTreeSet::len);
            drift.summary = summary(drift);
        }
        drifts.sort_by(|a, b| {
            (b.severity, b.count).cmp(&(a.severity, a.count)).then_with(|| a.signature.cmp(&b.signature))
        });
        let mut verdicts: Vec<_> = self.verdicts.into_iter().collect();
        if !self.reasons.is_empty() {
            verdicts.push(Verdict::Inconclusive);
        }
        if strict && self.is_warned {
            verdicts.push(Verdict::Fail);
        }
        // What was judged is needed for green: reasons alone are no verdict on the target.
        let verdict = Verdict::fold(verdicts);
        if verdict == Verdict::Error && self.reasons.is_empty() {
            self.reasons.push("nothing was judged: no probe was selected, or none could be sent".to_owned());
        }
        self.summary.drifts = drifts.len();
        self.not_exercised.sort();
        self.withheld.sort();
        Closing {
            duration_ms,
            exit_code: if verdict == Verdict::Error { exit::NOT_JUDGED } else { verdict.exit_code() },
            verdict,
            reasons: self.reasons,
            summary: self.summary,
            drifts,
            catalogue: self.catalogue,
            not_exercised: self.not_exercised,
            withheld: self.withheld,
        }
    }
}

/// What tells one drift from another. The cause counts where the promise is made by cause; elsewhere one broken member is
/// one drift, however many causes show it.
#[must_use]
pub fn signature(result: &ProbeResult, finding: &Finding) -> String {
    let cause = if finding.by_cause { result.cause.word() } else { "*" };
    let layer = finding.author.map(|(layer, _)| layer).or(result.layer).map_or("none", Layer::word);
    let facet = if finding.facet.is_empty() { String::new() } else { format!("#{}", finding.facet) };
    format!("{}:{}:{}{facet}:{cause}:{layer}", result.suite, finding.rule, place(&finding.at))
}

/// A JSON Pointer with array indices as `*`: the same break in two elements is one drift.
fn place(at: &str) -> String {
    let part = |part: &str| {
        if !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) { "*".to_owned() } else { part.to_owned() }
    };
    at.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// The statuses as people list them.
fn listed(statuses: &BTreeSet<u16>) -> String {
    let all: Vec<_> = statuses.iter().map(u16::to_string).collect();
    match all.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => all.concat(),
    }
}

fn summary(drift: &Drift) -> String {
    let finding = &drift.finding;
    if finding.rule == "page-of-another-layer" {
        let layer = drift.layer.map_or("a layer", Layer::word);
        return format!("the {layer} ({}) answers {} with pages of its own", finding.facet, listed(&drift.statuses));
    }
    format!("{}: expected {}, got {}", finding.at, finding.expected, finding.actual)
}
