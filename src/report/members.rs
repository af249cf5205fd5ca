//! Which members the bodies of a run have: a documented one that never comes, where another one comes in its place, is one
//! that was renamed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::result::ProbeResult;
use crate::catalog::Api;
use crate::catalog::schema::members::Documented;
use crate::judge::finding::Finding;
use crate::judge::{Found, comparison};
use crate::model::answer::Answer;
use crate::model::layer::Layer;
use crate::model::place::Place;
use crate::model::pointer;
use crate::plan::Probe;

/// Members that are counted of one suite: a target may name each of them anew.
const MAX_MEMBERS: usize = 500;
/// Of so many bodies, in tenths, a member must be in to be the new name of another one.
const MIN_TENTHS: usize = 9;
/// Fewer bodies show no custom.
const MIN_BODIES: usize = 3;

/// The members that came, by suite.
#[derive(Debug, Default)]
pub(super) struct Members(BTreeMap<String, Seen>);

#[derive(Debug)]
struct Seen {
    api: Arc<Api>,
    /// In how many bodies a place came, with the types and a result that shows it.
    places: BTreeMap<String, Count>,
}

#[derive(Debug)]
struct Count {
    bodies: usize,
    kinds: BTreeSet<String>,
    example: Arc<ProbeResult>,
}

impl Members {
    /// Counts the members of a reply that the service wrote.
    pub(super) fn take(&mut self, probe: &Probe, result: &ProbeResult, answer: &Answer) {
        // A success is another document.
        if answer.layer != Layer::Service || answer.shape.is_empty() || answer.status < 300 && answer.code.is_none() {
            return;
        }
        // Nor is what another schema is promised for.
        if probe.api.form(&probe.operation, answer.status).is_some() {
            return;
        }
        let seen = || Seen { api: Arc::clone(&probe.api), places: BTreeMap::new() };
        let seen = self.0.entry(result.suite.clone()).or_insert_with(seen);
        let mut last = None;
        let mut example = None;
        for (at, kind) in answer.shape.iter().filter_map(|line| line.rsplit_once(' ')) {
            // A documented error is no deeper than its envelope.
            if at.matches('/').count() > 2 || at.contains("/*") {
                continue;
            }
            if !seen.places.contains_key(at) {
                if seen.places.len() >= MAX_MEMBERS {
                    continue;
                }
                let example =
                    example.get_or_insert_with(|| Arc::new(ProbeResult { findings: Vec::new(), ..result.clone() }));
                let count = Count { bodies: 0, kinds: BTreeSet::new(), example: Arc::clone(example) };
                seen.places.insert(at.to_owned(), count);
            }
            if let Some(count) = seen.places.get_mut(at) {
                // Elements of several types are lines of their own.
                count.bodies += usize::from(last != Some(at));
                if !count.kinds.contains(kind) {
                    count.kinds.insert(kind.to_owned());
                }
            }
            last = Some(at);
        }
    }

    /// The members that are called otherwise than documented.
    pub(super) fn renamed(&self) -> Vec<(Arc<ProbeResult>, Finding)> {
        self.0.values().flat_map(Seen::renamed).collect()
    }
}

impl Seen {
    fn renamed(&self) -> Vec<(Arc<ProbeResult>, Finding)> {
        let body = &self.api.contract.body;
        let nested = body.documented("").into_iter().map(|member| pointer::member("", member.name));
        let parents: Vec<_> = [String::new()].into_iter().chain(nested).collect();
        parents.iter().flat_map(|parent| self.renamed_in(parent, &body.documented(parent))).collect()
    }

    /// Of one object, whose members are documented.
    fn renamed_in(&self, parent: &str, documented: &[Documented<'_>]) -> Vec<(Arc<ProbeResult>, Finding)> {
        let Some(all) = self.places.get(parent).map(|count| count.bodies) else { return Vec::new() };
        if all < MIN_BODIES {
            return Vec::new();
        }
        let at = |name: &str| pointer::member(parent, name);
        let is_new = |name: &str| !documented.iter().any(|member| member.name == name);
        let mut candidates: Vec<(&str, &Count)> = self
            .places
            .iter()
            .filter_map(|(place, count)| Some((place.strip_prefix(parent)?.strip_prefix('/')?, count)))
            .filter(|(name, count)| !name.contains('/') && is_new(name) && count.bodies * 10 >= all * MIN_TENTHS)
            .collect();
        let mut missing: Vec<_> =
            documented.iter().filter(|member| !self.places.contains_key(&at(member.name))).collect();
        let mut pairs = Vec::new();
        // Names that are alike first; then, where one alone is left on either side, it stands for the required one.
        missing.retain(|member| {
            let like = candidates.iter().position(|(name, count)| alike(name, member.name) && fits(member, count));
            pairs.extend(like.map(|index| (*member, candidates.remove(index))));
            like.is_none()
        });
        let is_any_there = documented.iter().any(|member| self.places.contains_key(&at(member.name)));
        if let ([member], [(name, count)]) = (missing.as_slice(), candidates.as_slice())
            && (is_any_there || !pairs.is_empty())
            && member.required
            && fits(member, count)
        {
            pairs.push((member, (*name, *count)));
        }
        let finding = |(member, (name, count)): (&Documented<'_>, (&str, &Count))| {
            let often = if count.bodies == all {
                "in every reply".to_owned()
            } else {
                format!("in {} of {all} replies", count.bodies)
            };
            let found = Found::new(&comparison::MEMBER_RENAMED, Place::pointer(at(member.name))).class(name);
            let found = found.source(self.api.contract.file.body()).expected(format!("`{}`", member.name));
            (Arc::clone(&count.example), found.actual(format!("`{name}` {often}")))
        };
        pairs.into_iter().map(finding).collect()
    }
}

fn fits(member: &Documented<'_>, count: &Count) -> bool {
    count.kinds.iter().all(|kind| member.takes(kind))
}

/// Whether two names differ in writing, or one is the other with something added.
fn alike(one: &str, other: &str) -> bool {
    let plain =
        |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let (one, other) = (plain(one), plain(other));
    let (short, long) = if one.len() < other.len() { (&one, &other) } else { (&other, &one) };
    short.chars().count() >= 3 && long.contains(short.as_str())
        || strsim::normalized_damerau_levenshtein(short, long) >= 0.7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_in_writing_or_by_an_addition_are_alike() {
        for (one, other) in [
            ("error_details", "details"),
            ("errorCode", "error_code"),
            ("detail", "details"),
            ("msg", "error_msg"),
            ("mesage", "message"),
        ] {
            assert!(alike(one, other) && alike(other, one), "{one} {other}");
        }
        for (one, other) in [("trace_id", "details"), ("request_id", "error_message"), ("status", "details")] {
            assert!(!alike(one, other), "{one} {other}");
        }
    }
}
