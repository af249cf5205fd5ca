//! The pieces of a run that are no engine: what holds it back before the target is harmed.

pub(crate) mod brake;
pub(crate) mod came;
pub(crate) mod catch_all;
pub(crate) mod form;
mod look_for;
