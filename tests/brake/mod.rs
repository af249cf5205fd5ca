//! The brake: what a target may come to change by a run, whatever it does, and how the run says so; and whether the target is
//! known to be the API before anything leaves that may change something.

mod accepting;
mod controls;
mod reports;
mod target;
mod unanswered;
