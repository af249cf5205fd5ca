//! Why a green run means something and a red one is true: guards, comparisons, repetitions, and how a run ends.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

#[path = "cli/support.rs"]
#[expect(dead_code, reason = "shared with the tests of the command")]
mod support;

#[path = "targets/received.rs"]
#[expect(dead_code, reason = "shared with the tests of targets that misbehave")]
mod received;

#[path = "tls/authority.rs"]
mod authority;
#[path = "trust/circumstances.rs"]
mod circumstances;
#[path = "trust/ending.rs"]
mod ending;
#[path = "trust/ending_early.rs"]
mod ending_early;
#[path = "trust/front.rs"]
mod front;
#[path = "trust/guards.rs"]
mod guards;
#[path = "trust/http2.rs"]
mod http2;
#[path = "trust/limits.rs"]
mod limits;
#[path = "trust/pauses.rs"]
mod pauses;
#[path = "trust/repeats.rs"]
mod repeats;
#[path = "trust/tails.rs"]
mod tails;
