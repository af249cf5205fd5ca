//! What a contract may say of header fields beside HTTP: more, or less.

use std::sync::Arc;

use super::prelude::{METHOD, NO_TOKEN, OFFSET};
use super::support::{check, judged, lines, oz, probe, reply, typed, with};
use crate::catalog;
use crate::model::exchange::{Outcome, Reply};
use crate::plan::{Plan, Probe, Selection};
use serde_json::json;

/// A probe of Oz API with something else at the beginning of its contract, and at its end.
fn contracted(id: &str, first: &str, last: &str) -> Probe {
    let folder = tempfile::tempdir().unwrap();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    let contract = format!("{first}\n{}\n{last}\n", read("schemas/oz-api.contract.toml"));
    let suite = read("suites/oz-api.toml").replace("contract = \"oz-api\"", "contract = \"oz-api.contract.toml\"");
    for (name, text) in [
        ("oz-api.toml", suite),
        ("oz-api.contract.toml", contract),
        ("oz-api.body.schema.json", read("schemas/oz-api.body.schema.json")),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let api = catalog::load(folder.path().join("oz-api.toml").to_str().unwrap());
    let api = Arc::new(api.unwrap_or_else(|problems| panic!("{problems:?}")));
    let probes = Plan::new(&[api], &Selection::default()).probes;
    probes.into_iter().find(|probe| probe.id == id).unwrap()
}

fn found(probe: &Probe, reply: Reply) -> Vec<String> {
    lines(&judged(probe, Outcome::Reply(reply), false))
}

#[test]
fn a_media_type_that_the_contract_names_is_a_promise() {
    let problem = contracted(OFFSET, "media_type = \"application/problem+json\"", "");
    let body = oz(400, 4).body;
    let of = |media_type: &str| found(&problem, typed(400, media_type, body.clone()));
    assert_eq!(of("application/problem+json"), [""; 0]);
    assert_eq!(of("Application/Problem+JSON; charset=utf-8"), [""; 0]);
    assert_eq!(of("application/json"), ["error media-type-unexpected header:content-type"]);
    let untyped = Reply { headers: Vec::new(), ..oz(400, 4) };
    assert_eq!(found(&problem, untyped), ["error media-type-missing header:content-type"]);
}

#[test]
fn a_contract_may_ask_for_more_than_http_or_for_less() {
    let missing = || reply(405, &json!({"error_code": 1, "error_message": "x"}));
    let rule = |severity| format!("[severity]\nallow-missing = {{ severity = \"{severity}\", source = \"the page\" }}");
    for severity in ["error", "note"] {
        let asked = contracted(METHOD, "", &rule(severity));
        assert_eq!(found(&asked, missing()), [format!("{severity} allow-missing header:allow")]);
    }
}

#[test]
fn a_status_that_is_not_promised_owes_nothing_beside() {
    // Escrow Box answers 400 whatever the cause: that 401 came is the drift, not what it lacks.
    let body = json!({"error": {"code": "NOT_ALLOWED", "message": "Authorization credentials are required"}});
    let id = probe("escrow-box/handlers.cities/credentials-absent");
    assert_eq!(
        found(id, reply(401, &body)),
        ["error code-contradicts-status status", "error status-unexpected status"]
    );
}

#[test]
fn fields_that_say_what_http_wants_are_met_by_silence() {
    let unauthorized =
        |value: &str| with(reply(401, &json!({"error_code": 6, "error_message": "x"})), "www-authenticate", value);
    let no_method = |value: &str| with(reply(405, &json!({"error_code": 1, "error_message": "x"})), "allow", value);
    let later = |value: &str| with(oz(400, 4), "retry-after", value);
    let cached = |value: &str| with(oz(400, 4), "cache-control", value);
    check(&[
        (NO_TOKEN, unauthorized("OAuth realm=\"a, b\""), &[]),
        (NO_TOKEN, unauthorized("Negotiate"), &[]),
        (METHOD, no_method("GET"), &[]),
        (METHOD, with(no_method("HEAD,OPTIONS"), "allow", "GET"), &[]),
        (OFFSET, later("0"), &[]),
        (OFFSET, later("Fri, 31 Dec 1999 23:59:59 GMT"), &[]),
        (OFFSET, later("Friday, 31-Dec-99 23:59:59 GMT"), &[]),
        (OFFSET, cached("no-store, max-age=60"), &[]),
        (OFFSET, cached("private, max-age=60"), &[]),
        (OFFSET, cached("public, max-age=0, must-revalidate"), &[]),
        (OFFSET, cached("no-cache"), &[]),
        // Methods are told apart by case (RFC 9110, section 9.1).
        (METHOD, no_method("GET, patch"), &[]),
        (OFFSET, later("-1"), &["warning retry-after-malformed header:retry-after"]),
        (OFFSET, later("2026-11-26T18:00:00Z"), &["warning retry-after-malformed header:retry-after"]),
    ]);
}
