//! TODO

pub mod baseline;
pub mod gate;
pub mod ratchet;
pub mod waiver;
pub mod waiver_file;
