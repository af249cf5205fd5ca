//! Results that come as their probes end, and are handed on in the plan's order, once it is known that their credential was
//! right. It waits for nobody.

use std::collections::BTreeMap;

use crate::plan::Probe;
use crate::report::ProbeResult;
use crate::run::credentials::{Credentials, EVERY, Word};
use crate::run::shared::Shared;
use crate::run::unsent::Unsent;

/// Results on their way back into the plan's order.
#[derive(Default)]
pub(crate) struct InOrder {
    /// The place of the next one.
    pub(crate) next: usize,
    early: BTreeMap<usize, (Result<Box<ProbeResult>, Unsent>, u64)>,
}

impl InOrder {
    /// Records the outcome of the probe at that place, with the mark of its credential.
    pub(crate) fn push(&mut self, place: usize, settled: Result<Box<ProbeResult>, Unsent>, mark: u64) {
        self.early.insert(place, (settled, mark));
    }

    /// The next result of the plan, once its credential is known to have been right or not; `all` where nothing will be known
    /// any more.
    pub(crate) fn pop(
        &mut self,
        probes: &[Probe],
        shared: &Shared,
        all: bool,
    ) -> Option<(Result<Box<ProbeResult>, Unsent>, u64)> {
        let (settled, mark) = self.early.get_mut(&self.next)?;
        if let Ok(result) = settled {
            let probe = &probes[self.next];
            match shared.credentials.word(probe, result, *mark) {
                Word::Stands => {}
                Word::Doubtful(reason) => Credentials::amend(result, reason),
                Word::Unknown if all || shared.stopped().is_some() => {}
                Word::Unknown => {
                    if self.early.len() >= EVERY {
                        shared.credentials.want(probe);
                    }
                    return None;
                }
            }
        }
        let settled = self.early.remove(&self.next)?;
        self.next += 1;
        Some(settled)
    }
}
