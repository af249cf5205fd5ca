//! An embedded deployment of both documented APIs on a socket: conforming, or with one named drift.
//!
//! It is what the tester is tested against, so it must not know the tester: no parser, no schema and no judgement is
//! shared, and nothing outside this directory is used. What both got wrong together, no test would see.

mod answer;
mod api;
mod body;
mod cause;
mod decision;
mod deployment;
mod draft;
mod drift;
mod escrow_answer_drifts;
mod escrow_body_drifts;
mod escrow_box;
mod escrow_operations;
mod escrow_reply_drifts;
mod multipart;
mod operation;
mod oz_answer_drifts;
mod oz_api;
mod oz_body_drifts;
mod oz_operations;
mod oz_reply_drifts;
mod pages;
mod reply;
mod request;
mod server;
mod table;
mod validate;

pub use api::Api;
pub use deployment::{Deployment, Witness, environment, existing};
pub use drift::Drift;
pub use server::serve;
pub use table::{drift, drifts};
