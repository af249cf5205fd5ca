//! The strength of a promise: what must be fails, what usually is warns, what is left open is noted.

use super::support::{NGINX, check, judged, oz, probe, reply, typed};
use crate::catalog::contract::Strength;
use crate::judge::rules;
use crate::judge::table::find;
use crate::model::exchange::Outcome;
use crate::model::verdict::{Severity, Verdict};
use serde_json::json;

const GET: &str = "oz-api/folders.get/path-unknown-id";

#[test]
fn the_strength_of_a_promise_is_the_severity_of_its_breach() {
    for (strength, severity) in
        [(Strength::Must, Severity::Error), (Strength::Usually, Severity::Warning), (Strength::Silent, Severity::Note)]
    {
        assert_eq!(strength.severity(), severity);
    }
}

#[test]
fn each_example_of_each_strength_weighs_as_much_as_it_should() {
    let details = json!({"error_code": 10, "error_message": "x", "error_details": null});
    check(&[
        // Must: the document says so.
        (GET, reply(404, &json!({"error_code": "10", "error_message": "x"})), &["error schema-violation /error_code"]),
        (GET, oz(404, 3), &["error code-unexpected /error_code"]),
        (GET, oz(403, 10), &["error code-contradicts-status status", "error status-unexpected status"]),
        // Usually, or undocumented.
        ("oz-api/version/method-unsupported/PUT", oz(403, 1), &["warning status-unexpected status"]),
        (GET, reply(404, &details), &["warning member-undocumented /error_details"]),
        // Silent: HTML from a gateway for what the document leaves open.
        (
            "escrow-box/no-operation/path-unknown/inside",
            typed(404, "text/html", NGINX),
            &["note reply-ungoverned status"],
        ),
        ("oz-api/no-operation/path-unknown/outside", typed(404, "text/html", NGINX), &["note reply-ungoverned status"]),
        ("oz-api/no-operation/path-unknown/outside", typed(200, "text/html", "<html>"), &[]),
    ]);
}

#[test]
fn an_error_fails_a_probe_and_nothing_else_does() {
    let verdict = |id: &str, reply| judged(probe(id), Outcome::Reply(reply), false).verdict();
    assert_eq!(verdict(GET, oz(404, 3)), Verdict::Fail);
    assert_eq!(verdict("oz-api/version/method-unsupported/PUT", oz(403, 1)), Verdict::Pass);
    assert_eq!(verdict("oz-api/no-operation/path-unknown/outside", typed(404, "text/html", NGINX)), Verdict::Pass);
    assert_eq!(verdict(GET, oz(404, 10)), Verdict::Pass);
    assert_eq!(verdict(GET, typed(503, "text/html", NGINX)), Verdict::Inconclusive);
    // What a gateway that is not available gives away is an error all the same.
    let leak = typed(503, "text/html", "ORA-00933: SQL command not properly ended");
    assert_eq!(verdict(GET, leak), Verdict::Fail);
}

#[test]
fn a_rule_is_found_by_its_id() {
    for rule in rules() {
        assert_eq!(find(rule.id).map(|found| found.severity), Some(rule.severity));
    }
    assert!(find("no-such-rule").is_none());
}
