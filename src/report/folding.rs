//! Drifts that follow from another one stand under it: what mends the one mends the others.
//!
//! Nothing is merged and nothing is lost: a consequence keeps its signature, its probes and its waivers. Pure.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::CodeCoverage;
use super::drift::Drift;
use crate::judge::{Mark, Rule, body, code, comparison, delivery, disclosure, framing, status};
use crate::model::place::Place;
use crate::model::verdict::Severity;

/// Rules by what a root of theirs explains, the most telling first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Family {
    /// A member that is called otherwise: all that is said of either name.
    Renamed,
    /// A message whose end or length is wrong: what is wrong with the body that is read so.
    Framing,
    /// A body that is not of the contract's format: all that is said of its parts.
    Foreign,
    /// A request that was let in without right credentials: all that is said of credentials there.
    LetIn,
    /// Credentials that are looked at too late: the same.
    Late,
    /// A wrong answer: what else is wrong with the same answers.
    Answer,
    /// Internals of the service: what else is seen of them in the same text, as the paths in a trace.
    Internals,
    /// What explains nothing but its like.
    Other,
}

fn family(drift: &Drift) -> Family {
    let is = |rules: &[&Rule]| rules.contains(&drift.rule);
    if is(&[&comparison::MEMBER_RENAMED]) {
        Family::Renamed
    } else if is(&[&framing::BYTES_AFTER_REPLY, &framing::FRAMING_CONTRADICTORY, &delivery::REPLY_TRUNCATED]) {
        Family::Framing
    } else if is(&[&body::FORMAT_FOREIGN, &body::BODY_NOT_JSON, &body::BODY_EMPTY, &delivery::PAGE_OF_ANOTHER_LAYER]) {
        Family::Foreign
    } else if is(&[&delivery::REQUEST_ACCEPTED]) && is_about_credentials(drift) {
        Family::LetIn
    } else if is(&[&code::CREDENTIALS_CHECKED_LATE]) {
        Family::Late
    } else if is_answer(drift.rule) {
        Family::Answer
    } else if is_of_internals(drift.rule) {
        Family::Internals
    } else {
        Family::Other
    }
}

/// Whether the rule says that a reply is the wrong answer to the request.
pub(crate) fn is_answer(rule: &Rule) -> bool {
    rank(rule).is_some()
}

/// Rules that say that a reply is the wrong answer to the request, the most telling first.
fn rank(rule: &Rule) -> Option<usize> {
    let rules: [&Rule; 9] = [
        &delivery::ERROR_UNDER_SUCCESS,
        &status::STATUS_CLASS_UNEXPECTED,
        &status::STATUS_UNEXPECTED,
        &code::CODE_UNEXPECTED,
        &code::CODE_CONTRADICTS_STATUS,
        &code::FAULT_UNHANDLED,
        &code::OPERATION_NOT_REALIZED,
        &code::MESSAGE_UNEXPECTED,
        &code::CODE_UNDOCUMENTED,
    ];
    rules.iter().position(|other| *other == rule)
}

/// Whether the rule finds what a service tells of its own making. A credential is reported for itself.
fn is_of_internals(rule: &Rule) -> bool {
    rule.is(Mark::Discloses) && *rule != comparison::EXISTENCE_DISCLOSED && *rule != disclosure::CREDENTIAL_DISCLOSED
}

/// Whether it is said of the body as a JSON value, or of a part of it.
fn is_of_value(drift: &Drift) -> bool {
    drift.finding.at == Place::VALUE || drift.finding.at.starts_with('/')
}

fn is_about_credentials(drift: &Drift) -> bool {
    drift.example.cause.is_about_credentials()
}

/// A drift with what is looked up again and again.
struct Known {
    drift: Drift,
    family: Family,
    probes: BTreeSet<String>,
    operations: BTreeSet<String>,
    /// The code of its example, where no catalogue has it.
    undocumented: Option<Value>,
    /// With those of its consequences.
    probes_of_all: BTreeSet<String>,
    operations_of_all: BTreeSet<String>,
}

impl Known {
    /// Whether all probes of the other show this one too.
    fn covers(&self, other: &Self) -> bool {
        other.probes.is_subset(&self.probes)
    }

    /// Whether nearly all do.
    fn covers_most(&self, other: &Self) -> bool {
        other.probes.intersection(&self.probes).count() * 10 >= other.probes.len() * 9
    }

    /// Whether both are shown by the same code, which no catalogue has for anything else.
    fn has_code_of(&self, other: &Self) -> bool {
        self.undocumented.is_some() && self.undocumented == other.undocumented
    }

    /// Whether it is so at several operations, and at no fewer than the other.
    fn is_custom(&self, other: &Self) -> bool {
        self.operations.len() >= MIN_KIN.max(other.operations.len())
    }

    /// Whether the other is the same, where the contract takes it less gravely.
    fn is_graver(&self, other: &Self) -> bool {
        let (one, other) = (&self.drift, &other.drift);
        // A silence that fails for one cause is the same where it only warns for another.
        let same_cause = one.cause == other.cause || *one.rule == delivery::NO_REPLY;
        one.rule == other.rule
            && one.severity > other.severity
            && same_cause
            && (&one.finding.class, one.layer) == (&other.finding.class, other.layer)
            && one.finding.at.pattern() == other.finding.at.pattern()
            && one.finding.facet == other.finding.facet
    }

    /// Whether the other goes away with this one.
    fn explains(&self, other: &Self) -> bool {
        let (root, drift) = (&self.drift, &other.drift);
        // What is accepted hides nothing that is not, and a note nothing that fails or warns.
        let hides = root.is_accepted() && !drift.is_accepted()
            || root.severity == Severity::Note && drift.severity > Severity::Note;
        if root.example.suite != drift.example.suite || hides {
            return false;
        }
        if self.is_graver(other) {
            return true;
        }
        let credentials = || {
            is_about_credentials(drift)
                && (is_answer(drift.rule)
                    || other.family == Family::Late
                    || *drift.rule == delivery::REQUEST_ACCEPTED
                    || *drift.rule == comparison::EXISTENCE_DISCLOSED)
                && (other.operations.is_subset(&self.operations) || self.is_custom(other))
        };
        match self.family {
            Family::Renamed => self.is_of_member(drift),
            Family::Framing => {
                let is_of_form = is_of_value(drift) && !is_answer(drift.rule) && !drift.rule.is(Mark::Discloses);
                is_of_form && self.covers(other)
            }
            Family::Foreign => {
                let of_body = is_of_value(drift)
                    || is_answer(drift.rule)
                    || drift.finding.at == Place::CONTENT_TYPE
                    || *drift.rule == delivery::PAGE_OF_ANOTHER_LAYER;
                of_body && !drift.rule.is(Mark::Discloses) && self.covers_most(other)
            }
            // Where many operations let everybody in, what is looked at first elsewhere follows.
            Family::LetIn if other.family == Family::Late => self.is_custom(self),
            Family::LetIn => credentials(),
            Family::Late => credentials() && !self.has_code_of(other),
            // One and the same code for wrong credentials is a wrong code rather than a late look at them.
            Family::Answer if other.family == Family::Late => is_about_credentials(root) && self.has_code_of(other),
            Family::Answer => is_answer(drift.rule) && drift.severity <= root.severity && self.covers(other),
            Family::Internals => {
                let is_there = is_of_internals(drift.rule) && drift.finding.at == root.finding.at;
                is_there && drift.severity <= root.severity && self.covers(other)
            }
            Family::Other => false,
        }
    }

    /// Whether what is said is said of the documented member or of the one in its place.
    fn is_of_member(&self, drift: &Drift) -> bool {
        let root = &self.drift.finding;
        let parent = root.at.rsplit_once('/').map_or("", |(parent, _)| parent);
        let new = format!("{parent}/{}", root.class);
        let is_at = |at: &str| *drift.finding.at == *at || drift.finding.at.starts_with(&format!("{at}/"));
        *drift.rule == body::FORMAT_FOREIGN || is_at(&root.at) || is_at(&new)
    }

    /// What drifts of one kind share, which differ in the cause, or in the circumstance, alone.
    fn kind(&self) -> impl Ord + use<> {
        let (drift, finding) = (&self.drift, &self.drift.finding);
        let varies = *drift.rule == comparison::ANSWER_VARIES;
        let facet = (!varies && *drift.rule != code::CODE_CONTRADICTS_STATUS).then(|| finding.facet.clone());
        let class = (!varies && *drift.rule != delivery::REQUEST_ACCEPTED).then(|| finding.class.clone());
        let rule = (drift.rule.id, drift.severity, drift.layer, drift.is_accepted());
        (drift.example.suite.clone(), rule, finding.at.pattern(), facet, class)
    }

    fn adopt(&mut self, other: Option<Self>) {
        let Some(Self { mut drift, probes_of_all, operations_of_all, .. }) = other else { return };
        self.probes_of_all.extend(probes_of_all);
        self.operations_of_all.extend(operations_of_all);
        let its_own = std::mem::take(&mut drift.consequences);
        if *self.drift.rule == comparison::MEMBER_RENAMED && drift.count > self.drift.count {
            // It was found of all results, and one shows it.
            (self.drift.count, self.drift.operations) = (drift.count, drift.operations);
            self.drift.probes.clone_from(&drift.probes);
            self.drift.statuses.clone_from(&drift.statuses);
        }
        self.drift.consequences.push(drift);
        self.drift.consequences.extend(its_own);
    }
}

/// Drifts of one kind that are one: as many causes, or circumstances, are a custom.
const MIN_KIN: usize = 3;

/// The drifts with their consequences under them, in their order. `operations` has those of each signature.
pub(super) fn folded(
    drifts: Vec<Drift>,
    operations: &BTreeMap<String, BTreeSet<String>>,
    catalogue: &[CodeCoverage],
) -> Vec<Drift> {
    let known = |drift: Drift| {
        let probes: BTreeSet<_> = drift.probes.iter().cloned().collect();
        let operations = operations.get(&drift.signature).cloned().unwrap_or_default();
        let (probes_of_all, operations_of_all) = (probes.clone(), operations.clone());
        let code = drift.example.answer.as_ref().and_then(|answer| answer.code.clone());
        let undocumented = code.filter(|code| !catalogue.iter().any(|entry| entry.code == *code));
        Known { family: family(&drift), undocumented, probes, operations, probes_of_all, operations_of_all, drift }
    };
    let mut left: Vec<Option<Known>> = drifts.into_iter().map(|drift| Some(known(drift))).collect();
    let mut order: Vec<usize> = (0..left.len()).collect();
    order.sort_by_key(|index| {
        let told = |known: &Known| {
            (known.family, Reverse(known.drift.severity), Reverse(known.drift.count), rank(known.drift.rule))
        };
        left[*index].as_ref().map(told)
    });
    for root in order {
        let Some(mut known) = left[root].take() else { continue };
        for other in &mut left {
            if other.as_ref().is_some_and(|other| known.explains(other)) {
                known.adopt(other.take());
            }
        }
        left[root] = Some(known);
    }
    by_kind(&mut left);
    let mut left: Vec<_> = left.into_iter().flatten().collect();
    // The gravest first, then what most operations show. What is accepted comes last.
    left.sort_by_key(|Known { drift, probes_of_all, operations_of_all, .. }| {
        let extent = (drift.gravest(), operations_of_all.len(), probes_of_all.len());
        (drift.is_accepted(), Reverse(extent))
    });
    left.into_iter().map(|known| known.drift).collect()
}

/// Drifts of one kind under the first of them.
fn by_kind(left: &mut [Option<Known>]) {
    let mut kinds: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (index, known) in left.iter().enumerate() {
        if let Some(known) = known {
            kinds.entry(known.kind()).or_default().push(index);
        }
    }
    for kin in kinds.into_values().filter(|kin| kin.len() >= MIN_KIN) {
        let Some(mut root) = left[kin[0]].take() else { continue };
        for other in &kin[1..] {
            root.adopt(left[*other].take());
        }
        left[kin[0]] = Some(root);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Found;
    use crate::report::tally::Tally;
    use crate::report::{Closing, ProbeResult};

    /// A run of one reply that is of another format, and in which a member is missing.
    fn closing(severity: Severity) -> Closing {
        let found = |rule, severity| Found::new(rule, Place::VALUE).severity(severity).actual("");
        let findings = vec![found(&body::FORMAT_FOREIGN, severity), found(&body::SCHEMA_VIOLATION, Severity::Error)];
        let mut tally = Tally::default();
        tally.result(&ProbeResult { probe: "s/o/f".to_owned(), findings, ..ProbeResult::default() });
        tally.close(0, false)
    }

    #[test]
    fn what_follows_counts_for_how_grave_a_drift_is_and_a_note_hides_nothing_graver() {
        let folded = closing(Severity::Warning);
        assert_eq!((folded.drifts.len(), folded.all().count()), (1, 2));
        assert_eq!((folded.drifts[0].severity, folded.drifts[0].gravest()), (Severity::Warning, Severity::Error));
        let apart = closing(Severity::Note);
        assert_eq!(apart.drifts.len(), 2);
        assert_eq!(*apart.drifts[0].rule, body::SCHEMA_VIOLATION);
    }
}
