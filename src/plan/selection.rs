//! Which probes of all are wanted.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::probe::{NO_OPERATION, Probe};
use super::probe_id::ProbeId;
use crate::catalog::Api;
use crate::catalog::document::nearest;
use crate::fault;
use crate::fault::{Fault, Tier};

/// Which probes of all are wanted.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Text that a probe's id has.
    pub filter: Option<String>,
    /// Whether `filter` is the whole id.
    pub exact: bool,
    /// Probes by id, whatever their tiers; all when empty.
    pub ids: BTreeSet<String>,
    /// Texts that a probe's id does not have.
    pub skip: Vec<String>,
    /// Faults by id; all when empty.
    pub faults: Vec<String>,
    /// Operations by id; all when empty.
    pub operations: Vec<String>,
    /// Tiers.
    pub tiers: Vec<Tier>,
    /// The part and the number of parts, as `1/4`.
    pub shard: Option<(usize, usize)>,
    /// Whether only what can change nothing is wanted.
    pub harmless: bool,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            filter: None,
            exact: false,
            ids: BTreeSet::new(),
            skip: Vec::new(),
            faults: Vec::new(),
            operations: Vec::new(),
            tiers: vec![Tier::Core],
            shard: None,
            harmless: false,
        }
    }
}

impl Selection {
    pub(super) fn takes(&self, probe: &Probe) -> bool {
        let filter = self
            .filter
            .as_ref()
            .is_none_or(|text| if self.exact { probe.id == *text } else { probe.id.contains(text) });
        filter
            && (self.ids.is_empty() || self.ids.contains(&probe.id))
            && !self.skip.iter().any(|text| probe.id.contains(text))
            && (self.faults.is_empty() || self.faults.iter().any(|id| id == probe.fault.id))
            && (self.operations.is_empty() || self.operations.contains(&probe.operation))
    }

    /// Whether the whole core tier of the suites is chosen, whatever else is.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.filter.is_none()
            && self.ids.is_empty()
            && self.skip.is_empty()
            && self.faults.is_empty()
            && self.operations.is_empty()
            && self.shard.is_none()
            && !self.harmless
            && self.tiers.contains(&Tier::Core)
    }

    /// A fault that is asked for by name is sent whatever its tier.
    pub(super) fn takes_fault(&self, fault: &Fault) -> bool {
        if !self.ids.is_empty() {
            self.ids.iter().filter_map(|id| ProbeId::parse(id)).any(|id| id.fault == fault.id)
        } else if self.faults.is_empty() {
            self.tiers.contains(&fault.tier)
        } else {
            self.faults.iter().any(|id| id == fault.id)
        }
    }

    /// Faults and operations that are asked for and do not exist, each with the closest that does.
    #[must_use]
    pub fn unknown(&self, apis: &[Arc<Api>]) -> Vec<String> {
        let faults: Vec<_> = fault::faults().map(|fault| fault.id).collect();
        let operations: Vec<_> =
            apis.iter().flat_map(|api| &api.suite.operation).map(|o| o.id.as_str()).chain([NO_OPERATION]).collect();
        let check = |kind: &str, name: &String, known: &[&str]| {
            (!known.contains(&name.as_str()))
                .then(|| format!("no {kind} `{name}`; did you mean `{}`?", nearest(name, known)))
        };
        let skips = apis.iter().flat_map(|api| &api.suite.skip).filter_map(|skip| skip.fault.as_ref());
        let unknown_faults = self.faults.iter().chain(skips).filter_map(|name| check("fault", name, &faults));
        unknown_faults.chain(self.operations.iter().filter_map(|name| check("operation", name, &operations))).collect()
    }
}
