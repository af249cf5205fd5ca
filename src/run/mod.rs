//! Pieces of a run that decide what may still leave.

pub(crate) mod allow;
