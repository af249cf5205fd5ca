//! What a suite's changing operations get and do not get: the lines of `errdrift check` about each of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::catalog::Api;
use crate::catalog::suite::Operation;
use crate::plan::{Guard, Plan, Probe, Withheld};

/// A paragraph for each operation that changes something: how many of its probes are sent, by what is wrong with each, and
/// what is withheld, by its reason. `plan` is of all tiers.
#[must_use]
pub fn lines(api: &Api, plan: &Plan) -> String {
    let changing = api.suite.operation.iter().filter(|operation| !operation.reads());
    changing.map(|operation| paragraph(api, operation, plan)).collect()
}

fn paragraph(api: &Api, operation: &Operation, plan: &Plan) -> String {
    let sent: Vec<&Probe> = plan.probes.iter().filter(|probe| probe.operation == operation.id).collect();
    let mut guards: BTreeMap<Guard, usize> = BTreeMap::new();
    for probe in &sent {
        *guards.entry(probe.guard).or_default() += 1;
    }
    let guards: Vec<_> = guards.iter().map(|(guard, count)| format!("{guard} {count}")).collect();
    let by = if guards.is_empty() { String::new() } else { format!(", safe by {}", guards.join(", ")) };
    let mut text = format!("  {} ({} {}): {} sent{by}\n", operation.id, operation.method, operation.path, sent.len());
    let prefix = format!("{}/{}/", api.suite.id, operation.id);
    let mut withheld: BTreeMap<&Withheld, Vec<&str>> = BTreeMap::new();
    for (id, reason) in &plan.withheld {
        if let Some(fault) = id.strip_prefix(&prefix) {
            withheld.entry(reason).or_default().push(fault);
        }
    }
    for (reason, faults) in withheld {
        let shown = faults.iter().take(MAX_SHOWN).copied().collect::<Vec<_>>().join(", ");
        let more = if faults.len() > MAX_SHOWN { ", …" } else { "" };
        let _ = writeln!(text, "    {} withheld ({shown}{more}): {reason}", faults.len());
    }
    text
}

/// Faults that are named for each reason.
const MAX_SHOWN: usize = 4;
