//! What needs a target: the command from outside, what leaves byte for byte, and targets of every temper, all on loopback.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod brake;
mod bytes;
mod cli;
mod command;
mod compare;
mod face;
mod gateways;
mod hostile;
mod parsers;
mod real;
#[path = "targets/received.rs"]
mod received;
mod reference;
mod safety;
mod secrets;
#[path = "cli/support.rs"]
mod support;
mod targets;
mod tls;
mod tour;
mod trust;
