//! The same mistake in other circumstances, two mistakes at once, and what exists for whom.

use crate::support::deployment;
use crate::trust::front::{Act, Front, answer, drifts, report};
use errdrift::reference::Api;
use serde_json::Value;

/// Whether a request is one that the front answers in another way.
type Is = fn(&str) -> bool;

fn probes(drift: &Value) -> Vec<&str> {
    drift["probes"].as_array().unwrap().iter().map(|probe| probe.as_str().unwrap()).collect()
}

#[test]
fn html_for_browsers_is_found() {
    for api in Api::ALL {
        let running = deployment(api, Some("html-for-browsers"));
        let (ran, report) = report(api.id(), running.target.as_str(), &[]);
        ran.exits(1);
        // A wrong method may be answered in more than one way: what follows for it is a note, folded under the error.
        let varies = drifts(&report, "answer-varies");
        let errors = varies.iter().filter(|drift| drift["severity"] == "error").count();
        assert_eq!(errors, 1, "{varies:#?}");
        assert!(
            varies.iter().flat_map(|drift| probes(drift)).all(|probe| probe.contains("/alike-accept-browser/")),
            "{varies:#?}"
        );
        assert_eq!(drifts(&report, "body-not-json").len(), 1);
    }
}

#[test]
fn each_circumstance_that_changes_an_answer_is_found_alone() {
    let page = || answer("400 Bad Request", "", "{\"error_code\": 0, \"error_message\": \"other\"}");
    let cases: [(&str, Is); 6] = [
        ("alike-language", |head| head.contains("accept-language: uk")),
        ("alike-user-agent", |head| head.contains("user-agent: Mozilla")),
        ("alike-ordinary-client", |head| head.contains("user-agent: errdrift/")),
        ("alike-encoding", |head| head.contains("accept-encoding: gzip")),
        ("alike-accept-problem", |head| head.contains("application/problem+json")),
        ("alike-trailing-slash", |head| head.starts_with("GET /api/users ")),
    ];
    for (fault, is) in cases {
        let running = deployment(Api::OzApi, None);
        let front = Front::start(&running, move |head, _| if is(head) { page() } else { Act::Pass });
        let (ran, report) = report("oz-api", &front.target, &[]);
        ran.exits(1);
        let varies = drifts(&report, "answer-varies");
        assert!(!varies.is_empty(), "{fault}");
        assert!(varies.iter().flat_map(|drift| probes(drift)).all(|probe| probe.contains(fault)), "{varies:#?}");
    }
}

/// What a front does with a request.
type Acts = Box<dyn Fn() -> Act + Send + Sync>;

#[test]
fn what_a_library_cannot_read_is_told_from_a_connection_that_was_lost() {
    let bytes = |bytes: &[u8]| Act::Answer(bytes.to_vec());
    let folded = b"HTTP/1.1 400 Bad Request\r\nX-A: a\r\n b\r\nContent-Length: 2\r\n\r\n{}";
    let cases: [(Acts, &str); 3] = [
        (Box::new(|| Act::Drop), "no-reply"),
        (Box::new(move || bytes(b"garbage\r\n\r\n")), "reply-not-http"),
        (Box::new(move || bytes(folded)), "reply-not-http"),
    ];
    for (act, rule) in cases {
        let running = deployment(Api::EscrowBox, None);
        let front = Front::start(
            &running,
            move |head, _| {
                if head.contains("user-agent: errdrift/") { act() } else { Act::Pass }
            },
        );
        let (ran, report) = report("escrow-box", &front.target, &["--fault", "alike-ordinary-client"]);
        ran.exits(1);
        let found: Vec<_> = report["drifts"].as_array().unwrap().iter().map(|drift| &drift["rule"]).collect();
        assert!(!found.is_empty() && found.iter().all(|found| **found == rule), "{rule}: {found:?}");
    }
}

#[test]
fn gzip_that_was_asked_for_is_read_and_is_no_drift() {
    let running = deployment(Api::OzApi, Some("gzip-unasked"));
    let (ran, unasked) = report("oz-api", running.target.as_str(), &["--fault", "credentials-absent"]);
    ran.exits(1);
    assert_eq!(drifts(&unasked, "content-encoding-unexpected").len(), 1);
    assert_eq!(unasked["drifts"].as_array().unwrap().len(), 1, "the body itself conforms: {}", unasked["drifts"]);
    let (ran, asked) = report("oz-api", running.target.as_str(), &["--fault", "alike-encoding"]);
    assert_eq!(asked["drifts"], serde_json::json!([]), "{}", ran.stdout);
}

#[test]
fn head_that_is_let_in_where_get_is_not_is_an_error_and_a_server_without_it_is_a_note() {
    for (status, severity, code) in
        [("200 OK", "error", 1), ("405 Method Not Allowed", "note", 0), ("500 Oops", "warning", 0)]
    {
        let running = deployment(Api::OzApi, None);
        let front = Front::start(&running, move |head, _| {
            let bare = format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n");
            if head.starts_with("HEAD ") { Act::Answer(bare.into_bytes()) } else { Act::Pass }
        });
        let (ran, report) = report("oz-api", &front.target, &[]);
        ran.exits(code);
        let varies = drifts(&report, "answer-varies");
        assert_eq!((varies.len(), &varies[0]["severity"]), (1, &severity.into()), "{varies:#?}");
    }
}

#[test]
fn of_two_mistakes_it_is_told_which_is_answered() {
    let running = deployment(Api::OzApi, None);
    let (ran, report) = report("oz-api", running.target.as_str(), &["--tier", "core", "--tier", "pairs"]);
    assert!(ran.exits(0).stdout.contains("no-credentials and wrong-method: wrong-method at"));
    let precedence = report["precedence"].as_array().unwrap();
    assert!(precedence.len() > 100);
    assert!(precedence.iter().all(|pair| !pair["answered"].is_null()), "{precedence:#?}");
}

#[test]
fn an_operation_of_its_own_order_is_a_warning() {
    let running = deployment(Api::OzApi, Some("credentials-checked-last-at-folders"));
    let (ran, report) = report("oz-api", running.target.as_str(), &["--tier", "core", "--tier", "pairs"]);
    ran.exits(0);
    let differs = drifts(&report, "precedence-differs");
    assert!(!differs.is_empty());
    assert!(differs.iter().all(|drift| drift["severity"] == "warning"));
    assert!(
        differs.iter().flat_map(|drift| probes(drift)).all(|probe| probe.contains("/folders.list/")),
        "{differs:#?}"
    );
}

#[test]
fn a_breach_of_the_declared_order_is_drift() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("oz-api.toml");
    let text = std::fs::read_to_string("suites/oz-api.toml").unwrap();
    let running = deployment(Api::OzApi, None);
    for (order, code) in [("[\"wrong-method\", \"no-credentials\"]", 0), ("[\"no-credentials\", \"wrong-method\"]", 1)]
    {
        let declared = format!("trailing_slash = true\nprecedence = {order}\n");
        std::fs::write(&file, text.replacen("trailing_slash = true\n", &declared, 1)).unwrap();
        let (ran, report) = report(file.to_str().unwrap(), running.target.as_str(), &["--tier", "pairs"]);
        ran.exits(code);
        assert_eq!(drifts(&report, "precedence-violated").is_empty(), code == 0);
    }
}

#[test]
fn what_exists_is_not_told_to_who_has_no_right_to_it() {
    for (drift, found) in [(None, false), (Some("existence-without-token"), true)] {
        let running = deployment(Api::OzApi, drift);
        let (ran, report) = report("oz-api", running.target.as_str(), &["--operation", "folders.get"]);
        ran.exits(i32::from(found));
        assert_eq!(!drifts(&report, "existence-disclosed").is_empty(), found);
        let asked = report["results"].as_array().unwrap().iter().any(|r| r["fault"] == "known-without-credentials");
        assert!(asked);
    }
}

#[test]
fn a_wording_of_several_codes_and_a_code_of_several_wordings_are_notes() {
    for (drift, rule) in
        [("one-message-for-all", "message-shared-by-codes"), ("unauthorized-at-companies", "message-varies")]
    {
        let running = deployment(Api::OzApi, Some(drift));
        let (ran, report) = report("oz-api", running.target.as_str(), &["--strict"]);
        ran.exits(0);
        let all: Vec<_> = report["drifts"].as_array().unwrap().iter().map(|drift| &drift["rule"]).collect();
        assert!(!all.is_empty() && all.iter().all(|found| **found == rule), "{all:?}");
    }
}
