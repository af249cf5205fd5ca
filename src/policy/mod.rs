//! What decides about a run beside its probes: waivers, the ratchet and the baseline, and the verdict that comes of all.

pub mod baseline;
pub mod gate;
pub mod ratchet;
pub mod waiver;
pub mod waiver_file;
