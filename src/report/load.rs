//! How much of the run the target could take: limits that it set, and what it answered only when nothing else was under way.

use serde::{Deserialize, Serialize};

/// What the target could take.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Deserialize, Serialize)]
pub struct Load {
    /// Replies by which the target said that it was asked too often.
    pub rate_limited: usize,
    /// What was waited for them, in milliseconds.
    pub waited_ms: u64,
    /// Probes that got no reply in time while others were under way, and were answered alone.
    pub answered_alone: usize,
    /// Such probes that could not be sent again.
    pub given_up: usize,
    /// The fewest probes under way at once that the run came down to; 0 where it is not known.
    pub jobs: usize,
    /// Whether it ended before its time, by the target's limits or a credential that was right no more.
    #[serde(skip)]
    pub is_whole_in_doubt: bool,
}
