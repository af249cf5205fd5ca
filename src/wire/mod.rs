//! Putting requests on the wire. The only I/O of a run beside its reports.

pub mod client;
mod conduct;
mod connection;
mod head;
mod http2;
mod lanes;
mod local;
mod pool;
pub(crate) mod rate;
mod raw;
mod replies;
pub mod reply;
mod roundtrip;
pub mod sender;
mod sequence;
pub mod settings;
mod stream;
mod tails;
pub(crate) mod tap;
mod well_formed;

pub(crate) use conduct::Conduct;
pub(crate) use local::{has_room, limit};
pub(crate) use raw::written;
pub(crate) use replies::accepts;
pub(crate) use sequence::Aftermath;
