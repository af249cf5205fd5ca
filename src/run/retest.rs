//! The drifts of an earlier run once more: some probes of each, as far as they change nothing, in a run of their own. It
//! renders nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::error::Error;
use super::progress::Live;
use super::repeat;
use super::session::Session;
use super::settings::Settings;
use super::turn::in_turn;
use crate::catalog::Api;
use crate::fault::relation::Like;
use crate::model::exchange::Request;
use crate::model::secret::{Environment, Template};
use crate::plan::{Plan, Probe, ProbeId, Selection};
use crate::policy::gate::Policies;
use crate::report::retest::{Retest, became};
use crate::report::{ProbeResult, Report};
use crate::wire::settings::Settings as Wire;

/// The most probes of a drift that are sent.
const MAX_PROBES: usize = 3;
/// How often each is sent: what comes and goes is seen in some of so many answers.
pub const TIMES: usize = 3;

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
        let examples = examples(&report, &apis);
        let ids: BTreeSet<String> = examples.values().flatten().flatten().cloned().collect();
        let (target, strict) = (wire.target.as_str().to_owned(), report.opening.strict);
        let (mut results, mut closing, mut unsent) = (BTreeMap::new(), None, BTreeMap::new());
        if !ids.is_empty() {
            let selection = Selection { ids: with_plain(ids, &apis), ..Selection::default() };
            if !named {
                refuse_credentials(&Plan::new(&apis, &selection), &apis, &environment, &target)?;
            }
            engine.repeat = TIMES;
            engine.judge.strict = strict;
            let session = Session {
                apis,
                selection,
                wire,
                engine,
                environment,
                reports: Vec::new(),
                strict,
                yes_production,
                unknown: Vec::new(),
                live: Live::Nothing,
                gates: Policies::default(),
            };
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
fn examples(report: &Report, apis: &[Arc<Api>]) -> BTreeMap<String, Result<Vec<String>, String>> {
    let wanted: BTreeSet<String> = report.closing.all().flat_map(|drift| &drift.probes).cloned().collect();
    if wanted.is_empty() {
        return BTreeMap::new();
    }
    let plan = Plan::new(apis, &Selection { ids: wanted, ..Selection::default() });
    let probes: BTreeMap<&str, &Probe> = plan.probes.iter().map(|probe| (probe.id.as_str(), probe)).collect();
    let stored: BTreeMap<&str, &ProbeResult> =
        report.results.iter().map(|result| (result.probe.as_str(), result)).collect();
    let of = |ids: &[String]| {
        let both = |id: &String| Some((*probes.get(id.as_str())?, *stored.get(id.as_str())?));
        let known: Vec<_> = ids.iter().filter_map(both).collect();
        let harmless = known.iter().filter(|(probe, result)| repeat::may_confirm(probe, result));
        let chosen: Vec<String> = harmless.take(MAX_PROBES).map(|(probe, _)| probe.id.clone()).collect();
        match (chosen.is_empty(), ids.first()) {
            (false, _) => Ok(chosen),
            (true, Some(first)) if known.is_empty() => {
                Err(format!("{first} is no probe of today's suite, or the report has no result of it"))
            }
            (true, first) => Err(format!(
                "each of its probes may change something, or cost a whole deadline; --probe {} sends one",
                first.map_or("ID", String::as_str)
            )),
        }
    };
    report.closing.all().map(|drift| (drift.signature.clone(), of(&drift.probes))).collect()
}

/// The probes with those that their answers are compared with.
fn with_plain(ids: BTreeSet<String>, apis: &[Arc<Api>]) -> BTreeSet<String> {
    let plan = Plan::new(apis, &Selection { ids: ids.clone(), ..Selection::default() });
    let plain = plan.probes.iter().flat_map(|probe| {
        let plain = match &probe.like {
            Some(Like::Same(plain) | Like::Unseen(plain)) => std::slice::from_ref(plain),
            Some(Like::Either(both)) => both.as_slice(),
            None => &[],
        };
        let (suite, operation) = (&probe.api.suite.id, &probe.operation);
        plain
            .iter()
            .map(move |plain| ProbeId { suite, operation, fault: plain.fault, variant: &plain.variant }.to_string())
    });
    plain.chain(ids).collect()
}

/// A report is a file that anybody may have written: where it goes by the report, no credential goes with it.
fn refuse_credentials(plan: &Plan, apis: &[Arc<Api>], environment: &Environment, target: &str) -> Result<(), Error> {
    let requests = plan.probes.iter().map(|probe| &probe.request);
    let requests = requests.chain(plan.controls.iter().map(|control| &control.request));
    let fields: Vec<_> = apis.iter().flat_map(|api| api.suite.fields()).collect();
    let common = fields.iter().flat_map(|(_, value)| Template::variables(value));
    let mut names = requests.flat_map(Request::variables).chain(common);
    match names.find(|name| environment.get(name).is_some()) {
        Some(name) => Err(Error::Usage(format!(
            "its probes carry ${{{name}}}, and a credential goes only where the command line says; the report says {target}: if that is right, --target {target}; nothing was sent"
        ))),
        None => Ok(()),
    }
}
