//! What a run has judged: whether it is as much as its suites want, and what it could not put to the test. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Coverage, Inactive};
use crate::catalog::Api;
use crate::catalog::suite::{Operation, Suite};
use crate::judge::table::needs;
use crate::model::cause::{CAUSES, Cause};

/// Where fewer probes were judged than a suite wants of a whole run, in sentences.
#[must_use]
pub fn shortfalls(suite: &Suite, coverage: &[Coverage]) -> Vec<String> {
    let own: Vec<_> = coverage.iter().filter(|covered| covered.suite == suite.id).collect();
    let decided = |is: &dyn Fn(&Coverage) -> bool| -> usize {
        own.iter().filter(|covered| is(covered)).map(|covered| covered.decided - covered.otherwise).sum()
    };
    let id = &suite.id;
    let mut missing = Vec::new();
    let mut ask = |what: String, judged: usize, wanted: usize| {
        if judged < wanted {
            missing.push(format!(
                "{what}: {judged} probes were judged and the suite wants {wanted} (minimum); see what was not exercised"
            ));
        }
    };
    ask(id.clone(), decided(&|_| true), suite.minimum.suite);
    for operation in &suite.operation {
        ask(format!("{id}/{}", operation.id), decided(&|c| c.operation == operation.id), suite.minimum.operation);
    }
    for (cause, wanted) in &suite.minimum.cause {
        ask(format!("{id}, {cause}"), decided(&|c| c.cause == *cause), *wanted);
    }
    missing
}

/// What the run could not put to the test: causes without a judged probe, rules whose condition never held, operations
/// without a control. `faults` are the causes of what
/// was planned, `applied` the conditions that held.
#[must_use]
pub fn inactive(
    apis: &[Arc<Api>],
    coverage: &[Coverage],
    faults: &BTreeSet<(String, Cause)>,
    applied: u32,
) -> Vec<Inactive> {
    let mut inactive = Vec::new();
    for api in apis {
        let id = &api.suite.id;
        for (cause, word, _) in CAUSES {
            let own: Vec<_> = coverage.iter().filter(|c| c.suite == *id && c.cause == *cause).collect();
            let planned: usize = own.iter().map(|covered| covered.planned).sum();
            // A reply may be held against another cause than its fault's: that a request is not acceptable is one among others.
            let stands_aside = planned == 0 && faults.contains(&(id.clone(), *cause));
            if own.iter().all(|covered| covered.decided == 0) && !stands_aside {
                let why = if planned == 0 {
                    "no probe of this run has it; --tier and the suite's credentials choose".to_owned()
                } else {
                    format!("none of its {planned} probes was judged; see what was not exercised")
                };
                inactive.push(Inactive { what: format!("{id}, cause {word}"), why });
            }
        }
        inactive.extend(outranked(&api.suite, coverage));
        inactive.extend(uncontrolled(&api.suite, coverage));
    }
    for (index, (needs, rules)) in needs().iter().enumerate() {
        let belongs = apis.iter().any(|api| (needs.belongs)(api));
        if belongs && applied & (1 << index) == 0 {
            let what = format!("rule {}", rules.iter().map(|rule| rule.id).collect::<Vec<_>>().join(", "));
            inactive.push(Inactive { what, why: format!("there was no {}", needs.what) });
        }
    }
    inactive
}

/// Causes of which operations answered another mistake first, each time: nothing is known of how they answer it.
fn outranked(suite: &Suite, coverage: &[Coverage]) -> Vec<Inactive> {
    let of = |cause: Cause| {
        let own = || coverage.iter().filter(move |c| c.suite == suite.id && c.cause == cause && c.decided > 0);
        let other: Vec<_> = own().filter(|covered| covered.otherwise == covered.decided).collect();
        let some = other.iter().take(5).map(|covered| covered.operation.as_str()).collect::<Vec<_>>().join(", ");
        let more = if other.len() > 5 { ", …" } else { "" };
        (!other.is_empty()).then(|| Inactive {
            what: format!("{}, {cause}", suite.id),
            why: format!(
                "at {} of {} operations another mistake was answered first ({some}{more})",
                other.len(),
                own().count()
            ),
        })
    };
    CAUSES.iter().filter_map(|(cause, ..)| of(*cause)).collect()
}

/// The operations of the run whose correct request nothing shows to succeed.
fn uncontrolled(suite: &Suite, coverage: &[Coverage]) -> Option<Inactive> {
    let probed: BTreeSet<&str> =
        coverage.iter().filter(|covered| covered.suite == suite.id).map(|covered| covered.operation.as_str()).collect();
    let is = |operation: &&Operation| {
        probed.contains(operation.id.as_str()) && operation.control.is_none() && operation.controlled_by.is_none()
    };
    let without: Vec<_> = suite.operation.iter().filter(is).map(|operation| operation.id.as_str()).collect();
    let some = without.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    let more = if without.len() > 5 { ", …" } else { "" };
    (!without.is_empty()).then(|| Inactive {
        what: format!("{}, controls", suite.id),
        why: format!(
            "{} operations have no control of their own, nor one that stands for it: that their correct request succeeds is not known ({some}{more})",
            without.len()
        ),
    })
}
