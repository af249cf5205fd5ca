//! Accepted drift: what it names, who answers for it, and until when.
//!
//! A waiver takes findings, not probes: what else is wrong with the same reply still fails. Pure: "today" is given, and it
//! knows no file but the name and the lines that its complaints point to.

mod applied;
mod file;

pub use applied::AppliedWaivers;
pub use file::{MAX, Waiver, WaiverFile, fits};
