//! Putting requests on the wire. The only I/O of a run beside its reports.

pub mod client;
mod connection;
mod head;
mod http2;
mod lanes;
mod local;
mod ordinary;
mod pool;
pub(crate) mod rate;
mod raw;
pub mod reply;
mod roundtrip;
pub mod sender;
mod sequence;
mod tails;
pub(crate) mod tap;

pub(crate) use local::{has_room, limit};
pub(crate) use ordinary::{Conduct, accepts};
pub(crate) use raw::written;
pub(crate) use sequence::Aftermath;
