//! What the target could take, in lines for people; none where nothing of it is worth a word.

use super::count::{count, number};
use crate::report::Load;

/// The lines.
#[must_use]
pub fn lines(load: &Load) -> Vec<String> {
    let mut lines = Vec::new();
    if load.rate_limited > 0 {
        let seconds = load.waited_ms.div_ceil(1_000);
        let waited = match seconds {
            0 => "which asked for no time".to_owned(),
            seconds => format!("which were waited for {seconds} s in all"),
        };
        let replies = if load.rate_limited == 1 { "reply" } else { "replies" };
        lines.push(format!(
            "{} {replies} said that the target was asked too often (429, or 503 with Retry-After), {waited}; --rate N/s sends more slowly",
            number(load.rate_limited)
        ));
    }
    if load.answered_alone > 0 {
        lines.push(format!(
            "{} got no reply in time while others were under way, and one alone: the target takes fewer at once; --jobs {} is faster",
            count(load.answered_alone, "probe"),
            load.jobs.max(1)
        ));
    }
    lines
}
