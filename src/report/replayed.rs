//! What came of one probe that was sent once more.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{MayHaveChanged, ProbeResult};

/// A piece of what left.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Piece {
    /// Bytes, without secrets.
    Bytes(Vec<u8>),
    /// Nothing for so long.
    Pause(Duration),
    /// Our half of the connection was closed.
    Closed,
}

/// What came of it.
#[derive(Debug)]
pub struct Replayed {
    /// The target.
    pub target: String,
    /// The request, where it may have changed the target.
    pub may_have_changed: Vec<MayHaveChanged>,
    /// What left.
    pub sent: Vec<Piece>,
    /// What came, without secrets.
    pub received: Vec<u8>,
    /// Whether both are written as HTTP/1.1 would write them, since they went another way.
    pub rewritten: Option<&'static str>,
    /// Its outcome.
    pub result: ProbeResult,
    /// The signatures of what was found before.
    pub before: BTreeSet<String>,
    /// The signatures of what is found now.
    pub now: BTreeSet<String>,
}
