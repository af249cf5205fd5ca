//! The pieces of a run that decide what may still leave, before the target is harmed, and what came of it.

pub(crate) mod aftermath;
pub(crate) mod allow;
pub(crate) mod brake;
pub(crate) mod came;
pub(crate) mod catch_all;
pub(crate) mod form;
mod limit;
mod look_for;
