//! Findings of one kind.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::result::ProbeResult;
use super::signature::rest;
use crate::judge::Rule;
use crate::judge::body::MEMBER_UNDOCUMENTED;
use crate::judge::delivery::PAGE_OF_ANOTHER_LAYER;
use crate::judge::finding::{Finding, Repeats};
use crate::model::layer::Layer;
use crate::model::verdict::Severity;

/// Findings of one kind.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Drift {
    /// What tells it from other drifts: suite, rule, place in the contract, cause, layer, what came, severity.
    pub signature: String,
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

    /// The gravest severity of it and of what follows from it.
    #[must_use]
    pub fn gravest(&self) -> Severity {
        self.consequences.iter().map(|drift| drift.severity).fold(self.severity, Ord::max)
    }

    /// The drift in one line.
    pub(super) fn told(&self) -> String {
        let finding = &self.finding;
        if self.signature == rest(&self.example, finding) {
            return format!("many more in ways of their own, such as at {}: {}", finding.at, finding.actual);
        }
        if *finding.rule == PAGE_OF_ANOTHER_LAYER {
            let layer = self.layer.map_or("a layer", Layer::word);
            return format!("the {layer} ({}) answers {} with pages of its own", finding.facet, listed(&self.statuses));
        }
        let often = self.repeats.filter(|repeats| repeats.is_intermittent());
        let often = often.map_or_else(String::new, |repeats| {
            format!(" (intermittent: {} of {} identical requests)", repeats.shown, repeats.sent)
        });
        if let Some(undocumented) = self.undocumented() {
            return undocumented + &often;
        }
        format!("{}: expected {}, got {}{often}", finding.at, finding.expected, finding.actual)
    }

    /// Members that no document has, where each reply may have others.
    #[must_use]
    pub fn undocumented(&self) -> Option<String> {
        let or_more = if self.places == MAX_PLACES { " or more" } else { "" };
        let name = self.finding.at.rsplit('/').next().unwrap_or_default();
        (self.places > 1 && *self.rule == MEMBER_UNDOCUMENTED)
            .then(|| format!("{}{or_more} undocumented members such as `{name}`", self.places))
    }
}

/// The statuses as people list them.
fn listed(statuses: &BTreeSet<u16>) -> String {
    let all: Vec<_> = statuses.iter().map(u16::to_string).collect();
    match all.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => all.concat(),
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
