//! Operations × faults → probes: selected, sharded, in a fixed order. Pure: nothing is sent, no variable is read.
//!
//! Here alone it is decided what an operation can bear. A fault that no correct server accepts is put on the operation's
//! correct request; what a lenient server may take for right goes to an operation that changes something only on a request
//! that is refused all the same, because it names what does not exist or carries the operation's anchor.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::catalog::Api;
use crate::cause::Cause;
use crate::exchange::Request;
use crate::fault::draft::{self, Draft, Subject, Variant};
use crate::fault::method::same_path;
use crate::fault::{self, Acceptance, Fault, Tier};
use crate::suite::Operation;

/// What stands for the operation of a probe that belongs to no operation, such as an unknown path.
pub const NO_OPERATION: &str = "no-operation";

/// An operation with one fault: the exact request, and what its reply is held against.
#[derive(Clone, Debug)]
pub struct Probe {
    /// The stable id: suite, operation, fault and, where there are several, the variant.
    pub id: String,
    /// The suite and its contract.
    pub api: Arc<Api>,
    /// The operation's id.
    pub operation: String,
    /// The fault.
    pub fault: &'static Fault,
    /// The cause that the reply is held against first.
    pub cause: Cause,
    /// What leaves.
    pub request: Request,
    /// What is expected of the reply.
    pub expectation: Expectation,
}

/// What is expected of a reply.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Expectation {
    /// Causes that describe the request as well as the probe's own: a reply that fits one of them fits.
    pub also: Vec<Cause>,
    /// Whether a lenient server may answer with a success.
    pub tolerated: bool,
    /// Whether only an error's form and status are judged, not its code.
    pub form_only: bool,
    /// Whether the path is one that the contract governs.
    pub governed: bool,
}

/// An operation's correct request, which must not be answered by an error.
#[derive(Clone, Debug)]
pub struct Control {
    /// The suite and its contract.
    pub api: Arc<Api>,
    /// The operation's id.
    pub operation: String,
    /// What leaves.
    pub request: Request,
}

/// Which probes of all are wanted.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Text that a probe's id has.
    pub filter: Option<String>,
    /// Whether `filter` is the whole id.
    pub exact: bool,
    /// Texts that a probe's id does not have.
    pub skip: Vec<String>,
    /// Faults by id; all when empty.
    pub faults: Vec<String>,
    /// Operations by id; all when empty.
    pub operations: Vec<String>,
    /// Tiers.
    pub tiers: Vec<Tier>,
    /// The part and the number of parts, as `1/4`.
    pub shard: Option<(usize, usize)>,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            filter: None,
            exact: false,
            skip: Vec::new(),
            faults: Vec::new(),
            operations: Vec::new(),
            tiers: vec![Tier::Core],
            shard: None,
        }
    }
}

impl Selection {
    fn takes(&self, probe: &Probe) -> bool {
        let filter = self
            .filter
            .as_ref()
            .is_none_or(|text| if self.exact { probe.id == *text } else { probe.id.contains(text) });
        filter
            && !self.skip.iter().any(|text| probe.id.contains(text))
            && (self.faults.is_empty() || self.faults.iter().any(|id| id == probe.fault.id))
            && (self.operations.is_empty() || self.operations.contains(&probe.operation))
    }

    /// A fault that is asked for by name is sent whatever its tier.
    fn takes_fault(&self, fault: &Fault) -> bool {
        if self.faults.is_empty() {
            self.tiers.contains(&fault.tier)
        } else {
            self.faults.iter().any(|id| id == fault.id)
        }
    }

    /// Faults and operations that are asked for and do not exist, each with the closest that does.
    #[must_use]
    pub fn unknown(&self, apis: &[Arc<Api>]) -> Vec<String> {
        let faults: Vec<_> = fault::faults().map(|fault| fault.id).collect();
        let operations: Vec<_> =
            apis.iter().flat_map(|api| &api.suite.operation).map(|o| o.id.as_str()).chain([NO_OPERATION]).collect();
        let check = |kind: &str, name: &String, known: &[&str]| {
            let closest =
                known.iter().max_by(|a, b| strsim::jaro_winkler(a, name).total_cmp(&strsim::jaro_winkler(b, name)));
            (!known.contains(&name.as_str()))
                .then(|| format!("no {kind} `{name}`; did you mean `{}`?", closest.unwrap_or(&"")))
        };
        let unknown_faults = self.faults.iter().filter_map(|name| check("fault", name, &faults));
        unknown_faults.chain(self.operations.iter().filter_map(|name| check("operation", name, &operations))).collect()
    }
}

/// The probes of a run, in their order, with what is not sent.
#[derive(Debug, Default)]
pub struct Plan {
    /// The probes.
    pub probes: Vec<Probe>,
    /// The controls of the operations that have probes; one of the suite where none of them has a control.
    pub controls: Vec<Control>,
    /// Faults that fit an operation and are withheld from it, with the reason.
    pub withheld: Vec<(String, String)>,
}

impl Plan {
    /// The probes of these suites that the selection takes.
    #[must_use]
    pub fn new(apis: &[Arc<Api>], selection: &Selection) -> Self {
        let mut plan = Self::default();
        for api in apis {
            let before = plan.probes.len();
            plan.suite(api, selection);
            let operations: BTreeSet<&str> =
                plan.probes[before..].iter().map(|probe| probe.operation.as_str()).collect();
            plan.controls.extend(controls(api, &operations));
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

    fn suite(&mut self, api: &Arc<Api>, selection: &Selection) {
        let mut seen: BTreeMap<Vec<u8>, String> = BTreeMap::new();
        let operations = api.suite.operation.iter().map(Some).chain([None]);
        for operation in operations {
            let bases = Bases::new(api, operation);
            for fault in fault::faults().filter(|fault| selection.takes_fault(fault)) {
                let correct = (fault.apply)(&bases.correct);
                let anchored = bases.anchored.as_ref().map_or_else(Vec::new, |subject| (fault.apply)(subject));
                for variant in correct {
                    let id = id(api, operation, fault, &variant.name);
                    match bases.bearable(fault, &variant, &anchored) {
                        Ok((variant, tolerated, also)) => {
                            let probe = probe(api, operation, fault, id, variant, tolerated, also);
                            // Two faults may come to the same bytes on a small operation: the first one stands for both.
                            if selection.takes(&probe) && !seen.contains_key(&bytes(&probe.request)) {
                                seen.insert(bytes(&probe.request), probe.id.clone());
                                self.probes.push(probe);
                            }
                        }
                        Err(reason) => self.withheld.push((id, reason.to_owned())),
                    }
                }
            }
        }
    }
}

/// What a fault is put on: the operation's correct request, and the one with its anchor.
struct Bases<'a> {
    operation: Option<&'a Operation>,
    correct: Subject<'a>,
    anchored: Option<Subject<'a>>,
}

impl<'a> Bases<'a> {
    fn new(api: &'a Api, operation: Option<&'a Operation>) -> Self {
        let suite = &api.suite;
        let first_of_path = operation.is_some_and(|operation| {
            suite
                .operation
                .iter()
                .find(|other| same_path(&other.path, &operation.path))
                .is_some_and(|first| first.id == operation.id)
        });
        let subject = |base| Subject { suite, operation, first_of_path, base };
        let correct = operation.map_or_else(|| of_suite(api), |operation| Draft::of(suite, operation));
        let anchored = operation.and_then(|operation| Draft::anchored(suite, operation));
        Self { operation, correct: subject(correct), anchored: anchored.map(subject) }
    }

    /// The variant as the operation can bear it, whether its success is tolerated, and what else describes it.
    fn bearable(
        &self,
        fault: &Fault,
        variant: &Variant,
        anchored: &[Variant],
    ) -> Result<(Variant, bool, Vec<Cause>), &'static str> {
        let Some(operation) = self.operation else { return Ok((variant.clone(), false, Vec::new())) };
        let standing = draft::standing(operation);
        let by_path = standing == Some(Cause::UnknownResource) && names_nothing(operation);
        // A request that names what does not exist carries two faults: either may be answered. What the path names is looked
        // up by any server; what the body names, only by one that does not mind the credentials first.
        let named = by_path || (fault.cause.is_about_credentials() && standing == Some(Cause::UnknownResource));
        let named = if named { vec![Cause::UnknownResource] } else { Vec::new() };
        if variant.acceptance == Acceptance::Never {
            return Ok((variant.clone(), false, named));
        }
        if draft::is_safe(operation) {
            return Ok((variant.clone(), standing.is_none(), named));
        }
        let requires = operation.body.as_ref().is_some_and(|body| body.members.values().any(|field| field.required));
        let unread = variant.acceptance == Acceptance::Unread;
        if by_path || (standing.is_some() && (!unread || requires) && self.still_names_nothing(variant, standing)) {
            // No document says which code an account has that does not exist.
            let silent = standing.is_some_and(Cause::is_about_credentials);
            let variant = if silent { variant.clone().form_only() } else { variant.clone() };
            return Ok((variant, false, standing.into_iter().collect()));
        }
        if unread && !requires {
            return Err(
                "a lenient server may not read the body, and the operation needs none: it might carry out the request",
            );
        }
        let anchor = operation.body.as_ref().and_then(|body| body.anchor.as_ref());
        let same = anchored.iter().find(|other| other.name == variant.name);
        match (anchor, same) {
            (Some(anchor), Some(same)) if draft::carries_anchor(&same.draft, anchor) => {
                Ok((same.clone(), false, vec![anchor.cause]))
            }
            _ => Err(
                "a lenient server may take it for right, and nothing else is wrong with it: it might carry out the request",
            ),
        }
    }
}

impl Bases<'_> {
    /// Whether what the body names still does not exist: a required member that the fault has replaced may name something.
    fn still_names_nothing(&self, variant: &Variant, standing: Option<Cause>) -> bool {
        // An account that does not exist is not made to by another value.
        if standing != Some(Cause::UnknownResource) {
            return true;
        }
        let (Some(body), Some(correct)) = (self.operation.and_then(|o| o.body.as_ref()), &self.correct.base.json)
        else {
            return false;
        };
        let mut required = body.members.iter().filter(|(_, field)| field.required);
        // Text that is no JSON value any more is made from text that had the members.
        variant
            .draft
            .json
            .as_ref()
            .is_none_or(|json| required.all(|(name, _)| json.get(name).is_none_or(|v| correct.get(name) == Some(v))))
    }
}

fn names_nothing(operation: &Operation) -> bool {
    operation.path_parameters.values().any(|field| !field.exists && !field.lenient)
}

/// The request that faults of a suite as a whole are put on: a read with the suite's first credential.
fn of_suite(api: &Api) -> Draft {
    let credential = api.suite.operation.iter().find_map(|operation| operation.credential.as_ref());
    let credential = credential.and_then(|name| api.suite.credentials.get(name));
    Draft {
        method: "GET".into(),
        path: api.suite.prefix.clone(),
        accept: "application/json".into(),
        credential: credential.map_or_else(Vec::new, |credential| draft::carried(credential, &credential.valid)),
        ..Draft::default()
    }
}

fn id(api: &Api, operation: Option<&Operation>, fault: &Fault, variant: &str) -> String {
    let operation = operation.map_or(NO_OPERATION, |operation| operation.id.as_str());
    let id = format!("{}/{operation}/{}", api.suite.id, fault.id);
    if variant.is_empty() { id } else { format!("{id}/{variant}") }
}

fn probe(
    api: &Arc<Api>,
    operation: Option<&Operation>,
    fault: &'static Fault,
    id: String,
    variant: Variant,
    tolerated: bool,
    standing: Vec<Cause>,
) -> Probe {
    let cause = variant.instead.unwrap_or(fault.cause);
    let mut also: Vec<Cause> = Vec::new();
    for other in variant.also.into_iter().chain(standing) {
        if other != cause && !also.contains(&other) {
            also.push(other);
        }
    }
    let request = variant.draft.request();
    let governed = operation.is_some() || request.target.starts_with(&api.suite.prefix);
    Probe {
        id,
        api: Arc::clone(api),
        operation: operation.map_or(NO_OPERATION, |operation| operation.id.as_str()).to_owned(),
        fault,
        cause,
        request,
        expectation: Expectation { also, tolerated, form_only: variant.form_only, governed },
    }
}

/// The request's bytes as far as the plan knows them: variables by name.
fn bytes(request: &Request) -> Vec<u8> {
    let mut bytes = format!("{} {}\n", request.method, request.target).into_bytes();
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
    let all: Vec<_> = api.suite.operation.iter().filter(|operation| operation.control).collect();
    let own: Vec<_> = all.iter().filter(|operation| operations.contains(operation.id.as_str())).collect();
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
