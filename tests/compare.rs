//! Two targets held against each other by the binary: what differs is found and weighed, and nothing else is.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

#[path = "cli/support.rs"]
#[expect(dead_code, reason = "shared with the tests of the command")]
mod support;

#[path = "targets/received.rs"]
#[expect(dead_code, reason = "shared with the tests of targets that misbehave")]
mod received;

#[path = "compare/differences.rs"]
mod differences;
#[path = "compare/front.rs"]
mod front;
#[path = "compare/sides.rs"]
mod sides;
