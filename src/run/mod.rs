//! The parts of a run that decide when something may leave, before the target is harmed: the brake, the rate, the target's own
//! limits, who is under way, whether the credentials are still right; the workers that do as they say, and what comes after a
//! reply.

pub(crate) mod attempt;
pub(crate) mod brake;
pub mod compare;
pub(crate) mod confirm;
#[cfg(feature = "harness")]
pub mod conformance;
pub(crate) mod control;
pub(crate) mod credentials;
pub mod embedded;
pub mod engine;
pub mod error;
pub mod event;
#[cfg(feature = "harness")]
pub mod harness;
pub mod identity;
pub mod library;
pub(crate) mod opening;
pub(crate) mod outputs;
pub mod pacing;
pub(crate) mod prepared;
pub mod progress;
mod recognition;
pub mod recorded;
pub mod rejudge;
pub mod repeat;
pub mod replay;
pub(crate) mod resend;
pub mod retest;
pub(crate) mod retry_after;
pub mod runtime;
pub mod self_test;
pub mod session;
pub mod settings;
pub(crate) mod shared;
pub(crate) mod signal;
pub(crate) mod turn;
mod unproven;
pub mod unsent;
mod waiting;
pub mod writer;
