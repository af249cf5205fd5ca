//! The drifts of an earlier run once more: some probes of each, as far as they change nothing, in a run of their own. It
//! renders nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::error::Error;
use super::repeat;
use super::replay::refuse_credentials;
use super::session::{Session, quick};
use super::settings::Settings;
use super::turn::in_turn;
use crate::catalog::Api;
use crate::fault::relation::{Like, Plain};
use crate::model::exchange::Request;
use crate::model::secret::Environment;
use crate::plan::{Plan, Probe, ProbeId, Selection};
use crate::report::retest::{Retest, became};
use crate::report::stored::by_probe;
use crate::report::{ProbeResult, Report};
use crate::wire::settings::Settings as Wire;

/// The most probes of a drift that are sent.
const MAX_PROBES: usize = 3;
/// How often each is sent: what comes and goes is seen in some of so many answers.
const TIMES: usize = 3;

/// What is to be sent again.
pub struct Again {
    /// The earlier run.
    pub report: Report,
    /// Its suites as they are today.
    pub apis: Vec<Arc<Api>>,
    /// How the target is reached.
    pub wire: Wire,
    /// The variables.
    pub environment: Environment,
    /// How probes are sent and judged.
    pub engine: Settings,
    /// Whether a host that a suite takes for production is what is meant.
    pub yes_production: bool,
    /// Whether the command line named the target; where it did not, no credential leaves.
    pub named: bool,
}

impl Again {
    /// Sends the probes, and says what has become of each drift.
    ///
    /// # Errors
    /// Where nothing was sent: a host of production, a credential for a target that only the report names.
    pub fn run(self) -> Result<Retest, Error> {
        let Self { report, apis, wire, environment, mut engine, yes_production, named } = self;
        let wanted = report.closing.all().flat_map(|drift| &drift.probes).cloned().collect();
        let planned = Plan::new(&apis, &Selection { ids: wanted, ..Selection::default() }).probes;
        let examples = examples(&report, &planned);
        let ids: BTreeSet<&String> = examples.values().flatten().flatten().collect();
        let (target, strict) = (wire.target.as_str().to_owned(), report.opening.strict);
        let (mut results, mut closing, mut unsent) = (BTreeMap::new(), None, BTreeMap::new());
        if !ids.is_empty() {
            let selection = Selection { ids: with_plain(&ids, &planned), ..Selection::default() };
            if !named {
                let plan = Plan::new(&apis, &selection);
                refuse_credentials("its probes", &variables(&plan, &apis), &environment, &target)?;
            }
            engine.repeat = TIMES;
            engine.judge.strict = strict;
            let session = quick(apis, wire.target.clone(), environment);
            let session = Session { selection, wire, engine, strict, yes_production, ..session };
            let mut keep = |_: usize, result: &ProbeResult| {
                results.insert(result.probe.clone(), result.clone());
            };
            closing = in_turn(vec![session], &mut keep)?.pop().map(|(_, closing)| closing);
            let not_exercised = closing.iter().flat_map(|closing| &closing.not_exercised);
            unsent = not_exercised.map(|left| (left.probe.clone(), left.reason.clone())).collect();
        }
        Ok(Retest { target, became: became(&report, &examples, &results, &unsent), closing, strict })
    }
}

/// For each drift the probes that are sent again, or why none is.
fn examples(report: &Report, planned: &[Probe]) -> BTreeMap<String, Result<Vec<String>, String>> {
    let probes: BTreeMap<&str, &Probe> = planned.iter().map(|probe| (probe.id.as_str(), probe)).collect();
    let stored = by_probe(&report.results);
    let of = |ids: &[String]| {
        let both = |id: &String| Some((*probes.get(id.as_str())?, *stored.get(id.as_str())?));
        let known: Vec<_> = ids.iter().filter_map(both).collect();
        let harmless = known.iter().filter(|(probe, result)| repeat::may_confirm(probe, result));
        let chosen: Vec<String> = harmless.take(MAX_PROBES).map(|(probe, _)| probe.id.clone()).collect();
        let first = ids.first().map_or("", String::as_str);
        if !chosen.is_empty() {
            Ok(chosen)
        } else if known.is_empty() {
            Err(format!("{first} is no probe of today's suite, or the report has no result of it"))
        } else {
            Err(format!("each of its probes may change something, or cost a whole deadline; --probe {first} sends one"))
        }
    };
    report.closing.all().map(|drift| (drift.signature.clone(), of(&drift.probes))).collect()
}

/// These of the planned probes, with those that their answers are compared with.
fn with_plain(ids: &BTreeSet<&String>, planned: &[Probe]) -> BTreeSet<String> {
    let chosen = planned.iter().filter(|probe| ids.contains(&probe.id));
    let with_its_own = |probe: &Probe| {
        let plain = match &probe.like {
            Some(Like::Same(plain) | Like::Unseen(plain)) => std::slice::from_ref(plain),
            Some(Like::Either(both)) => both.as_slice(),
            None => &[],
        };
        let (suite, operation) = (probe.api.suite.id.as_str(), probe.operation.as_str());
        let id = |plain: &Plain| ProbeId { suite, operation, fault: plain.fault, variant: &plain.variant }.to_string();
        plain.iter().map(id).chain([probe.id.clone()]).collect::<Vec<_>>()
    };
    chosen.flat_map(with_its_own).collect()
}

/// The variables that requests of the plan carry.
fn variables(plan: &Plan, apis: &[Arc<Api>]) -> BTreeSet<String> {
    let probes = plan.probes.iter().map(|probe| &probe.request);
    let requests = probes.chain(plan.controls.iter().map(|control| &control.request));
    let own = requests.flat_map(Request::variables).map(str::to_owned);
    let common = apis.iter().flat_map(|api| api.suite.fields()).map(|(_, value)| value);
    own.chain(common.flat_map(|value| value.variables().into_iter().map(str::to_owned).collect::<Vec<_>>())).collect()
}
