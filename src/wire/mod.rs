//! Putting requests on the wire. The only I/O of a run beside its reports.

pub(crate) mod address;
mod aftermath;
mod conduct;
mod connection;
mod head;
mod lanes;
mod local;
mod ordinary_client;
mod pool;
mod proxy;
pub(crate) mod rate;
mod raw;
pub mod reply;
mod roundtrip;
mod scripted;
pub mod sender;
mod sequence;
pub mod settings;
mod stream;
mod tails;
pub(crate) mod tap;
mod tls_error;
mod trust;
mod well_formed;

pub(crate) use aftermath::Aftermath;
pub(crate) use conduct::Conduct;
pub(crate) use head::accepts;
pub(crate) use local::{has_room, limit};
