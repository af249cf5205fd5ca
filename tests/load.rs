//! Targets that can take only so much: limits, few connections, few wrong credentials. None of it is drift, none is green
//! where nothing was tested, and none is asked for more than it can take.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

#[path = "cli/support.rs"]
#[expect(dead_code, reason = "shared with the tests of the command")]
mod support;

#[path = "targets/received.rs"]
#[expect(dead_code, reason = "shared with the tests of targets that misbehave")]
mod received;

#[path = "load/company.rs"]
mod company;
#[path = "load/credentials.rs"]
mod credentials;
#[path = "trust/front.rs"]
mod front;
#[path = "load/limits.rs"]
mod limits;
#[path = "load/rate.rs"]
mod rate;
