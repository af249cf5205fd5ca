//! One broken promise in one exchange.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::rule::Rule;
use crate::model::date::Date;
use crate::model::layer::Layer;
use crate::model::place::Place;
use crate::model::verdict::Severity;

/// One broken promise in one exchange, with what a reader needs to check it against the document.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Finding {
    /// The rule that was broken.
    pub rule: &'static Rule,
    /// How much the breach weighs.
    pub severity: Severity,
    /// Where: a JSON Pointer into the body, `status`, or a header field as `header:allow`.
    pub at: Place,
    /// What the contract promises.
    pub expected: String,
    /// What came.
    pub actual: String,
    /// The line of the document, the section of the RFC, or the contract's own reading.
    pub source: String,
    /// The waiver that accepts it, where one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<Waived>,
    /// Whether the same probe showed it in the baseline.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub old: bool,
    /// The part of the contract that was broken, as far as it tells one drift from another (a schema keyword, a member).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub facet: String,
    /// What came, as far as it tells one drift from another: a code, a status, a product, the kind of a body.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub class: String,
    /// Where the contract promises it, where several places have one promise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_at: Option<Place>,
    /// Whether the promise is one of the probe's cause, so that breaches under two causes are two drifts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_cause: bool,
    /// Whether the contract promises the same for every cause all the same, so that they are one drift.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub for_all: bool,
    /// How often it was there, where the same request was sent several times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<Repeats>,
    /// Who wrote what was found, where that is another layer than the one that wrote the reply.
    #[serde(skip)]
    pub author: Option<(Layer, &'static str)>,
}

impl Finding {
    /// Whether it fails nothing because a waiver accepts it or because it is old.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.waived.is_some() || self.old
    }
}

/// How often the same request showed the same drift again.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Repeats {
    /// Requests that were sent again.
    pub sent: usize,
    /// Replies to them that showed the drift.
    pub shown: usize,
}

impl Repeats {
    /// Whether the same request was answered rightly as well.
    #[must_use]
    pub fn is_intermittent(self) -> bool {
        self.shown < self.sent
    }
}

/// What a report says of a finding that is waived.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Waived {
    /// Who answers for it.
    pub owner: String,
    /// Why it is accepted.
    pub reason: String,
    /// The last day on which it is.
    pub expires: Date,
}

/// Who accepts it, until when and why.
impl fmt::Display for Waived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "by {} until {}: {}", self.owner, self.expires, self.reason)
    }
}
