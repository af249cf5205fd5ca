//! Operations × faults → probes: selected, sharded, in a fixed order. Pure: nothing is sent, no variable is read.
//!
//! What may be sent, and why, is decided in `plan::safety`.

mod build;
mod effect;
mod guard;
pub mod order;
mod probe;
mod probe_id;
mod safety;
mod selection;

pub use build::Plan;
pub use guard::{Guard, RuledOut, Withheld};
pub use probe::{Control, Expectation, NO_OPERATION, Probe, Success};
pub use probe_id::ProbeId;
pub use selection::Selection;
