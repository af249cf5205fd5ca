//! errdrift tests whether the error replies of an API conform to their documented format.
//!
//! The data flow in one direction: documents ([`catalog`]) and faults ([`fault`]) become probes ([`plan`]), a run ([`run`]) makes
//! exchanges of them ([`wire`]), exchanges are judged ([`judge`]), and what is found becomes a [`report`] that is rendered
//! ([`render`]). Planning, judging and rendering are pure. Each room imports only those below it: `docs/architecture.md`.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test may fail loudly"))]

pub mod catalog;
#[cfg(feature = "cli")]
pub mod cli;
pub mod fault;
pub mod judge;
pub mod model;
pub mod plan;
pub mod policy;
pub mod reference;
pub mod render;
pub mod report;
pub mod run;
pub mod wire;
