//! How many probes there are, which, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::support::{APIS, PLAN, built_in, bytes, everything};
use errdrift::fault;
use errdrift::fault::Tier;
use errdrift::plan::{NO_OPERATION, Plan, ProbeId, Selection};

#[test]
fn each_built_in_suite_has_five_hundred_core_probes() {
    for api in built_in() {
        let plan = Plan::new(std::slice::from_ref(&api), &Selection::default());
        assert!(plan.probes.len() >= 500, "{}: {}", api.suite.id, plan.probes.len());
        assert!(plan.probes.iter().all(|probe| probe.fault.tier == Tier::Core));
    }
}

#[test]
fn ids_are_unique_and_name_suite_operation_and_fault() {
    let mut seen = BTreeSet::new();
    for probe in &PLAN.probes {
        assert!(seen.insert(&probe.id), "{} twice", probe.id);
        let ProbeId { suite, operation, fault, .. } = ProbeId::parse(&probe.id).unwrap();
        assert_eq!([suite, operation, fault], [&probe.api.suite.id, &probe.operation, probe.fault.id], "{}", probe.id);
    }
}

#[test]
fn no_two_probes_of_a_suite_are_the_same_bytes() {
    let mut seen: BTreeMap<_, &str> = BTreeMap::new();
    for probe in &PLAN.probes {
        // What is compared may be two mistakes that one request has anyway.
        if probe.like.is_some() {
            continue;
        }
        if let Some(other) = seen.insert((&probe.api.suite.id, bytes(probe)), &probe.id) {
            panic!("{} and {other} are the same bytes", probe.id);
        }
    }
}

#[test]
fn two_plans_of_the_same_suites_are_equal() {
    let other = Plan::new(&APIS, &everything());
    assert_eq!(PLAN.probes.len(), other.probes.len());
    for (one, other) in PLAN.probes.iter().zip(&other.probes) {
        assert_eq!(one.id, other.id);
        assert_eq!((&one.request, &one.expectation), (&other.request, &other.expectation), "{}", one.id);
        assert_eq!((one.cause, one.fault.id), (other.cause, other.fault.id), "{}", one.id);
    }
    assert_eq!(PLAN.withheld, other.withheld);
}

/// Faults that need what neither built-in suite declares.
const ONLY_ELSEWHERE: &[&str] = &[
    "query-invalid-uuid",
    "query-below-minimum",
    "query-above-maximum",
    "member-malformed",
    "member-below-minimum",
    "member-above-maximum",
    "member-too-short",
    "member-too-long",
    "multipart-member-type",
    // The built-in suites name what exists by variables.
    "known-without-credentials",
    "known-with-unknown-credentials",
    "known-forbidden",
    // And the page that calls them from a browser.
    "alike-origin",
    "preflight",
    // And have no header parameters, and no wrong requests of their own.
    "header-missing",
    "header-ill-typed",
    "header-invalid",
    "own",
    "own-changing",
];

#[test]
fn every_fault_is_sent_by_a_built_in_suite_or_named_as_one_that_only_others_send() {
    let used = |suites: &[std::sync::Arc<errdrift::catalog::Api>]| -> BTreeSet<&str> {
        Plan::new(suites, &everything()).probes.iter().map(|probe| probe.fault.id).collect()
    };
    let built_in = used(&built_in().collect::<Vec<_>>());
    let unused: Vec<_> = fault::faults().map(|fault| fault.id).filter(|id| !built_in.contains(id)).collect();
    let mut expected = ONLY_ELSEWHERE.to_vec();
    expected.sort_unstable();
    let mut sorted = unused.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, expected);
    let own = used(&APIS[2..]);
    let missed: Vec<_> = unused.into_iter().filter(|id| !own.contains(id)).collect();
    assert!(missed.is_empty(), "not even tests/plan/constraints.toml sends {missed:?}");
}

#[test]
fn the_constraints_of_a_field_become_the_probes_that_break_them() {
    let target = |id: &str| {
        let probe = PLAN.probes.iter().find(|probe| probe.id == id).unwrap_or_else(|| panic!("no probe {id}"));
        let body = probe.request.body.as_ref().map(|body| String::from_utf8_lossy(body).into_owned());
        (probe.request.target.clone(), body)
    };
    let query = |id: &str| target(&format!("constraints/things.list/{id}")).0;
    assert_eq!(query("query-invalid-uuid/owner"), "/api/things/?owner=not-a-uuid");
    assert_eq!(query("query-below-minimum/page"), "/api/things/?page=0");
    assert_eq!(query("query-above-maximum/page"), "/api/things/?page=101");
    assert_eq!(query("query-negative/offset"), "/api/things/?offset=-1");
    assert_eq!(query("query-unknown-enum/state"), "/api/things/?state=errdrift");
    assert_eq!(query("query-malformed/sorting"), "/api/things/?sorting=%7B%7D");
    let body = |id: &str| {
        let text = target(&format!("constraints/things.create/{id}")).1.unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        json
    };
    assert_eq!(body("member-below-minimum/count")["count"], 0);
    assert_eq!(body("member-above-maximum/count")["count"], 11);
    assert_eq!(body("member-too-short/alias")["alias"], "x");
    assert_eq!(body("member-too-long/alias")["alias"], "xxxxx");
    assert_eq!(body("member-malformed/email")["email"], "errdrift");
    assert_eq!(body("member-fractional/count")["count"], 1.5);
    let form = target("constraints/things.upload/multipart-member-type/payload.tags").1.unwrap();
    assert!(form.contains("{\"tags\":{\"errdrift\":true}}"), "{form}");
}

#[test]
fn shards_part_the_plan() {
    let whole = &PLAN.probes;
    for parts in [1, 2, 3, 7] {
        let mut ids = Vec::new();
        for part in 1..=parts {
            let shard = Plan::new(&APIS, &Selection { shard: Some((part, parts)), ..everything() });
            let fair = whole.len() / parts;
            assert!((fair..=fair + 1).contains(&shard.probes.len()), "{part}/{parts}: {}", shard.probes.len());
            ids.extend(shard.probes.into_iter().map(|probe| probe.id));
        }
        ids.sort();
        let mut all: Vec<_> = whole.iter().map(|probe| probe.id.clone()).collect();
        all.sort();
        assert_eq!(ids, all, "{parts} parts");
    }
}

#[test]
fn every_operation_has_probes() {
    for api in APIS.iter() {
        let probed: BTreeSet<_> = PLAN
            .probes
            .iter()
            .filter(|probe| probe.api.suite.id == api.suite.id)
            .map(|probe| probe.operation.as_str())
            .collect();
        for operation in &api.suite.operation {
            assert!(probed.contains(operation.id.as_str()), "{}/{}", api.suite.id, operation.id);
        }
        assert!(probed.contains(NO_OPERATION), "{}", api.suite.id);
    }
}

#[test]
fn what_is_withheld_is_not_sent_and_has_a_reason() {
    let sent: BTreeSet<_> = PLAN.probes.iter().map(|probe| &probe.id).collect();
    assert!(!PLAN.withheld.is_empty());
    for (id, reason) in &PLAN.withheld {
        assert!(!sent.contains(id) && !reason.to_string().is_empty(), "{id}");
    }
}

#[test]
fn wrong_credentials_come_last_and_what_is_compared_comes_after_what_it_is_compared_with() {
    use errdrift::fault::relation::Like;
    use errdrift::plan::order::may_lock_out;

    for api in built_in() {
        let plan = Plan::new(std::slice::from_ref(&api), &everything());
        let risky: Vec<bool> = plan.probes.iter().map(may_lock_out).collect();
        assert!(risky.is_sorted(), "{}", api.suite.id);
        assert!(risky.iter().filter(|risky| **risky).count() > 50, "{}", api.suite.id);
        let place = |operation: &str, fault: &str, variant: &str| {
            let same = |probe: &errdrift::plan::Probe| {
                probe.operation == operation && probe.fault.id == fault && probe.variant() == variant
            };
            plan.probes.iter().position(same)
        };
        for (at, probe) in plan.probes.iter().enumerate() {
            let plain = match &probe.like {
                None => Vec::new(),
                Some(Like::Same(plain) | Like::Unseen(plain)) => vec![plain],
                Some(Like::Either(plain)) => plain.iter().collect(),
            };
            for plain in plain {
                let before = place(&probe.operation, plain.fault, &plain.variant);
                assert!(before.is_none_or(|before| before < at), "{} comes before {}", probe.id, plain.fault);
            }
        }
    }
}
