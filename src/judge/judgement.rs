//! The outcome of one exchange.

use serde_json::Value;

use super::finding::Finding;
use super::origin::Origin;
use crate::model::answer::Answer;
use crate::model::cause::Cause;
use crate::model::exchange::Reply;
use crate::model::verdict::{Severity, Verdict};

/// The outcome of one exchange.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// The broken promises.
    pub findings: Vec<Finding>,
    /// Who probably wrote the reply, and what shows it.
    pub origin: Option<Origin>,
    /// The contract's code in the reply.
    pub code: Option<Value>,
    /// Why the target could not be judged.
    pub inconclusive: Option<String>,
    /// What a client can tell of the reply.
    pub answer: Option<Answer>,
    /// Of two mistakes that were sent at once, the causes that the reply fits.
    pub fits: Vec<Cause>,
    /// Whether the document does not reach the reply.
    pub left_open: bool,
    /// The conditions of rules that the reply met.
    pub(crate) applied: u32,
    /// The reply without secrets, where it has some.
    pub(crate) shown: Option<Box<Reply>>,
}

impl Judgement {
    /// The outcome of the probe. Warnings do not fail a probe; under `--strict` they fail the run.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.findings.iter().any(|finding| finding.severity == Severity::Error) {
            Verdict::Fail
        } else if self.inconclusive.is_some() {
            Verdict::Inconclusive
        } else {
            Verdict::Pass
        }
    }
}
