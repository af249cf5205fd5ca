//! TODO

pub(crate) mod contract;
pub(crate) mod field;
pub(crate) mod operation;
pub(crate) mod suite;
