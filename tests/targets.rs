//! Targets that misbehave: the run ends, says what is the matter, writes its reports, and does not call it drift unless it is.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

#[path = "targets/input.rs"]
mod input;
#[path = "targets/probed.rs"]
mod probed;
#[path = "targets/received.rs"]
mod received;
#[path = "targets/support.rs"]
mod support;
#[path = "targets/unusable.rs"]
mod unusable;
