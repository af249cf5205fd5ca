//! The table of faults: every way in which errdrift breaks a correct request.
//!
//! One file a family, one table of all. A fault knows its cause, its tier and what it sends; whether an operation can bear
//! it without harm is decided once, in [`crate::plan`], from each variant's [`Acceptance`].

pub mod anchor;
pub mod body;
pub mod circumstance;
pub mod credentials;
pub mod draft;
pub mod existence;
pub mod http_framing;
pub mod http_head;
pub mod http_message;
pub mod json_syntax;
pub mod limit;
pub mod media_type;
pub mod method;
pub mod multipart;
pub mod pair;
pub mod path;
pub mod query;
pub mod relation;
pub mod value;

use serde::Serialize;

use crate::model::cause::Cause;
use draft::{Subject, Variant};

/// A row of a family's table; the tier is `core` where none is given.
macro_rules! fault {
    ($id:literal, $cause:ident, $what:literal, $example:literal, $source:literal, $apply:expr) => {
        crate::fault::fault!($id, $cause, Core, $what, $example, $source, $apply)
    };
    ($id:literal, $cause:ident, $tier:ident, $what:literal, $example:literal, $source:literal, $apply:expr) => {
        Fault {
            id: $id,
            cause: crate::model::cause::Cause::$cause,
            tier: crate::fault::Tier::$tier,
            what: $what,
            example: $example,
            source: $source,
            apply: $apply,
        }
    };
}
use fault;

/// How loud a fault is. `core` is sent by default, the others on demand.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Sent by default.
    Core,
    /// More of the same, and rarer.
    Extended,
    /// Bytes that no HTTP library sends.
    Wire,
    /// Large requests.
    Heavy,
    /// Two mistakes in one request.
    Pairs,
    /// What may disturb others on the same gateway: sent by the fault's own name alone.
    Intrusive,
}

impl Tier {
    /// All tiers with their words, in order.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::Core, "core"),
        (Self::Extended, "extended"),
        (Self::Wire, "wire"),
        (Self::Heavy, "heavy"),
        (Self::Pairs, "pairs"),
        (Self::Intrusive, "intrusive"),
    ];

    /// The word of the design.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(tier, _)| *tier == self).map_or("", |(_, word)| word)
    }
}

/// Whether a correct server may take the broken request for right.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Acceptance {
    /// No correct server accepts it.
    Never,
    /// None should, and some do, or would if the environment were not what it says: where it changes something, something
    /// else is wrong with the request, too.
    Guarded,
    /// A lenient server may, and reads the body as it stands.
    Lenient,
    /// A lenient server may, and may not read the body at all: nothing inside the body makes the request wrong then.
    Unread,
}

/// One way to break a correct request.
#[derive(Debug)]
pub struct Fault {
    /// The stable id, in kebab case; the third part of its probes' ids.
    pub id: &'static str,
    /// Why the request deserves an error.
    pub cause: Cause,
    /// How loud it is.
    pub tier: Tier,
    /// What is sent.
    pub what: &'static str,
    /// What the request looks like, in a line.
    pub example: &'static str,
    /// Where it is written that this is wrong, or that it is left open.
    pub source: &'static str,
    /// The broken requests for an operation; none where the fault does not fit it.
    pub apply: fn(&Subject<'_>) -> Vec<Variant>,
}

/// Every fault, in the order in which an operation's probes are planned.
pub fn faults() -> impl Iterator<Item = &'static Fault> {
    [
        method::FAULTS,
        credentials::FAULTS,
        path::FAULTS,
        query::FAULTS,
        json_syntax::FAULTS,
        body::FAULTS,
        value::FAULTS,
        media_type::FAULTS,
        multipart::FAULTS,
        http_head::FAULTS,
        http_framing::FAULTS,
        limit::FAULTS,
        // What is compared comes behind what it is compared with.
        circumstance::FAULTS,
        existence::FAULTS,
        pair::FAULTS,
    ]
    .into_iter()
    .flatten()
}

/// The fault of that id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Fault> {
    faults().find(|fault| fault.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_kebab_case() {
        let mut seen = std::collections::BTreeSet::new();
        for fault in faults() {
            assert!(seen.insert(fault.id), "{} twice", fault.id);
            assert!(fault.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", fault.id);
        }
    }

    #[test]
    fn every_description_is_a_sentence() {
        for fault in faults() {
            assert!(
                fault.what.ends_with('.') && fault.what.starts_with(char::is_uppercase),
                "{}: {}",
                fault.id,
                fault.what
            );
        }
    }
}
