//! The outcome of one probe, with its exchange.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::judge::finding::Finding;
use crate::judge::origin::Evidence;
use crate::model::answer::Answer;
use crate::model::cause::Cause;
use crate::model::layer::Layer;
use crate::model::verdict::Verdict;

/// A request as it was sent, without secrets.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_bytes: Option<usize>,
    /// The content in Base64, cut like `body`, where `body` would lose bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_base64: Option<String>,
    /// What left in the place of all this, as text cut like `body`, where no HTTP library would send it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// The length of what left in bytes, where `raw` is cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_bytes: Option<usize>,
    /// What left in Base64, cut like `raw`, where `raw` would lose bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
    /// The body as text, out of its coding and its charset, cut to what a report needs; bytes that are no text are replaced.
    pub body: String,
    /// The length of the body as it was read, in bytes.
    pub body_bytes: usize,
    /// The body in Base64, cut like `body`, where `body` would lose bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_base64: Option<String>,
    /// Whether it held a secret, so that it is not all as it came: a body in a coding is then here out of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub masked: bool,
}

/// The outcome of one probe.
#[derive(Clone, Debug, Deserialize, Serialize)]
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
    /// Its outcome.
    pub verdict: Verdict,
    /// Who probably wrote the reply; nobody in a silence.
    pub layer: Option<Layer>,
    /// The product that probably wrote it, where its page or its header fields show that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<Cow<'static, str>>,
    /// What shows who wrote it; `None` where no reader asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// What kind of evidence that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<String>,
    /// Why the target could not be judged, where it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
    /// Whether anything left for it; written where nothing did.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub sent: bool,
    /// What a client can tell of the reply; `None` in a silence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
}

fn yes() -> bool {
    true
}

/// A result that says nothing: of no probe, and not judged.
impl Default for ProbeResult {
    fn default() -> Self {
        Self {
            probe: String::new(),
            suite: String::new(),
            operation: String::new(),
            fault: String::new(),
            cause: Cause::WrongMethod,
            verdict: Verdict::Inconclusive,
            layer: None,
            answered_by: None,
            evidence: None,
            evidence_kind: None,
            duration_ms: 0.0,
            status: None,
            request: None,
            reply: None,
            silence: None,
            reason: None,
            findings: Vec::new(),
            code: None,
            fits: Vec::new(),
            left_open: false,
            applied: 0,
            sent: false,
            answer: None,
        }
    }
}
