//! The brake: what a target may come to change by a run, whatever it does, and how the run says so; and whether the target is
//! known to be the API before anything leaves that may change something.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

#[path = "cli/support.rs"]
#[expect(dead_code, reason = "shared with the tests of the command")]
mod support;

#[path = "targets/received.rs"]
#[expect(dead_code, reason = "shared with the tests of targets that misbehave")]
mod received;

#[path = "brake/accepting.rs"]
mod accepting;
#[path = "brake/controls.rs"]
mod controls;
#[path = "brake/reports.rs"]
mod reports;
#[path = "brake/target.rs"]
mod target;
#[path = "brake/unanswered.rs"]
mod unanswered;
