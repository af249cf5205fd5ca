//! Oz API: what its page says of each cause, and how the tester reads what the page leaves open.

use super::support::{NGINX, PROBES, check, judged, lines, oz, probe, reply, typed, worst};
use crate::model::exchange::Outcome;
use crate::model::layer::Layer;
use crate::model::verdict::{Severity, Verdict};
use crate::plan::Probe;
use serde_json::{Value, json};

const OFFSET: &str = "oz-api/folders.list/query-negative/offset";
const LIST: &str = "oz-api/folders.list";

#[test]
fn a_wrong_method_is_code_1_usually_with_405() {
    let put = "oz-api/folders.list/method-unsupported/PUT";
    check(&[
        (put, oz(405, 1), &[]),
        (put, oz(400, 1), &["warning status-unexpected status"]),
        (put, oz(501, 1), &["error code-contradicts-status status", "warning status-class-unexpected status"]),
        (put, oz(405, 3), &["error code-unexpected /error_code"]),
        (put, oz(404, 10), &["error code-unexpected /error_code", "warning status-unexpected status"]),
        // TRACE leaves without the token, so that none was given is as right an answer.
        ("oz-api/folders.list/method-unsupported/TRACE", oz(401, 6), &[]),
        ("oz-api/folders.list/method-unsupported/TRACE", oz(405, 1), &[]),
    ]);
}

#[test]
fn what_http_itself_answers_to_an_odd_version_or_coding_is_right() {
    let version = "oz-api/users.list/version-unexpected/9.9";
    let is_coding = |probe: &&Probe| probe.api.suite.id == "oz-api" && probe.fault.id == "transfer-encoding-unknown";
    let coding = PROBES.iter().find(is_coding).unwrap().id.as_str();
    let class = "warning status-class-unexpected status";
    check(&[
        (version, oz(505, 0), &[]),
        (coding, oz(501, 0), &[]),
        // Each answers its own alone.
        (version, oz(501, 0), &[class]),
        (coding, oz(505, 0), &[class]),
    ]);
}

#[test]
fn the_codes_of_credentials_come_with_any_status_of_the_class() {
    let id = |fault: &str| format!("{LIST}/{fault}");
    let (absent, empty, unknown) = (id("credentials-absent"), id("credentials-empty"), id("credentials-unknown"));
    let (expired, weak) = (id("credentials-expired"), "oz-api/companies.list/credentials-forbidden".to_owned());
    for status in [400, 401, 403, 422] {
        check(&[
            (&absent, oz(status, 6), &[]),
            (&empty, oz(status, 6), &[]),
            (&empty, oz(status, 7), &[]),
            (&unknown, oz(status, 7), &[]),
            (&expired, oz(status, 8), &[]),
            (&weak, oz(status, 9), &[]),
            (&absent, oz(status, 7), &["error code-unexpected /error_code"]),
            (&unknown, oz(status, 6), &["error code-unexpected /error_code"]),
            (&expired, oz(status, 7), &["error code-unexpected /error_code"]),
            (&weak, oz(status, 7), &["error code-unexpected /error_code"]),
        ]);
    }
}

#[test]
fn structure_value_and_type_have_a_code_each_and_the_page_parts_them_loosely() {
    let (cut, type_, value) =
        ("oz-api/collections.create/body-truncated/first-byte", "oz-api/folders.list/query-ill-typed/offset", OFFSET);
    let missing = "oz-api/collections.create/member-missing/alias";
    let wrong: &[&str] = &["error code-unexpected /error_code"];
    let warned: &[&str] = &["warning code-unexpected /error_code"];
    check(&[
        (cut, oz(400, 3), &[]),
        (cut, oz(422, 3), &[]),
        (cut, oz(400, 5), warned),
        (cut, oz(400, 4), wrong),
        (missing, oz(400, 3), &[]),
        (missing, oz(422, 3), &[]),
        (missing, oz(400, 4), wrong),
        (type_, oz(400, 5), &[]),
        (type_, oz(400, 3), warned),
        (type_, oz(400, 4), warned),
        (type_, oz(400, 7), wrong),
        (value, oz(400, 4), &[]),
        (value, oz(422, 4), &[]),
        (value, oz(400, 3), wrong),
        (value, oz(400, 5), wrong),
    ]);
}

#[test]
fn code_10_and_status_404_belong_together() {
    let get = "oz-api/folders.get/path-unknown-id";
    let contradiction = "error code-contradicts-status status";
    check(&[
        (get, oz(404, 10), &[]),
        (get, oz(400, 10), &[contradiction, "error status-unexpected status"]),
        (get, oz(500, 10), &[contradiction, "error status-class-unexpected status"]),
        (get, oz(404, 4), &["error code-unexpected /error_code"]),
        (get, oz(410, 10), &[contradiction, "error status-unexpected status"]),
        (OFFSET, oz(400, 10), &[contradiction, "error code-unexpected /error_code"]),
    ]);
}

#[test]
fn who_may_not_delete_need_not_learn_what_exists() {
    let (delete, get) = ("oz-api/folders.delete/path-unknown-id", "oz-api/folders.get/path-unknown-id");
    check(&[
        (delete, oz(404, 10), &[]),
        (delete, oz(403, 9), &[]),
        (get, oz(403, 9), &["error code-unexpected /error_code", "error status-unexpected status"]),
    ]);
}

#[test]
fn a_path_id_that_is_no_uuid_may_be_answered_by_the_router() {
    let id = "oz-api/folders.get/path-ill-typed-id/folder_id";
    check(&[(id, oz(400, 4), &[]), (id, oz(404, 10), &[])]);
    // Code 0 is there for failures of the server, so that it is usual with 5xx only.
    let judgement = judged(probe(id), Outcome::Reply(oz(404, 0)), false);
    assert!(worst(&judgement) <= Some(Severity::Warning), "{:?}", lines(&judgement));
    assert_eq!(judgement.verdict(), Verdict::Pass);
}

#[test]
fn an_unknown_path_is_code_10_with_404_and_a_gateways_page_is_named_so() {
    let path = "oz-api/no-operation/path-unknown/inside";
    check(&[
        (path, oz(404, 10), &[]),
        (path, oz(400, 10), &["error code-contradicts-status status", "error status-unexpected status"]),
        (path, typed(404, "text/html", NGINX), &["error body-not-json"]),
    ]);
    let judgement = judged(probe(path), Outcome::Reply(typed(404, "text/html", NGINX)), false);
    assert_eq!(judgement.origin.as_ref().map(|origin| origin.layer), Some(Layer::Gateway));
    assert_eq!(judged(probe(path), Outcome::Reply(oz(404, 10)), false).origin.unwrap().layer, Layer::Service);
}

#[test]
fn a_broken_body_for_an_unknown_resource_carries_two_faults_and_either_is_answered() {
    let broken: Vec<_> = PROBES
        .iter()
        .filter(|probe| probe.api.suite.id == "oz-api" && probe.operation == "analyses.create")
        .filter(|probe| probe.fault.id.starts_with("body-") || probe.fault.id.starts_with("member-"))
        .collect();
    assert!(broken.len() > 40, "{}", broken.len());
    for probe in broken {
        let found = lines(&judged(probe, Outcome::Reply(oz(404, 10)), false));
        assert!(found.is_empty(), "{}: {found:?}", probe.id);
    }
}

#[test]
fn an_account_that_does_not_exist_may_have_any_code() {
    for id in ["oz-api/authorize.auth/body-unknown-reference", "oz-api/authorize.refresh/body-unknown-reference"] {
        for code in [3, 4, 7, 9] {
            check(&[(id, oz(401, code), &[]), (id, oz(400, code), &[])]);
        }
        check(&[(id, reply(200, &json!({"access_token": "x"})), &["error request-accepted status"])]);
    }
}

#[test]
fn details_are_anything_and_error_details_is_undocumented() {
    let with = |name: &str, value: Value| {
        let mut body = json!({"error_code": 4, "error_message": "x"});
        body[name] = value;
        reply(400, &body)
    };
    for value in
        [json!(null), json!(""), json!("x"), json!(1), json!(1.0), json!(true), json!([]), json!([{}]), json!({})]
    {
        check(&[
            (OFFSET, with("details", value.clone()), &[]),
            (OFFSET, with("error_details", value), &["warning member-undocumented /error_details"]),
        ]);
    }
    check(&[(OFFSET, with("Details", json!(1)), &["warning member-undocumented /Details"])]);
}

#[test]
fn integers_outside_the_catalogue_are_errors_whatever_they_mean_elsewhere() {
    for code in [13, 14, 15, 101, 201, 221, -1] {
        check(&[(OFFSET, oz(400, code), &["error code-undocumented /error_code"])]);
    }
}

#[test]
fn another_media_type_may_be_minded_or_not() {
    let plain = "oz-api/collections.create/content-type-text";
    check(&[(plain, oz(400, 3), &[]), (plain, oz(415, 3), &[])]);
    // The request carries an anchor, so that its own code is as right.
    let judgement = judged(probe(plain), Outcome::Reply(oz(400, 4)), false);
    assert!(worst(&judgement) <= Some(Severity::Warning), "{:?}", lines(&judgement));
}

#[test]
fn codes_of_the_systems_own_failures_are_no_answer_to_a_callers_mistake() {
    check(&[
        (OFFSET, oz(500, 0), &["error code-unexpected /error_code", "error status-class-unexpected status"]),
        (OFFSET, oz(500, 12), &["error code-unexpected /error_code", "error status-class-unexpected status"]),
        (OFFSET, oz(400, 12), &["error code-contradicts-status status", "error code-unexpected /error_code"]),
        (OFFSET, oz(400, 11), &["error code-unexpected /error_code"]),
        ("oz-api/folders.get/path-ill-typed-id/folder_id", oz(501, 2), &["warning operation-not-realized /error_code"]),
        // Its control has succeeded: it is there.
        (OFFSET, oz(501, 2), &["error code-unexpected /error_code", "error status-class-unexpected status"]),
    ]);
}

#[test]
fn a_gateways_page_for_what_is_no_uri_or_too_large_is_only_warned_of() {
    for id in ["oz-api/folders.get/path-nul/folder_id", "oz-api/folders.get/path-long-segment/folder_id"] {
        for status in [400, 414] {
            let judgement = judged(probe(id), Outcome::Reply(typed(status, "text/html", NGINX)), false);
            assert_eq!(lines(&judgement), ["warning page-of-another-layer body"], "{id}");
        }
    }
    let judgement = judged(probe(OFFSET), Outcome::Reply(typed(504, "text/html", NGINX)), false);
    assert_eq!(judgement.verdict(), Verdict::Inconclusive);
}
