//! Escrow Box: what its page says, and how the tester reads what the page leaves open.

use super::support::{NGINX, check, check_with, escrow, judged, lines, probe, reply, text, typed, with};
use crate::model::exchange::{Outcome, Reply};
use crate::model::layer::Layer;
use crate::model::verdict::Verdict;
use serde_json::{Value, json};

const DEAL: &str = "escrow-box/deals.get/path-unknown-id";
const CITIES: &str = "escrow-box/handlers.cities";
const WRONG: &str = "escrow-box/deals.create/member-type/cartId.string";
const UNKNOWN_PATH: &str = "escrow-box/no-operation/path-unknown/inside";
const WRONG_METHOD: &str = "escrow-box/deals.get/method-unsupported/PUT";

fn under(status: u16, error: &Value) -> Reply {
    let reply = reply(status, &json!({ "error": error }));
    if status == 405 { with(reply, "allow", "OPTIONS") } else { reply }
}

#[test]
fn the_status_of_an_unhandled_error_is_400_or_5xx() {
    let unhandled = json!({"code": "UNKNOWN_ERROR", "message": "Internal server error"});
    let named = "warning fault-unhandled /error/code";
    for status in [400, 500, 502, 503] {
        check(&[(DEAL, under(status, &unhandled), &[named])]);
    }
    for status in [401, 403, 404, 405, 415, 422] {
        let id = probe(DEAL);
        let found = lines(&judged(id, Outcome::Reply(under(status, &unhandled)), false));
        assert!(found.contains(&"error code-contradicts-status status".to_owned()), "{status}: {found:?}");
    }
    check(&[
        (DEAL, under(302, &unhandled), &["error request-redirected status"]),
        (DEAL, under(200, &unhandled), &["error code-contradicts-status status", "error error-under-success status"]),
        // The shape is checked in full all the same.
        (
            DEAL,
            under(500, &json!({"code": "UNKNOWN_ERROR", "message": null, "fields": {"id": 1}})),
            &[named, "error schema-violation /error/message", "error schema-violation /error/fields/id"],
        ),
    ]);
}

#[test]
fn an_envelope_with_another_status_is_drift_and_no_challenge_is_asked_for() {
    let error = json!({"code": "FORMAT_ERROR", "message": "wrong"});
    let required = json!({"code": "NOT_ALLOWED", "message": "Authorization credentials are required"});
    let absent = format!("{CITIES}/credentials-absent");
    for status in [401, 403, 404, 405, 415, 422] {
        check(&[(DEAL, under(status, &error), &["error status-unexpected status"])]);
        check(&[(UNKNOWN_PATH, under(status, &error), &["error status-unexpected status"])]);
        check(&[(WRONG_METHOD, under(status, &error), &["error status-unexpected status"])]);
        let found = lines(&judged(probe(&absent), Outcome::Reply(under(status, &required)), false));
        assert!(found.iter().any(|line| line.starts_with("error ")), "{status}: {found:?}");
        assert!(!found.iter().any(|line| line.contains("www-authenticate")), "{found:?}");
    }
    check(&[(DEAL, under(500, &error), &["error status-class-unexpected status"])]);
    check(&[(&absent, under(400, &required), &[])]);
}

#[test]
fn a_router_that_knows_no_such_path_or_method_is_only_noted_unless_strict() {
    for id in [UNKNOWN_PATH, WRONG_METHOD] {
        for status in [404, 405] {
            for (media_type, body) in [("text/html", NGINX), ("text/plain", "nope"), ("text/html", "")] {
                check_with(false, &[(id, typed(status, media_type, body), &["note reply-ungoverned status"])]);
                check_with(true, &[(id, typed(status, media_type, body), &["error reply-ungoverned status"])]);
            }
        }
        // Any other status without the envelope is drift.
        check(&[(id, typed(403, "text/html", NGINX), &["error body-not-json", "error status-unexpected status"])]);
    }
    check(&[
        (UNKNOWN_PATH, typed(400, "text/html", NGINX), &["error body-not-json"]),
        // An HTTP server below the service may not know the method at all.
        (WRONG_METHOD, typed(400, "text/plain", ""), &["note reply-ungoverned status"]),
    ]);
    check(&[(DEAL, typed(404, "text/html", NGINX), &["error body-not-json", "error status-unexpected status"])]);
}

#[test]
fn a_malformed_body_is_answered_400_with_any_code() {
    let ids = ["body-truncated/behind-colon", "body-root-type/array", "body-root-type/string", "body-root-type/number"];
    for id in ids {
        let id = &format!("escrow-box/deals.create/{id}");
        check(&[
            (id, escrow(&json!({"code": "ANY_CODE"})), &[]),
            (id, escrow(&json!({"code": "NOT_ALLOWED"})), &["warning code-unexpected /error/code"]),
            (id, typed(400, "text/html", "<html><pre>SyntaxError</pre></html>"), &["error body-not-json"]),
            (id, escrow(&json!({"code": "X", "fields": "FORMAT_ERROR"})), &["error schema-violation /error/fields"]),
        ]);
    }
}

#[test]
fn each_malformed_header_has_the_first_message_and_an_unknown_login_the_second() {
    let first = json!({"code": "NOT_ALLOWED", "message": "Authorization credentials are required"});
    let second =
        json!({"code": "NOT_ALLOWED", "message": "Wrong authorization credentials have been passed to headers"});
    let third = json!({"code": "NOT_ALLOWED", "message": "Client is not ACTIVE"});
    let another: &[&str] = &["warning message-unexpected /error/message"];
    for fault in ["absent", "wrong-scheme", "bare-scheme", "not-base64", "no-colon", "unencoded"] {
        let id = &format!("{CITIES}/credentials-{fault}");
        check(&[(id, escrow(&first), &[]), (id, escrow(&second), another), (id, escrow(&third), another)]);
    }
    let (unknown, inactive) = (format!("{CITIES}/credentials-unknown"), format!("{CITIES}/credentials-forbidden"));
    check(&[
        (&unknown, escrow(&second), &[]),
        (&unknown, escrow(&first), another),
        (&unknown, escrow(&third), another),
        (&inactive, escrow(&third), &[]),
        (&inactive, escrow(&first), another),
    ]);
    // A field that is there and empty, or Base64 that is cut, may be read either way.
    for fault in ["empty", "truncated", "twice"] {
        let id = &format!("{CITIES}/credentials-{fault}");
        check(&[(id, escrow(&first), &[]), (id, escrow(&second), &[]), (id, escrow(&third), another)]);
    }
}

#[test]
fn the_message_may_be_absent_and_its_wording_is_only_warned_of() {
    let absent = &format!("{CITIES}/credentials-absent");
    let another = json!({"code": "NOT_ALLOWED", "message": "No Authorization"});
    check(&[
        (absent, escrow(&json!({"code": "NOT_ALLOWED"})), &[]),
        (absent, escrow(&another), &["warning message-unexpected /error/message"]),
        (absent, escrow(&json!({"code": "NO_AUTH"})), &["error code-unexpected /error/code"]),
        (DEAL, escrow(&json!({"code": "DEAL_UNKNOWN", "message": "Any text"})), &[]),
    ]);
}

#[test]
fn members_of_the_error_have_their_types() {
    let wrong = |member: &str, value: Value| {
        let mut error = json!({"code": "X"});
        error[member] = value;
        escrow(&error)
    };
    for value in [json!(null), json!(1), json!(true), json!([]), json!({})] {
        check(&[(DEAL, wrong("message", value), &["error schema-violation /error/message"])]);
    }
    for value in [json!(null), json!(1), json!(true), json!([]), json!("X")] {
        check(&[(DEAL, wrong("fields", value), &["error schema-violation /error/fields"])]);
    }
    for value in [json!(null), json!(1), json!([]), json!({}), json!("")] {
        check(&[(DEAL, wrong("code", value), &["error schema-violation /error/code"])]);
    }
    check(&[
        (DEAL, wrong("message", json!("")), &["warning convention-broken /error/message"]),
        (DEAL, wrong("fields", json!({})), &["warning convention-broken /error/fields"]),
        (DEAL, wrong("code", json!("some_code")), &["note convention-broken /error/code"]),
        (DEAL, escrow(&json!({"message": "x"})), &["error schema-violation /error/code"]),
        (DEAL, escrow(&json!("x")), &["error schema-violation /error"]),
        (
            DEAL,
            reply(400, &json!({"code": "X"})),
            &["error format-foreign", "error schema-violation /error", "warning member-undocumented /code"],
        ),
    ]);
}

#[test]
fn the_leaves_of_fields_are_texts() {
    let leaf = |fields: Value| escrow(&json!({"code": "X", "fields": fields}));
    let pay = "escrow-box/deals.pay/member-missing/card.id";
    for value in [json!(1), json!(0.5), json!(true), json!(null), json!("")] {
        check(&[
            (WRONG, leaf(json!({"cartId": value.clone()})), &["error schema-violation /error/fields/cartId"]),
            (pay, leaf(json!({"card": {"id": value}})), &["error schema-violation /error/fields/card/id"]),
        ]);
    }
    check(&[
        (WRONG, leaf(json!({"cartId": "NOT_INTEGER", "lg": "NOT_ALLOWED_VALUE"})), &[]),
        (pay, leaf(json!({"card": {"id": "REQUIRED", "securityCode": "REQUIRED"}})), &[]),
        // The whole object was wrong.
        (pay, leaf(json!({"card": "FORMAT_ERROR"})), &[]),
        // An object of free keys has elements of its own.
        (WRONG, leaf(json!({"handler": {"sender": {"phones": [null, "WRONG_FORMAT"]}}})), &[]),
        (
            WRONG,
            leaf(json!({"handler": {"sender": {"phones": [null, 1, ""]}}})),
            &[
                "error schema-violation /error/fields/handler/sender/phones/1",
                "error schema-violation /error/fields/handler/sender/phones/2",
            ],
        ),
    ]);
}

#[test]
fn fields_mirror_what_the_operation_declares() {
    let mirror = |fields: Value| escrow(&json!({"code": "X", "fields": fields}));
    let nothing = "error fields-mirror-nothing";
    let amount = "escrow-box/payers.commission/query-ill-typed/amount";
    check(&[
        // A path name, a query name, a member that was not sent.
        (DEAL, mirror(json!({"id": "WRONG_FORMAT"})), &[]),
        (amount, mirror(json!({"amount": "NOT_INTEGER"})), &[]),
        (amount, mirror(json!({"payerType": "NOT_ALLOWED_VALUE"})), &[]),
        (WRONG, mirror(json!({"payment": {"type": "REQUIRED"}})), &[]),
        // A name that nothing declares, at each depth, and the page's own sample copied.
        (DEAL, mirror(json!({"someField": "SOME_CODE"})), &["error fields-mirror-nothing /error/fields/someField"]),
        (
            WRONG,
            mirror(json!({"payment.type": "REQUIRED"})),
            &["error fields-mirror-nothing /error/fields/payment.type"],
        ),
        (
            WRONG,
            mirror(json!({"payment": {"kind": "REQUIRED"}, "data": "X"})),
            &[
                "error fields-mirror-nothing /error/fields/payment/kind",
                "error fields-mirror-nothing /error/fields/data",
            ],
        ),
        // Structure where a value is declared.
        (WRONG, mirror(json!({"cartId": {"value": "X"}})), &["error fields-mirror-nothing /error/fields/cartId"]),
        (WRONG, mirror(json!({"cartId": ["X"]})), &["error fields-mirror-nothing /error/fields/cartId"]),
        // Free keys are all declared.
        ("escrow-box/deals.update/path-unknown-id", mirror(json!({"whatever": {"it": "IS"}})), &[]),
    ]);
    // A path that no operation has declares nothing to be mirrored.
    let found = lines(&judged(probe(UNKNOWN_PATH), Outcome::Reply(mirror(json!({"x": "Y"}))), false));
    assert!(!found.iter().any(|line| line.starts_with(nothing)), "{found:?}");
}

#[test]
fn members_beside_are_warned_of_and_those_of_the_sister_service_are_drift() {
    let error = json!({"code": "X"});
    check(&[
        (DEAL, reply(400, &json!({"error": error, "traceId": "1"})), &["warning member-undocumented /traceId"]),
        (DEAL, escrow(&json!({"code": "X", "hint": "1"})), &["warning member-undocumented /error/hint"]),
        (DEAL, reply(400, &json!({"error": error, "data": null})), &["error member-undocumented /data"]),
        (DEAL, reply(400, &json!({"error": error, "status": 0})), &["error member-undocumented /status"]),
        (
            DEAL,
            reply(200, &json!({"status": 0, "error": error})),
            &["error error-under-success status", "error member-undocumented /status"],
        ),
    ]);
}

#[test]
fn media_types_and_duplicate_names_are_warned_of() {
    let body = "{\"error\":{\"code\":\"X\"}}";
    let untyped = Reply { headers: Vec::new(), ..text(400, body) };
    check(&[
        (DEAL, typed(400, "text/html", body), &["warning media-type-unexpected header:content-type"]),
        (DEAL, typed(400, "application/vnd.api+json", body), &["warning media-type-unexpected header:content-type"]),
        (DEAL, untyped, &["warning media-type-missing header:content-type"]),
        (DEAL, typed(400, "application/json; charset=utf-8", body), &[]),
        (
            DEAL,
            text(400, "{\"error\":{\"code\":\"Y\",\"code\":\"X\"}}"),
            &["warning body-duplicate-member /error/code"],
        ),
    ]);
}

#[test]
fn a_limit_of_the_gateway_is_named_so() {
    let long = "escrow-box/deals.get/path-long-segment/id";
    let judgement = judged(probe(long), Outcome::Reply(typed(414, "text/html", NGINX)), false);
    assert_eq!(judgement.origin.as_ref().map(|origin| origin.layer), Some(Layer::Gateway));
    assert_eq!(judgement.verdict(), Verdict::Pass, "{:?}", lines(&judgement));
    for status in [429, 502, 503, 504] {
        let judgement = judged(probe(DEAL), Outcome::Reply(typed(status, "text/html", NGINX)), false);
        assert_eq!(lines(&judgement), ["warning service-unavailable status"]);
        assert_eq!(judgement.verdict(), Verdict::Inconclusive);
    }
}
