//! What a meta-schema cannot say of a suite and a contract: that their parts agree.

pub(crate) mod contract;
pub(crate) mod field;
pub(crate) mod mistakes;
pub(crate) mod operation;
pub(crate) mod own;
pub(crate) mod reply;
mod silenced;
pub(crate) mod suite;
