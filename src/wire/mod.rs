//! Putting requests on the wire. The only I/O of a run beside its reports.

pub mod client;
mod connection;
mod head;
mod http2;
mod raw;
pub mod reply;
pub mod sender;
pub(crate) mod tap;
pub mod target;

pub(crate) use raw::written;
