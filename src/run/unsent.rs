//! Why a probe was not sent, and whether the run is the less for it.

use std::collections::{BTreeMap, BTreeSet};

use crate::fault::draft::carried;
use crate::plan::Plan;

/// Why a planned probe was not sent.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unsent {
    /// It needs this variable.
    #[error("${{{0}}} is not set")]
    NotSet(String),
    /// It is for other targets, and for which.
    #[error("{0}")]
    Unfit(&'static str),
    /// The target went away before it; what it died of is said once.
    #[error("the target went away during the run; the rest was not run")]
    Gone,
    /// The run was stopped before it, and why.
    #[error("{0}")]
    Stopped(String),
    /// The target itself lists its method for the path, so that it is not a wrong one.
    #[error("the target's Allow lists {0} for this path, of which the suite does not know")]
    Listed(String),
    /// Its method may be one that the path has: neither the suite nor the target rules it out.
    #[error(
        "withheld: {0} may be a method of this path; the suite does not list all of them (`complete`, `methods`), and no Allow of the target does"
    )]
    NotRuledOut(String),
    /// The target accepted what it must refuse, and why the probe was held back.
    #[error("{0}")]
    Braked(String),
    /// The target limits how much it is asked, and where and how.
    #[error("not run: rate-limited: {0}; --rate N/s sends more slowly, --max-wait DURATION waits longer")]
    Limited(String),
    /// Somebody ended the run before it, and by what.
    #[error("the run was ended by {0}")]
    Interrupted(String),
    /// errdrift itself failed.
    #[error("errdrift failed on it: {0}; please report this")]
    OurFault(String),
}

/// Variables that a suite cannot run without: those of its right credentials, and of what every request carries.
#[derive(Debug)]
pub struct RequiredVariables(BTreeSet<(String, String)>);

impl RequiredVariables {
    /// What the plan's suites cannot do without.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let apis: BTreeMap<_, _> = plan.probes.iter().map(|probe| (&probe.api.suite.id, &probe.api)).collect();
        let mut needed = BTreeSet::new();
        for (suite, api) in apis {
            let credentials = api.suite.credentials.values();
            let carried = credentials.flat_map(|credential| carried(credential, &credential.valid));
            for (_, value) in carried.chain(api.suite.fields()) {
                needed.extend(value.variables().into_iter().map(|name| (suite.clone(), name.to_owned())));
            }
        }
        Self(needed)
    }

    /// Whether a probe that was not sent for that reason makes the run less than what was asked for. A second account or
    /// an expired token is a bonus; the right credential is not.
    #[must_use]
    pub fn weighs(&self, suite: &str, unsent: &Unsent) -> bool {
        match unsent {
            Unsent::NotSet(name) => self.0.contains(&(suite.to_owned(), name.clone())),
            Unsent::Unfit(_) | Unsent::Gone | Unsent::Listed(_) | Unsent::NotRuledOut(_) | Unsent::Interrupted(_) => {
                false
            }
            Unsent::Limited(_) | Unsent::Stopped(_) | Unsent::Braked(_) | Unsent::OurFault(_) => true,
        }
    }
}
