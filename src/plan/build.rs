//! The plan: every fault on every operation, as far as it is wanted and may be sent.

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::sync::Arc;

use super::guard::{Admitted, Withheld};
use super::order;
use super::probe::{Control, Expectation, NO_OPERATION, Probe, Success};
use super::probe_id::ProbeId;
use super::safety::Bases;
use super::selection::Selection;
use crate::catalog::Api;
use crate::catalog::suite::Operation;
use crate::fault;
use crate::fault::Acceptance;
use crate::fault::Fault;
use crate::fault::draft::Draft;
use crate::model::cause::Cause;
use crate::model::exchange::{Part, Request};

/// The probes of a run, in their order, with what is not sent.
#[derive(Debug, Default)]
pub struct Plan {
    /// The probes.
    pub probes: Vec<Probe>,
    /// The controls of the operations that have probes; one of the suite where none of them has a control.
    pub controls: Vec<Control>,
    /// Faults that fit an operation and are withheld from it, with the reason.
    pub withheld: Vec<(String, Withheld)>,
}

impl Plan {
    /// The probes of these suites that the selection takes.
    #[must_use]
    pub fn new(apis: &[Arc<Api>], selection: &Selection) -> Self {
        let mut plan = Self::default();
        let mut parts = drafted(apis, selection).into_iter();
        for api in apis {
            let before = plan.probes.len();
            plan.suite(parts.by_ref().take(api.suite.operation.len() + 1), selection);
            order::risky_last(&mut plan.probes[before..]);
            let operations: BTreeSet<&str> =
                plan.probes[before..].iter().map(|probe| probe.operation.as_str()).collect();
            plan.controls.extend(controls(api, &operations));
        }
        if selection.harmless {
            plan.controls.retain(Control::is_harmless);
        }
        if let Some((part, parts)) = selection.shard {
            let mut index = 0;
            plan.probes.retain(|_| {
                index += 1;
                (index - 1) % parts == part - 1
            });
        }
        plan
    }

    /// Records what was drafted for each operation of a suite.
    fn suite(&mut self, operations: impl Iterator<Item = Drafted>, selection: &Selection) {
        // Two faults may come to the same bytes on a small operation: the first one stands for both.
        let mut seen: BTreeSet<Vec<u8>> = BTreeSet::new();
        for drafted in operations {
            let fresh = drafted
                .probes
                .into_iter()
                .filter_map(|(probe, bytes)| (seen.insert(bytes) || probe.like.is_some()).then_some(probe));
            let chosen = fresh.filter(|probe| selection.takes(probe));
            let (left, out): (Vec<_>, Vec<_>) = chosen.partition(|probe| !selection.harmless || probe.is_harmless());
            self.probes.extend(left);
            self.withheld.extend(out.into_iter().map(|probe| (probe.id, Withheld::ReadOnly)));
            self.withheld.extend(drafted.withheld);
        }
    }
}

/// What the faults make of one operation.
#[derive(Default)]
struct Drafted {
    probes: Vec<(Probe, Vec<u8>)>,
    withheld: Vec<(String, Withheld)>,
}

/// Every fault on every operation, in order; the operations are shared among the processors.
fn drafted(apis: &[Arc<Api>], selection: &Selection) -> Vec<Drafted> {
    // The last is for what belongs to no operation.
    let suite = |api: &'_ Arc<Api>| api.suite.operation.len() + 1;
    let operations: Vec<(&Arc<Api>, Option<&Operation>)> =
        apis.iter().flat_map(|api| (0..suite(api)).map(move |index| (api, api.suite.operation.get(index)))).collect();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let share = operations.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let draft = |(api, operation): &(&Arc<Api>, Option<&Operation>)| self::draft(api, *operation, selection);
        let shares = operations.chunks(share).map(|share| scope.spawn(move || share.iter().map(draft).collect()));
        let shares: Vec<std::thread::ScopedJoinHandle<'_, Vec<Drafted>>> = shares.collect();
        let drafted = shares.into_iter().map(|share| share.join().unwrap_or_else(|panic| resume_unwind(panic)));
        drafted.flatten().collect()
    })
}

fn draft(api: &Arc<Api>, operation: Option<&Operation>, selection: &Selection) -> Drafted {
    let mut drafted = Drafted::default();
    let bases = Bases::new(api, operation);
    for fault in fault::faults().filter(|fault| selection.takes_fault(fault)) {
        let correct = (fault.apply)(&bases.correct);
        let anchored = bases.anchored.as_ref().map_or_else(Vec::new, |subject| (fault.apply)(subject));
        for variant in correct {
            let id = id(api, operation, fault, &variant.name);
            match bases.admit(fault, &variant, &anchored) {
                Ok(admitted) => {
                    let probe = probe(api, operation, fault, id, admitted);
                    let bytes = bytes(&probe.request);
                    drafted.probes.push((probe, bytes));
                }
                Err(reason) => drafted.withheld.push((id, reason)),
            }
        }
    }
    drafted
}

fn id(api: &Api, operation: Option<&Operation>, fault: &Fault, variant: &str) -> String {
    let operation = operation.map_or(NO_OPERATION, |operation| operation.id.as_str());
    ProbeId { suite: &api.suite.id, operation, fault: fault.id, variant }.to_string()
}

fn probe(
    api: &Arc<Api>,
    operation: Option<&Operation>,
    fault: &'static Fault,
    id: String,
    admitted: Admitted,
) -> Probe {
    let Admitted { variant, guard, tolerated, also: standing, ruled_out } = admitted;
    let cause = variant.instead.unwrap_or(fault.cause);
    let mut also: Vec<Cause> = Vec::new();
    for other in variant.also.into_iter().chain(standing) {
        if other != cause && !also.contains(&other) {
            also.push(other);
        }
    }
    let request = variant.draft.request();
    let success = match variant.acceptance {
        Acceptance::Right if tolerated => Success::Right,
        _ if tolerated => Success::Tolerated,
        _ => Success::Wrong,
    };
    let governed = operation.is_some() || request.target.starts_with(&api.suite.prefix);
    Probe {
        id,
        api: Arc::clone(api),
        operation: operation.map_or(NO_OPERATION, |operation| operation.id.as_str()).to_owned(),
        fault,
        cause,
        request,
        expectation: Expectation { also, success, form_only: variant.form_only, governed },
        like: variant.like,
        guard,
        ruled_out: ruled_out.map(Box::new),
    }
}

/// The request's bytes as far as the plan knows them: variables by name.
fn bytes(request: &Request) -> Vec<u8> {
    if let Some(script) = &request.script {
        let mut bytes = format!("{:?} {} ", script.transport, script.half_close).into_bytes();
        for part in &script.parts {
            match part {
                Part::Bytes(template) => bytes.extend(template.masked()),
                other => bytes.extend_from_slice(format!("{other:?}").as_bytes()),
            }
        }
        return bytes;
    }
    let mut bytes = format!("{:?} {} {}\n", request.connection, request.method, request.target).into_bytes();
    for (name, value) in &request.headers {
        bytes.extend_from_slice(name.as_bytes());
        bytes.push(b':');
        bytes.extend_from_slice(&value.masked());
        bytes.push(b'\n');
    }
    if let Some(body) = &request.body {
        bytes.push(b'\n');
        bytes.extend_from_slice(body);
    }
    bytes
}

fn controls(api: &Arc<Api>, operations: &BTreeSet<&str>) -> Vec<Control> {
    let control = |operation: &Operation| Control {
        api: Arc::clone(api),
        operation: operation.id.clone(),
        request: Draft::of(&api.suite, operation).request(),
    };
    let all: Vec<_> = api.suite.operation.iter().filter(|operation| operation.control.is_some()).collect();
    let wanted = |other: &Operation| {
        let stands = |operation: &&Operation| operation.controlled_by.as_ref() == Some(&other.id);
        let mut others = api.suite.operation.iter().filter(stands);
        operations.contains(other.id.as_str()) || others.any(|operation| operations.contains(operation.id.as_str()))
    };
    let own: Vec<_> = all.iter().filter(|operation| wanted(operation)).collect();
    if operations.is_empty() {
        Vec::new()
    } else if own.iter().any(|operation| operation.credential.is_some()) {
        own.into_iter().map(|operation| control(operation)).collect()
    } else {
        // One that needs the credential tells the most about the others.
        let telling = all.iter().find(|operation| operation.credential.is_some()).or(all.first());
        own.into_iter().chain(telling).map(|operation| control(operation)).collect()
    }
}
