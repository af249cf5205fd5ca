//! Findings of one kind.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::result::ProbeResult;
use crate::judge::Rule;
use crate::judge::finding::{Finding, Repeats};
use crate::model::layer::Layer;
use crate::model::verdict::Severity;

/// Findings of one kind.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Drift {
    /// What tells it from other drifts: suite, rule, place in the contract, cause, layer, what came, severity.
    pub signature: String,
    /// What came, as far as it tells this drift from others; empty where that makes no difference.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub class: String,
    /// The rule.
    pub rule: &'static Rule,
    /// The severity of its findings.
    pub severity: Severity,
    /// Who probably wrote the replies.
    pub layer: Option<Layer>,
    /// The product that probably wrote them, where that is known of the example.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<Cow<'static, str>>,
    /// What makes that product answer in the documented format, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Cow<'static, str>>,
    /// The statuses of the replies that show it.
    pub statuses: BTreeSet<u16>,
    /// The cause, or `*` where the promise is the same for all.
    pub cause: String,
    /// One line for people.
    pub summary: String,
    /// At how many places of a reply, where what varies in them makes them one; 1 where that is not said.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub places: usize,
    /// How many probes show it.
    pub count: usize,
    /// Those probes, in the order of the plan.
    pub probes: Vec<String>,
    /// How many operations show it.
    pub operations: usize,
    /// The first finding.
    pub finding: Finding,
    /// What came of sending some of those probes again; `None` where that was not done, as for what changes state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<Repeats>,
    /// How many of its probes a waiver accepts.
    #[serde(default)]
    pub waived: usize,
    /// How many of its other probes showed it in the baseline.
    #[serde(default)]
    pub old: usize,
    /// Drifts that follow from it: what they show goes away with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consequences: Vec<Drift>,
    /// Its probes that fail, by their signatures as errdrift 0.1 wrote them.
    #[serde(skip)]
    pub earlier: BTreeMap<String, usize>,
    /// The first probe that shows it, whole.
    #[serde(skip)]
    pub example: Arc<ProbeResult>,
}

impl Drift {
    /// Whether all of it is waived or old.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.standing() == 0
    }

    /// How many of its probes fail by it.
    #[must_use]
    pub fn standing(&self) -> usize {
        self.count.saturating_sub(self.waived + self.old)
    }
}

/// The most places of a drift that are counted.
pub(super) const MAX_PLACES: usize = 1_000;

fn one() -> usize {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_one(places: &usize) -> bool {
    *places == 1
}
