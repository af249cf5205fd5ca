//! Every mutant of every example put before the judge, and what the contract says of those that it would not notice.
//!
//! A mutant is noticed where the judge finds something of severity warning or error in it that it does not find in the
//! example. It knows no file: which lines of it are idle is told by index.

use std::collections::BTreeSet;

use serde_json::Value;

use super::standin::Standin;
use super::{Kind, mutants, standin};
use crate::catalog::contract::{Contract, Unnoticed};
use crate::judge::finding::Finding;
use crate::model::place::Place;
use crate::model::verdict::Severity;

/// The outcome of the mutants of a contract's examples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Examination {
    /// Example bodies.
    pub examples: usize,
    /// Bodies that are broken in one place.
    pub mutants: usize,
    /// Those that the judge notices.
    pub noticed: usize,
    /// Those that it does not, and that the contract explains.
    pub explained: usize,
    /// Those that it does not and should, or should not and the contract does not say why.
    pub unexplained: Vec<Survivor>,
    /// What the contract explains, and what does not happen.
    pub idle: Vec<Idle>,
}

/// A mutant that nothing notices.
#[derive(Clone, Debug, PartialEq)]
pub struct Survivor {
    /// The example, by its index.
    pub example: usize,
    /// How it was broken.
    pub kind: Kind,
    /// JSON Pointer to what was broken.
    pub at: String,
    /// The mutant.
    pub body: Value,
}

/// An explanation that explains nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Idle {
    /// The entry of `[[unnoticed]]`, by its index.
    pub entry: usize,
    /// The kind of mutation for which it explains nothing.
    pub kind: Kind,
}

/// Puts every mutant of the contract's examples before the judge.
#[must_use]
pub fn examine(contract: Contract) -> Examination {
    let examples = contract.body.part("/examples").and_then(Value::as_array).cloned().unwrap_or_default();
    let api = standin::api(contract, &examples);
    let contract = &api.contract;
    let mut examination = Examination { examples: examples.len(), ..Examination::default() };
    let mut explained: BTreeSet<(usize, Kind)> = BTreeSet::new();
    for (index, example) in examples.iter().enumerate() {
        let Some(standin) = Standin::fitting(&api, index, example) else { continue };
        let known: BTreeSet<_> = standin.judged(example).iter().filter_map(weighty).collect();
        for mutant in mutants(contract, example) {
            examination.mutants += 1;
            let findings = standin.judged(&mutant.body);
            if findings.iter().filter_map(weighty).any(|finding| !known.contains(&finding)) {
                examination.noticed += 1;
                continue;
            }
            let explains = |entry: &Unnoticed| entry.mutation.0.contains(&mutant.kind) && covers(&entry.at, &mutant.at);
            if let Some(entry) = contract.file.unnoticed.iter().position(explains) {
                examination.explained += 1;
                explained.insert((entry, mutant.kind));
            } else {
                let (kind, at, body) = (mutant.kind, mutant.at, mutant.body);
                examination.unexplained.push(Survivor { example: index, kind, at, body });
            }
        }
    }
    let written = contract.file.unnoticed.iter().enumerate();
    let written = written.flat_map(|(entry, unnoticed)| unnoticed.mutation.0.iter().map(move |kind| (entry, *kind)));
    let idle = written.filter(|pair| !explained.contains(pair));
    examination.idle = idle.map(|(entry, kind)| Idle { entry, kind }).collect();
    examination
}

/// What tells a finding that counts from another; a note alone tells nobody that something is wrong.
fn weighty(finding: &Finding) -> Option<(&'static str, Place, String, Severity)> {
    let counts = finding.severity >= Severity::Warning;
    counts.then(|| (finding.rule.id, finding.at.clone(), finding.facet.clone(), finding.severity))
}

/// Whether a pointer is the one that is meant: `*` stands for any element or member, and `**` at the end for whatever is
/// below.
fn covers(meant: &str, at: &str) -> bool {
    let mut tokens = at.split('/');
    for token in meant.split('/') {
        match (token, tokens.next()) {
            ("**", Some(_)) => return true,
            ("*", Some(_)) => {}
            (token, Some(found)) if token == found => {}
            _ => return false,
        }
    }
    tokens.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_covers_one_level_and_two_cover_all_below() {
        for (meant, at, expected) in [
            ("", "", true),
            ("/a", "/a", true),
            ("/a", "/a/b", false),
            ("/a/*", "/a/0", true),
            ("/a/*", "/a", false),
            ("/a/*", "/a/b/c", false),
            ("/a/*/c", "/a/b/c", true),
            ("/a/**", "/a/b/c", true),
            ("/a/**", "/a", false),
            ("/b/**", "/a/b", false),
        ] {
            assert_eq!(covers(meant, at), expected, "{meant} {at}");
        }
    }
}
