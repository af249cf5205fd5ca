//! errdrift tests whether the error replies of an API conform to their documented format.
//!
//! The data flow in one direction: documents ([`catalog`]) and faults ([`fault`]) become probes ([`plan`]), probes become
//! exchanges ([`engine`], [`wire`]), exchanges are judged ([`judge`]), and what is found becomes a [`report`] that is rendered
//! ([`render`]). Planning, judging and rendering are pure.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test may fail loudly"))]

mod again;
pub mod answer;
mod attempt;
pub mod baseline;
pub mod catalog;
pub mod cause;
pub mod cli;
pub mod command;
pub mod compare;
pub mod consistency;
pub mod contract;
mod control;
pub mod coverage;
pub mod date;
pub mod demo;
pub mod document;
pub mod earlier;
pub mod engine;
mod environment;
pub mod exchange;
pub mod explain;
pub mod fault;
pub mod file;
pub mod finding;
pub mod footing;
pub mod gate;
pub mod harness;
pub mod identity;
pub mod judge;
pub mod live;
pub mod masked;
pub mod mutation;
mod pace;
pub mod plan;
pub mod quote;
pub mod ratchet;
pub mod recording;
pub mod reference;
pub mod render;
pub mod repeat;
pub mod replay;
pub mod report;
pub mod retrial;
mod run;
pub mod schema;
pub mod secret;
pub mod self_test;
pub mod session;
mod signal;
pub mod sink;
pub mod stored;
pub mod suite;
pub mod tally;
pub mod verdict;
mod vocabulary;
pub mod waiver;
pub mod wire;
