//! One fault at a time: a probe differs from the operation's correct request by its fault alone, and by what the fault cannot
//! do without.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::support::built_in;
use errdrift::catalog::Api;
use errdrift::fault::Tier;
use errdrift::fault::draft::{Draft, carried};
use errdrift::fault::relation::Like;
use errdrift::model::exchange::{ConnectionUse, Request};
use errdrift::plan::{NO_OPERATION, Plan, Probe, Selection};
use serde_json::Value;

/// Faults that change more than one part of a request, and why they must.
const WIDER: &[(&str, &[&str], &str)] = &[
    (
        "method-unsupported",
        &["method", "body", "content-type", "credential"],
        "sent without content, or with content that no server takes; DELETE and TRACE without credentials",
    ),
    (
        "method-invented",
        &["method", "body", "content-type", "credential"],
        "sent without content; where a POST of the path needs none, with its anchor or without a credential",
    ),
    (
        "method-registered",
        &["method", "body", "content-type", "credential"],
        "sent without content; where a POST of the path needs none, with its anchor or without a credential",
    ),
    (
        "method-lower-case",
        &["method", "body", "content-type", "credential"],
        "where a POST of the path needs no content, with its anchor or without a credential",
    ),
    ("accept-impossible", &["accept", "credential"], "put on a request that is wrong anyway"),
    ("accept-html", &["accept", "credential"], "put on a request that is wrong anyway"),
    ("accept-absent", &["accept", "credential"], "put on a request that is wrong anyway"),
    ("credentials-in-query", &["credential", "query"], "moved from one to the other"),
    ("credentials-wrong-scheme", &["credential", "authorization"], "under another header field"),
    ("path-other-slash", &["path", "credential"], "whoever is not let in changes nothing"),
    ("path-unknown", &["path", "method", "credential"], "the suite has no request for what it does not know"),
];

/// The parts of a request, by name.
fn parts(request: &Request, credential: &BTreeSet<String>) -> Vec<(String, Vec<u8>)> {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let mut parts = vec![
        ("method".to_owned(), request.method.clone().into_bytes()),
        ("path".to_owned(), path.as_bytes().to_vec()),
        ("query".to_owned(), query.as_bytes().to_vec()),
        ("body".to_owned(), request.body.clone().unwrap_or_default()),
        ("over".to_owned(), format!("{:?}", request.connection).into_bytes()),
    ];
    for (name, value) in &request.headers {
        let name = if credential.contains(name) { "credential" } else { name };
        match parts.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => known.extend(value.masked()),
            None => parts.push((name.to_owned(), value.masked())),
        }
    }
    parts
}

/// The names of the parts in which two requests differ.
fn differing(api: &Api, one: &Request, other: &Request) -> BTreeSet<String> {
    let fields = api.suite.credentials.values().flat_map(|credential| carried(credential, &credential.valid));
    let credential: BTreeSet<String> = fields.map(|(name, _)| name).collect();
    let (one, other) = (parts(one, &credential), parts(other, &credential));
    let names: BTreeSet<&String> = one.iter().chain(&other).map(|(name, _)| name).collect();
    let value = |parts: &[(String, Vec<u8>)], name: &str| {
        parts.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    names.into_iter().filter(|name| value(&one, name) != value(&other, name)).cloned().collect()
}

/// The requests that a fault may have been put on.
fn bases(probe: &Probe) -> Vec<Request> {
    let suite = &probe.api.suite;
    if let Some(operation) = suite.operation.iter().find(|operation| operation.id == probe.operation) {
        let anchored = errdrift::fault::anchor::anchored(suite, operation);
        return std::iter::once(Draft::of(suite, operation)).chain(anchored).map(Draft::request).collect();
    }
    let name = suite.operation.iter().find_map(|operation| operation.credential.as_ref()).unwrap();
    let draft = Draft {
        method: "GET".into(),
        path: suite.prefix.clone(),
        accept: "application/json".into(),
        credential: carried(&suite.credentials[name], &suite.credentials[name].valid),
        ..Draft::default()
    };
    vec![draft.request()]
}

fn planned(tier: Tier) -> Plan {
    let selection = Selection { tiers: vec![tier], ..Selection::default() };
    let apis: Vec<Arc<Api>> = built_in().collect();
    Plan::new(&apis, &selection)
}

/// How many places of two JSON texts differ; `None` where one of them is none.
fn places(one: &Request, other: &Request) -> Option<usize> {
    let read = |request: &Request| serde_json::from_slice::<Value>(request.body.as_deref()?).ok();
    Some(count(&read(one)?, &read(other)?))
}

fn count(one: &Value, other: &Value) -> usize {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            names
                .into_iter()
                .map(|name| match (one.get(name), other.get(name)) {
                    (Some(one), Some(other)) => count(one, other),
                    _ => 1,
                })
                .sum()
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            one.iter().zip(other).map(|(one, other)| count(one, other)).sum()
        }
        _ => usize::from(one != other),
    }
}

#[test]
fn a_probe_differs_from_its_correct_request_by_its_fault_alone() {
    for tier in [Tier::Core, Tier::Extended] {
        for probe in planned(tier).probes.iter().filter(|probe| probe.like.is_none() && probe.request.script.is_none())
        {
            let wider = WIDER.iter().find(|(fault, ..)| *fault == probe.fault.id);
            let fits = bases(probe).iter().any(|base| {
                let changed = differing(&probe.api, base, &probe.request);
                match wider {
                    Some((_, parts, _)) => changed.iter().all(|part| parts.contains(&part.as_str())),
                    // A body of form data and its type are one thing; so is a body that is not there.
                    None => changed.len() <= 1 || changed.iter().all(|part| part == "body" || part == "content-type"),
                }
            });
            let changed: Vec<_> = bases(probe).iter().map(|base| differing(&probe.api, base, &probe.request)).collect();
            assert!(fits, "{}: {changed:?}", probe.id);
        }
    }
}

#[test]
fn a_broken_member_is_the_only_one_that_is_broken() {
    let single = |probe: &&Probe| {
        ["member-missing", "member-renamed", "member-null", "member-type", "value-"]
            .iter()
            .any(|id| probe.fault.id.starts_with(id))
    };
    let mut looked_at = 0;
    for probe in planned(Tier::Core).probes.iter().filter(single) {
        let differ: Vec<usize> = bases(probe).iter().filter_map(|base| places(base, &probe.request)).collect();
        let Some(fewest) = differ.into_iter().min() else { continue };
        looked_at += 1;
        // A renamed member is gone under one name and there under another; an optional one is added to be wrong.
        let allowed = if probe.fault.id == "member-renamed" { 2 } else { 1 };
        assert!(fewest <= allowed, "{}: {fewest} places", probe.id);
    }
    assert!(looked_at > 100, "{looked_at}");
}

#[test]
fn other_circumstances_are_one_difference_to_the_plain_probe() {
    let plan = planned(Tier::Core);
    let mut compared = 0;
    for probe in &plan.probes {
        let Some(Like::Same(plain) | Like::Unseen(plain)) = &probe.like else { continue };
        let tail = if plain.variant.is_empty() { String::new() } else { format!("/{}", plain.variant) };
        let id = format!("{}/{}/{}{tail}", probe.api.suite.id, probe.operation, plain.fault);
        let Some(plain) = plan.probes.iter().find(|other| other.id == id) else { panic!("{}: no {id}", probe.id) };
        let changed = differing(&probe.api, &plain.request, &probe.request);
        if probe.request.connection == ConnectionUse::Ordinary {
            // A library names itself, and asks for no coding.
            assert_eq!(
                changed,
                BTreeSet::from(["accept-encoding", "over", "user-agent"].map(Into::into)),
                "{}",
                probe.id
            );
        } else {
            assert_eq!(changed.len(), 1, "{}: {changed:?}", probe.id);
        }
        assert_eq!(plain.cause, probe.cause, "{}", probe.id);
        compared += 1;
    }
    assert!(compared > 100, "{compared}");
    assert!(plan.probes.iter().any(|probe| probe.request.connection == ConnectionUse::Http2));
}

#[test]
fn two_faults_are_the_two_plain_ones() {
    let plan = planned(Tier::Pairs);
    assert!(plan.probes.len() > 200, "{}", plan.probes.len());
    for probe in &plan.probes {
        let Some(Like::Either(plain)) = &probe.like else { panic!("{}", probe.id) };
        assert_ne!(plain[0].cause, plain[1].cause, "{}", probe.id);
        let changed = differing(&probe.api, &bases(probe)[0], &probe.request);
        // What names nothing anyway is one of the two mistakes without a change.
        let least = usize::from(plain.iter().all(|plain| plain.fault != "path-unknown-id")) + 1;
        assert!(changed.len() >= least, "{}: {changed:?}", probe.id);
        assert!(probe.operation == NO_OPERATION || changed.len() <= 4, "{}: {changed:?}", probe.id);
    }
}
