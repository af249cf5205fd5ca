//! Suites with their contracts: found, read, compiled and cross-checked, before anything is sent.
//!
//! What is built in needs no file. All that is wrong with a suite and its contract comes back at once. It knows
//! nothing of faults and nothing of replies.

pub mod api;
pub mod built_in;
pub(crate) mod check;
pub mod contract;
pub mod document;
mod files;
pub mod mutation_kind;
mod promise;
pub mod reply;
mod repository;
pub mod schema;
mod status;
pub mod suite;
pub(crate) mod vocabulary;

pub use api::{Api, load};
pub use built_in::{BUILT_IN, built_in_suites};
