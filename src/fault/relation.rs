//! What a probe's answer is compared with: other probes of the same operation.

use crate::model::cause::Cause;

/// Other probes of the same operation whose answers say what a probe's own must be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Like {
    /// It is the same mistake in other circumstances: the answer must be the same.
    Same(Plain),
    /// It is the same mistake at a resource that exists: who has no right to it must not see a difference.
    Unseen(Plain),
    /// It is two mistakes at once: one of the two is answered.
    Either([Plain; 2]),
}

/// A probe with one fault, of the same operation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plain {
    /// The fault's id.
    pub fault: &'static str,
    /// The variant's name.
    pub variant: String,
    /// The cause that its reply is held against.
    pub cause: Cause,
}
