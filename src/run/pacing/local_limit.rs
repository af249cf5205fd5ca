//! What a run says of a limit of the machine that it runs on: ours, and nothing of the target.

use crate::report::{Inactive, Reason};
use crate::run::event::Event;
use crate::run::shared::Shared;

impl Shared {
    /// What is said of a limit of this machine that was met: the run cannot be judged where it kept probes from leaving, and
    /// went on with fewer at once where that helped.
    pub(crate) fn limited(&self) -> Option<Event> {
        let (limit, at_once) = self.sender.limited()?;
        Some(if at_once == 0 {
            Event::NotJudged(Reason::Seen, limit.to_string())
        } else {
            let what = format!("{} probes at once", self.settings.jobs);
            Event::Inactive(Inactive { what, why: format!("{limit}; the run went on with {at_once}") })
        })
    }
}
