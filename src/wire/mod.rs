//! Putting requests on the wire. The only I/O of a run beside its reports.

pub mod client;
pub mod target;
