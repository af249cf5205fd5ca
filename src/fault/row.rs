//! One row of the table of faults.

use serde::Serialize;

use super::draft::{Subject, Variant};
use crate::model::cause::Cause;

/// A row of a family's table; the tier is `core` where none is given.
macro_rules! fault {
    ($id:literal, $cause:ident, $what:literal, $example:literal, $source:literal, $apply:expr) => {
        crate::fault::row::fault!($id, $cause, Core, $what, $example, $source, $apply)
    };
    ($id:literal, $cause:ident, $tier:ident, $what:literal, $example:literal, $source:literal, $apply:expr) => {
        crate::fault::row::Fault {
            id: $id,
            cause: crate::model::cause::Cause::$cause,
            tier: crate::fault::row::Tier::$tier,
            what: $what,
            example: $example,
            source: $source,
            apply: $apply,
        }
    };
}
pub(super) use fault;

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

    /// The word of reports and the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(tier, _)| *tier == self).map_or("", |(_, word)| word)
    }
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
