//! What a document promises in one place, and how strongly: for a cause, and of a header field.

use serde::Deserialize;
use serde_json::Value;

use super::status::Status;
use crate::model::verdict::Severity;

/// How strongly a document promises something.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// The document says so.
    Must,
    /// The document says "usually", or leaves it to a reading or a convention.
    Usually,
    /// The document says nothing.
    Silent,
}

impl Strength {
    /// The severity of a breach.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Must => Severity::Error,
            Self::Usually => Severity::Warning,
            Self::Silent => Severity::Note,
        }
    }
}

/// What may stand in one place: a code, a status, a message.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise<T> {
    /// One of these keeps the promise. Empty: anything but `none_of` does.
    #[serde(default = "Vec::new")]
    pub any_of: Vec<T>,
    /// Each of these breaks it.
    #[serde(default = "Vec::new")]
    pub none_of: Vec<T>,
    /// As defensible by the document: a warning at most.
    #[serde(default = "Vec::new")]
    pub tolerated: Vec<T>,
    /// How strongly the document says so.
    pub strength: Strength,
    /// The line of the document.
    pub source: String,
}

impl<T> Promise<T> {
    /// The severity of what came, or `None` when the promise is kept. `is` tells whether what came is a listed one.
    pub fn breach(&self, is: impl Fn(&T) -> bool) -> Option<Severity> {
        let kept = if self.any_of.is_empty() { !self.none_of.iter().any(&is) } else { self.any_of.iter().any(&is) };
        if kept {
            return None;
        }
        let severity = self.strength.severity();
        Some(if self.tolerated.iter().any(is) { severity.min(Severity::Warning) } else { severity })
    }
}

/// What answers one cause.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CausePromise {
    /// The codes.
    #[serde(default)]
    pub code: Option<Promise<Value>>,
    /// The classes of status.
    #[serde(default)]
    pub class: Option<Promise<Status>>,
    /// The statuses.
    #[serde(default)]
    pub status: Option<Promise<Status>>,
    /// The messages.
    #[serde(default)]
    pub message: Option<Promise<String>>,
    /// How much it weighs when the request's other defect is answered first; nothing where it is absent.
    #[serde(default)]
    pub outranked: Option<Strength>,
    /// Why something is not promised.
    #[serde(default)]
    pub silent: Option<String>,
    /// Statuses under which a reply without the contract's body is nobody's breach: a note, an error with `--strict`.
    #[serde(default)]
    pub ungoverned: Vec<Status>,
    /// The most that a gateway's own page weighs, where the document does not reach the gateway.
    #[serde(default)]
    pub gateway: Option<Strength>,
}

impl CausePromise {
    /// The same, with what it leaves open as another one has it.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        Self {
            code: self.code.or_else(|| other.code.clone()),
            class: self.class.or_else(|| other.class.clone()),
            status: self.status.or_else(|| other.status.clone()),
            message: self.message.or_else(|| other.message.clone()),
            outranked: self.outranked.or(other.outranked),
            silent: self.silent.or_else(|| other.silent.clone()),
            ungoverned: if self.ungoverned.is_empty() { other.ungoverned.clone() } else { self.ungoverned },
            gateway: self.gateway.or(other.gateway),
        }
    }
}

/// A header field that errors have.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeaderPromise {
    /// Its name.
    pub name: String,
    /// The statuses whose errors have it; every one where it is empty.
    #[serde(default)]
    pub status: Vec<Status>,
    /// A regular expression that its value matches.
    #[serde(default)]
    pub pattern: Option<String>,
    /// How strongly the document says so.
    pub strength: Strength,
    /// The line of the document.
    pub source: String,
}

impl HeaderPromise {
    /// Whether errors of that status have it.
    #[must_use]
    pub fn covers(&self, status: u16) -> bool {
        self.status.is_empty() || self.status.iter().any(|named| named.covers(status))
    }
}
