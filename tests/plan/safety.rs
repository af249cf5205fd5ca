//! No probe may do what its operation does, not even at a server that forgives everything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::lenient::{accepted, is_stored};
use super::support::{APIS, PLAN, everything};
use errdrift::catalog;
use errdrift::catalog::suite::{Effect, Operation};
use errdrift::fault::draft::Draft;
use errdrift::model::cause::Cause;
use errdrift::model::exchange::Request;
use errdrift::model::secret::Environment;
use errdrift::plan::{Guard, Plan};

fn changing(operations: Vec<&Operation>) -> Vec<String> {
    operations.into_iter().filter(|operation| operation.effect != Effect::None).map(|o| o.id.clone()).collect()
}

#[test]
fn the_most_lenient_server_carries_out_no_probe_that_would_change_its_state() {
    let mut harmful = Vec::new();
    // What a suite writes itself is its author's word.
    for probe in PLAN.probes.iter().filter(|probe| probe.guard != Guard::Declared) {
        for operation in changing(accepted(&probe.api.suite, &probe.request)) {
            let body = String::from_utf8_lossy(probe.request.body.as_deref().unwrap_or_default()).into_owned();
            let body: String = body.chars().take(200).collect();
            harmful
                .push(format!("{} as {operation}: {} {} {body}", probe.id, probe.request.method, probe.request.target));
        }
    }
    assert!(harmful.is_empty(), "{} of {}\n{}", harmful.len(), PLAN.probes.len(), harmful.join("\n"));
}

#[test]
fn a_server_that_creates_by_put_whatever_it_is_given_stores_nothing() {
    let stored =
        PLAN.probes.iter().filter(|probe| probe.ruled_out.is_none() && is_stored(&probe.api.suite, &probe.request));
    let stored: Vec<_> = stored.map(|probe| probe.id.as_str()).collect();
    assert!(stored.is_empty(), "{stored:#?}");
}

#[test]
fn bodies_that_no_server_can_accept_and_nothing_else_are_sent_to_what_may_be_lost() {
    let ids = [("OZ_SCRATCH_FOLDER", "0e3a7c15-5d52-4a8f-9a71-3c2f1d9b8e60"), ("ESCROW_SCRATCH_DEAL", "9B27M6E")];
    let pairs = ids.map(|(name, id)| (name.to_owned(), id.to_owned()));
    let environment = Environment::new(pairs);
    let knowing = |id: &str| {
        let mut api = catalog::load(id).unwrap();
        api.suite.know(&environment);
        Arc::new(api)
    };
    let plan = Plan::new(&catalog::built_in_suites().map(knowing).collect::<Vec<_>>(), &everything());
    let is_sent = |target: &str| ids.iter().any(|(_, id)| target.contains(id));
    let mut at: BTreeMap<&str, usize> = BTreeMap::new();
    for probe in plan.probes.iter().filter(|probe| is_sent(&probe.request.target)) {
        assert_eq!((probe.cause, probe.guard), (Cause::MalformedBody, Guard::Fault), "{}", probe.id);
        *at.entry(&probe.operation).or_default() += 1;
    }
    let operations =
        ["analyses.create", "deals.update", "folders.metadata.replace", "folders.metadata.update", "media.create"];
    assert_eq!(at.keys().copied().collect::<Vec<_>>(), operations, "{at:?}");
    // What is sent there is sent anyway, to what does not exist.
    let usual: BTreeSet<_> = PLAN.probes.iter().map(|probe| &probe.id).collect();
    assert!(plan.probes.iter().all(|probe| usual.contains(&probe.id)));
    assert!(!PLAN.probes.iter().any(|probe| is_sent(&probe.request.target)));
}

#[test]
fn controls_change_nothing() {
    assert!(!PLAN.controls.is_empty());
    for control in &PLAN.controls {
        let reached = accepted(&control.api.suite, &control.request);
        assert!(reached.iter().any(|operation| operation.id == control.operation), "{}", control.operation);
        assert_eq!(changing(reached), Vec::<String>::new(), "{}", control.operation);
    }
}

/// The model would be worth nothing if it refused everything: it accepts what a state-changing operation asks for, and
/// each of the ways to forgive that it is there for.
#[test]
fn the_lenient_server_accepts_correct_requests_however_they_are_written() {
    let oz = APIS.iter().find(|api| api.suite.id == "oz-api").unwrap();
    let operation = |id: &str| oz.suite.operation.iter().find(|operation| operation.id == id).unwrap();
    let correct = |id: &str| Draft::of(&oz.suite, operation(id)).request();
    let accepts = |request: &Request, id: &str| accepted(&oz.suite, request).iter().any(|found| found.id == id);
    for id in ["users.create", "collections.create", "folders.create", "instant.create"] {
        assert!(accepts(&correct(id), id), "{id}");
    }
    // What it does not accept: a resource that does not exist, another's token, none.
    assert!(!accepts(&correct("folders.delete"), "folders.delete"));
    let bare = Request { headers: Vec::new(), ..correct("users.create") };
    assert!(!accepts(&bare, "users.create"));

    let collections = correct("collections.create");
    let with_body = |body: &[u8]| Request { body: Some(body.to_vec()), ..collections.clone() };
    let uuid = "b120a366-f0bb-49cf-82f2-dc05873f9bd0";
    let right = format!("{{\"alias\":\"x\",\"company_id\":\"{uuid}\"}}");
    let wide: Vec<u8> = right.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bodies: [Vec<u8>; 6] = [
        wide,
        [b"\xef\xbb\xbf", right.as_bytes()].concat(),
        right.replace("\"x\"", "7").into_bytes(),
        right.replace("alias", "ALIAS").into_bytes(),
        right.replace("\"alias\"", "\"errdrift\":NaN,\"alias\":1,\"alias\"").into_bytes(),
        right.replace("\"x\"", "true").into_bytes(),
    ];
    for body in bodies {
        assert!(accepts(&with_body(&body), "collections.create"), "{}", String::from_utf8_lossy(&body));
    }
    for (method, target) in [("post", "/api/collections/"), ("POST", "//api//collections")] {
        let request = Request { method: method.into(), target: target.into(), ..collections.clone() };
        assert!(accepts(&request, "collections.create"), "{method} {target}");
    }
    let empty = Request { body: None, ..correct("instant.create") };
    assert!(accepts(&empty, "instant.create"), "no parts where none is required");
    let mut cut = correct("folders.create");
    if let Some(body) = &mut cut.body {
        body.truncate(body.len() - "--errdrift-6f1d2c--\r\n".len());
    }
    assert!(accepts(&cut, "folders.create"), "unterminated form data");
}
