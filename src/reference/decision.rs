//! What a deployment decides of a request, before any byte of a reply is written. Knows no wire and no drift.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::cause::Cause;
use super::operation::Operation;
use super::request::{Malformed, Request};

/// A check that a careless deployment may leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    Method,
    Credentials,
    MediaType,
    Syntax,
    Missing,
    Type,
    Value,
    Existence,
}

/// How strictly to decide.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lenience {
    pub(super) skipped: Option<Check>,
    /// Credentials are looked at when all else holds.
    pub(super) credentials_last: bool,
}

impl Lenience {
    /// Whether a check is made.
    pub(super) fn makes(self, check: Check) -> bool {
        self.skipped != Some(check)
    }
}

/// A request that is carried out.
#[derive(Debug)]
pub(super) struct Success {
    pub(super) status: u16,
    pub(super) body: &'static str,
    pub(super) allow: Option<String>,
}

/// A request that is refused, in the words that both APIs share.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) cause: Cause,
    pub(super) status: u16,
    /// A number for the one API, a word for the other.
    pub(super) code: &'static str,
    pub(super) message: Cow<'static, str>,
    /// The mirror of the request, as JSON.
    pub(super) fields: Option<String>,
    pub(super) allow: Option<String>,
}

impl Refusal {
    pub(super) fn new(cause: Cause, status: u16, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { cause, status, code, message: message.into(), fields: None, allow: None }
    }

    pub(super) fn with_fields(self, fields: Map<String, Value>) -> Self {
        Self { fields: (!fields.is_empty()).then(|| Value::Object(fields).to_string()), ..self }
    }

    pub(super) fn allowing(self, allow: String) -> Self {
        Self { allow: Some(allow), ..self }
    }
}

/// What was decided, and of which operation if it came that far.
pub(super) struct Decision {
    pub(super) operation: Option<&'static Operation>,
    pub(super) result: Result<Success, Refusal>,
}

/// How an API decides.
pub(super) struct Rules {
    pub(super) decide: fn(&Request<'_>, Lenience) -> Decision,
    pub(super) malformed: fn(Malformed) -> Refusal,
    /// The error body; see the module `body` for its placeholders.
    pub(super) body: &'static str,
}
