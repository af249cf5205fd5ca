//! Whether a probe can change anything at the target: what a target that is only to be read gets, and what is sent again to
//! see whether an answer stays the same.

use super::probe::{Control, NO_OPERATION, Probe};
use crate::catalog::suite::Effect;
use crate::fault::draft;
use crate::model::exchange::{Part, Request};

/// The methods that ask for nothing but an answer (RFC 9110, section 9.2.1). TRACE is left out: many a gateway forbids it.
const SAFE: [&str; 3] = ["GET", "HEAD", "OPTIONS"];

impl Probe {
    /// Whether it can change nothing: its operation only reads, and its request has a safe method.
    #[must_use]
    pub fn is_harmless(&self) -> bool {
        self.reads() && self.asks_only()
    }

    /// Whether its request has a safe method.
    #[must_use]
    pub fn asks_only(&self) -> bool {
        is_safe(&self.request)
    }

    /// Whether its operation only reads, or it belongs to none.
    #[must_use]
    pub fn reads(&self) -> bool {
        let is_declared_so = self.own().is_none_or(|own| own.effect == Effect::None);
        is_declared_so && (self.operation == NO_OPERATION || self.declared().is_some_and(draft::is_safe))
    }
}

impl Control {
    /// Whether it can change nothing, so that it may be sent again: its operation only reads, as of every control, and its
    /// request has a safe method.
    #[must_use]
    pub fn is_harmless(&self) -> bool {
        let mut operations = self.api.suite.operation.iter();
        operations.any(|operation| operation.id == self.operation && operation.reads()) && is_safe(&self.request)
    }
}

/// Whether the request has a safe method. Bytes that no library sends must begin with one, whatever they are made from.
fn is_safe(request: &Request) -> bool {
    let safe = |method: &[u8]| SAFE.iter().any(|safe| safe.as_bytes() == method);
    let Some(script) = &request.script else { return safe(request.method.as_bytes()) };
    let Some(Part::Bytes(first)) = script.parts.first() else { return false };
    let first = first.masked();
    safe(first.split(|byte| *byte == b' ').next().unwrap_or_default())
}
