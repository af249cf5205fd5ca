//! Pieces of the engine.

pub(crate) mod aftermath;
mod limit;
