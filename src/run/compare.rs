//! Two targets, the same probes: each is run as a run is, and then their answers are held against each other.
//!
//! What a difference weighs is said by [`crate::policy::baseline`]; here it is looked at again, since a replica that answers now one
//! way and now another is no change. It renders nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::confirm::{Budget, MAX_PROBES, TIMES};
use super::error::Error;
use super::progress::Live;
use super::resend::Resender;
use super::runtime::runtime;
use super::session::Session;
use super::settings::Settings;
use super::signal;
use super::turn::in_turn;
use crate::catalog::Api;
use crate::judge::finding::Repeats;
use crate::model::answer::Answer;
use crate::model::secret::Environment;
use crate::plan::{Plan, Probe, Selection};
use crate::policy::baseline::Baseline;
use crate::policy::gate::Policies;
use crate::report::change::{Change, Comparison, changes};
use crate::report::compared::{Compared, Intermittence};
use crate::wire::settings::Settings as Wire;

/// One of the two.
pub struct Side {
    /// `left` or `right`.
    pub name: &'static str,
    /// The suites, which know what exists there.
    pub apis: Vec<Arc<Api>>,
    /// Known resources whose variables are not set.
    pub unknown: Vec<(String, String)>,
    /// How it is reached.
    pub wire: Wire,
    /// Its variables.
    pub environment: Environment,
}

/// What is compared, and how.
pub struct Compare {
    /// The left one, which is what a change is a change of, and the right one.
    pub sides: [Side; 2],
    /// The probes that are wanted of both.
    pub selection: Selection,
    /// How both are sent to.
    pub engine: Settings,
    /// Whether a host that a suite takes for production is what is meant.
    pub yes_production: bool,
    /// Whether a bar may be shown.
    pub bar: bool,
}

type Answers = BTreeMap<String, Option<Answer>>;

impl Compare {
    /// Sends the probes to both, and looks at each difference again.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub fn run(self) -> Result<Compared, Error> {
        let left_out = left_out(&self.sides[0].apis, &self.selection);
        let sessions = self.sides.iter().map(|side| self.session(side)).collect();
        let mut answers = [Baseline::default(), Baseline::default()];
        let ended = in_turn(sessions, |place, result| answers[place].take(result))?;
        let [left, right] = answers.map(|baseline| baseline.answers);
        let both = left.keys().filter(|probe| right.contains_key(*probe)).count();
        let mut compared = Compared {
            sides: self
                .sides
                .iter()
                .zip(ended)
                .map(|(side, (opening, closing))| (side.name, opening, closing))
                .collect(),
            comparison: Comparison::of(&left, &right),
            intermittent: BTreeMap::new(),
            both,
            left_out,
        };
        if !compared.comparison.changes.is_empty() && compared.sides.len() == 2 {
            let found = std::mem::take(&mut compared.comparison.changes);
            let changed: Vec<_> = compared.sides.iter().map(|(.., closing)| closing.may_have_changed.len()).collect();
            let looked = runtime()?.block_on(async {
                let look = async { Some(self.look_again(found, &left, &right, &changed).await) };
                signal::unless_ended(&mut Box::pin(signal::ended()), look).await
            });
            let (Some(looked), _) = looked else {
                let by = looked.1.unwrap_or_default();
                let why = format!("the comparison was ended by {by} before its differences were looked at again");
                return Err(Error::Report(why));
            };
            let (steady, intermittent) = looked.map_err(Error::Usage)?;
            (compared.comparison.changes, compared.intermittent) = (steady, intermittent);
        }
        Ok(compared)
    }

    fn session(&self, side: &Side) -> Session {
        Session {
            apis: side.apis.clone(),
            selection: self.selection.clone(),
            wire: side.wire.clone(),
            engine: self.engine.clone(),
            environment: side.environment.clone(),
            reports: Vec::new(),
            strict: false,
            yes_production: self.yes_production,
            unknown: side.unknown.clone(),
            live: if self.bar { Live::Bar } else { Live::Nothing },
            gates: Policies::default(),
        }
    }

    /// Sends some probes of each change again, to both sides in turn, of which so many requests may have changed each already.
    async fn look_again(
        &self,
        found: BTreeMap<Change, Vec<String>>,
        left: &Answers,
        right: &Answers,
        changed: &[usize],
    ) -> Result<(BTreeMap<Change, Vec<String>>, BTreeMap<Change, Intermittence>), String> {
        let plans: Vec<Plan> = self.sides.iter().map(|side| Plan::new(&side.apis, &self.selection)).collect();
        let probes = |plan: &'_ Plan| -> BTreeMap<String, Probe> {
            plan.probes.iter().map(|probe| (probe.id.clone(), probe.clone())).collect()
        };
        let mut targets = Vec::new();
        for ((side, plan), changed) in self.sides.iter().zip(&plans).zip(changed) {
            let (wire, environment, engine) = (&side.wire, side.environment.clone(), self.engine.clone());
            let again = Resender::new(plan, wire, environment, engine, None, *changed).await?;
            targets.push((again, probes(plan)));
        }
        let refused = |answers: &Answers, id: &str| {
            answers.get(id).and_then(Option::as_ref).is_some_and(|answer| answer.status >= 300)
        };
        let may = |id: &str| {
            // What a read operation refused on both sides may be sent again whatever its method.
            let bears = |probe: &Probe| probe.is_harmless() || probe.reads() && refused(left, id) && refused(right, id);
            targets.iter().all(|(_, probes)| probes.get(id).is_some_and(bears))
        };
        let mut seen: BTreeMap<String, Vec<Vec<Change>>> = BTreeMap::new();
        let mut budget = Budget::new();
        let (mut steady, mut intermittent) = (BTreeMap::new(), BTreeMap::new());
        for (change, ids) in found {
            let (mut looked, mut varies) = (0, false);
            for id in ids.iter().filter(|id| may(id)) {
                // One that varies makes the others doubtful, and all of them are asked.
                if looked >= MAX_PROBES && !varies {
                    break;
                }
                if !seen.contains_key(id) && budget.spend(2 * TIMES) {
                    let pairs = pairs(&targets, id).await;
                    seen.insert(id.clone(), pairs);
                }
                let pairs = seen.get(id).filter(|pairs| !pairs.is_empty());
                looked += usize::from(pairs.is_some());
                varies |= pairs.is_some_and(|pairs| pairs.iter().any(|pair| !pair.contains(&change)));
            }
            let (stays, comes_and_goes) = sorted(&change, ids, &seen);
            if !stays.is_empty() {
                steady.insert(change.clone(), stays);
            }
            if let Some(comes_and_goes) = comes_and_goes {
                intermittent.insert(change, comes_and_goes);
            }
        }
        Ok((steady, intermittent))
    }
}

/// What differs each time the probe is sent to both again.
async fn pairs(targets: &[(Resender, BTreeMap<String, Probe>)], id: &str) -> Vec<Vec<Change>> {
    let mut pairs = Vec::new();
    for _ in 0..TIMES {
        let mut answers = Vec::new();
        for (again, probes) in targets {
            let Some(probe) = probes.get(id) else { return pairs };
            let Some(answer) = again.answer(probe).await else { return pairs };
            answers.push(answer);
        }
        if let [left, right] = answers.as_slice() {
            pairs.push(changes(left.as_ref(), right.as_ref()));
        }
    }
    pairs
}

/// The probes that showed the change each time they were sent again, and those that did not. Probes that could not be sent
/// again are believed, unless all that could were not steady.
fn sorted(
    change: &Change,
    ids: Vec<String>,
    seen: &BTreeMap<String, Vec<Vec<Change>>>,
) -> (Vec<String>, Option<Intermittence>) {
    let looked = |id: &String| seen.get(id).filter(|pairs| !pairs.is_empty());
    let shown = |pairs: &Vec<Vec<Change>>| pairs.iter().filter(|pair| pair.contains(change)).count();
    let is_steady = |id: &String| looked(id).map(|pairs| shown(pairs) == pairs.len());
    let verdicts: Vec<bool> = ids.iter().filter_map(is_steady).collect();
    let doubtful = verdicts.contains(&false) && !verdicts.contains(&true);
    let (stays, goes): (Vec<_>, Vec<_>) = ids.into_iter().partition(|id| is_steady(id).unwrap_or(!doubtful));
    if goes.is_empty() {
        return (stays, None);
    }
    let mut repeats = Repeats::default();
    for pairs in goes.iter().filter_map(looked) {
        repeats.sent += pairs.len();
        repeats.shown += shown(pairs);
    }
    (stays, Some(Intermittence { probes: goes, repeats }))
}

/// The probes that are left out where only what can change nothing is sent.
fn left_out(apis: &[Arc<Api>], selection: &Selection) -> BTreeMap<String, usize> {
    let mut left_out = BTreeMap::new();
    if selection.harmless {
        let all = Plan::new(apis, &Selection { harmless: false, ..selection.clone() });
        for probe in all.probes.iter().filter(|probe| !probe.is_harmless()) {
            *left_out.entry(format!("{}/{}", probe.api.suite.id, probe.operation)).or_default() += 1;
        }
    }
    left_out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change() -> Change {
        Change::Code { before: Some("4".to_owned()), after: Some("7".to_owned()) }
    }

    fn seen(pairs: &[(&str, &[bool])]) -> BTreeMap<String, Vec<Vec<Change>>> {
        let pair = |shown: &bool| if *shown { vec![change()] } else { Vec::new() };
        pairs.iter().map(|(id, shown)| ((*id).to_owned(), shown.iter().map(pair).collect())).collect()
    }

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn what_is_there_each_time_stays_and_is_believed_of_what_was_not_asked_again() {
        let (stays, goes) = sorted(&change(), ids(&["a", "b"]), &seen(&[("a", &[true, true])]));
        assert_eq!((stays, goes), (ids(&["a", "b"]), None));
    }

    #[test]
    fn what_comes_and_goes_is_intermittent_and_so_is_what_could_not_be_asked_again() {
        let (stays, goes) = sorted(&change(), ids(&["a", "b"]), &seen(&[("a", &[true, false, false])]));
        let goes = goes.unwrap();
        assert_eq!((stays, goes.probes), (ids(&[]), ids(&["a", "b"])));
        assert_eq!(goes.repeats, Repeats { sent: 3, shown: 1 });
    }

    #[test]
    fn a_steady_probe_is_not_hidden_by_one_that_varies() {
        let asked = seen(&[("a", &[true, false]), ("b", &[true, true])]);
        let (stays, goes) = sorted(&change(), ids(&["a", "b", "c"]), &asked);
        assert_eq!((stays, goes.unwrap().probes), (ids(&["b", "c"]), ids(&["a"])));
    }
}
