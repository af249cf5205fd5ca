//! The request that an example body would answer, so that the judge itself can be asked.
//!
//! A contract has no operations. What its example needs of one is invented here: a stand-in suite with an operation
//! for each example, which declares the very fields that the example mirrors, and a probe of the cause and the status that the example fits
//! best. The contract's promises by cause, its catalogue and its mirror are then judged by [`crate::judge::judge`] as in a run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::catalog::Api;
use crate::catalog::contract::{Contract, Promise, Status};
use crate::catalog::document::Problems;
use crate::catalog::suite::{Body, Effect, Field, FieldType, Minimum, Operation, OwedBy, RequestDefaults, Suite};
use crate::fault;
use crate::judge::finding::Finding;
use crate::judge::judge;
use crate::judge::settings::Settings;
use crate::model::cause::{CAUSES, Cause};
use crate::model::exchange::{Exchange, Outcome, Reply, Request};
use crate::model::pointer::pointed;
use crate::model::verdict::Severity;
use crate::plan::{Expectation, Guard, Probe, Success};

/// The stand-in suite under the contract: an operation for each example.
pub(super) fn api(contract: Contract, examples: &[Value]) -> Arc<Api> {
    let mirror = |example: &Value| Some(mirrored(pointed(example, &contract.file.fields.as_ref()?.at)?).members);
    let operations = examples.iter().enumerate();
    let operation = operations.map(|(index, example)| operation(name(index), mirror(example).unwrap_or_default()));
    let suite = suite(operation.collect());
    Arc::new(Api {
        replies: BTreeMap::new(),
        suite,
        contract,
        name: NAME.to_owned(),
        file: String::new(),
        place: None,
        lines: BTreeMap::new(),
        warnings: Problems::default(),
    })
}

/// The stand-in's name.
const NAME: &str = "example";

/// The operation of an example.
fn name(index: usize) -> String {
    format!("{NAME}.{index}")
}

/// A probe and a status that an example body answers.
pub(super) struct Standin {
    probe: Probe,
    status: u16,
}

impl Standin {
    /// The cause and the status under which the least is wrong with the example, among equals the ones that its code is
    /// promised for, and that leave the least to others.
    pub(super) fn fitting(api: &Arc<Api>, index: usize, example: &Value) -> Option<Self> {
        let probes = CAUSES.iter().filter_map(|(cause, ..)| probe(api, index, *cause));
        let standins = probes.flat_map(|probe| {
            let statuses = statuses(&api.contract, probe.cause, example).into_iter();
            statuses.map(move |status| Self { probe: probe.clone(), status })
        });
        standins.min_by_key(|standin| standin.misfit(example))
    }

    /// What the judge says of a reply with this body.
    pub(super) fn judged(&self, body: &Value) -> Vec<Finding> {
        let media_type = self.probe.api.contract.file.media_type().to_owned();
        let mut headers = vec![("content-type".to_owned(), media_type.into_bytes())];
        if self.status == 405 {
            headers.push(("allow".to_owned(), b"HEAD".to_vec()));
        }
        let reply = Reply { status: self.status, headers, body: body.to_string().into_bytes(), ..Reply::default() };
        let exchange = Exchange { outcome: Outcome::Reply(reply), duration: Duration::ZERO };
        judge(&self.probe, &exchange, &[], &Settings::default()).findings
    }

    fn misfit(&self, example: &Value) -> (Option<Severity>, usize, bool, bool) {
        let findings = self.judged(example);
        let contract = &self.probe.api.contract;
        let promise = contract.promise(self.probe.cause);
        let code = contract.file.code.as_ref().and_then(|place| pointed(example, &place.at));
        let names = promise.and_then(|promise| promise.code.as_ref()).zip(code);
        let named = names.is_some_and(|(promise, code)| promise.any_of.contains(code));
        // Where somebody else may answer, less is judged.
        let leaves = promise.is_none_or(|promise| {
            promise.gateway.is_some() || promise.ungoverned.iter().any(|status| status.covers(self.status))
        });
        (findings.iter().map(|finding| finding.severity).max(), findings.len(), !named, leaves)
    }
}

fn probe(api: &Arc<Api>, index: usize, cause: Cause) -> Option<Probe> {
    Some(Probe {
        id: format!("{NAME}/{}/{cause}", name(index)),
        api: Arc::clone(api),
        operation: name(index),
        fault: fault::faults().find(|fault| fault.cause == cause)?,
        cause,
        request: Request { method: "POST".to_owned(), target: "/".to_owned(), ..Request::default() },
        expectation: Expectation { also: Vec::new(), success: Success::Wrong, form_only: false, governed: true },
        like: None,
        guard: Guard::Reads,
        ruled_out: None,
    })
}

/// The statuses that the cause or the code names; of a class its first, and 400 where nothing is named.
fn statuses(contract: &Contract, cause: Cause, example: &Value) -> BTreeSet<u16> {
    let promise = contract.promise(cause);
    let code = contract.file.code.as_ref().and_then(|place| pointed(example, &place.at));
    let entry = code.and_then(|code| contract.file.catalogue.iter().find(|entry| entry.code == *code));
    let of_cause = promise.into_iter().flat_map(|promise| [promise.class.as_ref(), promise.status.as_ref()]);
    let of_code = entry.map(|entry| entry.status.as_ref());
    let named = of_cause.chain(of_code).flatten().flat_map(|promise: &Promise<Status>| &promise.any_of);
    let first = |status: &Status| match *status {
        Status::Code(code) => code,
        Status::Class(class) => class * 100,
    };
    named.map(first).chain([400]).collect()
}

/// The field of a request of which this is the mirror: a text code stands for a value.
fn mirrored(mirror: &Value) -> Field {
    match mirror {
        Value::Object(members) => {
            let members = members.iter().map(|(name, inner)| (name.clone(), mirrored(inner))).collect();
            Field { members, ..field(FieldType::Object) }
        }
        Value::Array(elements) => {
            // Null says of an element that it is right, and nothing of its type.
            let items = elements.iter().find(|element| !element.is_null()).map(|element| Box::new(mirrored(element)));
            Field { items, ..field(FieldType::Array) }
        }
        _ => field(FieldType::String),
    }
}

fn field(kind: FieldType) -> Field {
    Field {
        kind,
        required: false,
        example: None,
        exists: false,
        lenient: false,
        minimum: None,
        maximum: None,
        min_length: None,
        max_length: None,
        values: Vec::new(),
        malformed: None,
        members: BTreeMap::new(),
        items: None,
    }
}

fn operation(id: String, members: BTreeMap<String, Field>) -> Operation {
    let media_type = "application/json".to_owned();
    Operation {
        reply: Vec::new(),
        statuses: None,
        id,
        method: "POST".to_owned(),
        path: "/".to_owned(),
        effect: Effect::None,
        documented: false,
        complete: false,
        methods: None,
        credential: None,
        credentials_unsure: None,
        privileged: false,
        control: Some(crate::catalog::suite::Expects::default()),
        controlled_by: None,
        known: BTreeMap::new(),
        scratch: BTreeMap::new(),
        refused: None,
        path_parameters: BTreeMap::new(),
        query: BTreeMap::new(),
        headers: BTreeMap::new(),
        cause: BTreeMap::new(),
        query_required: false,
        body: Some(Body { media_type, optional: false, members, free: false, anchor: None, limit: None }),
        source: None,
    }
}

fn suite(operation: Vec<Operation>) -> Suite {
    Suite {
        id: NAME.to_owned(),
        title: "A stand-in".to_owned(),
        contract: NAME.to_owned(),
        request: RequestDefaults::default(),
        prefix: "/".to_owned(),
        credentials: BTreeMap::new(),
        owed_by: OwedBy::default(),
        browser: None,
        identity: None,
        production: Vec::new(),
        minimum: Minimum::default(),
        precedence: Vec::new(),
        trailing_slash: false,
        complete: false,
        probe: Vec::new(),
        skip: Vec::new(),
        operation,
    }
}
