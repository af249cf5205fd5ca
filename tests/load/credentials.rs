//! Right credentials that are right no more in the middle of a run.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::front::{Act, Front, answer, drifts, report};
use crate::support::deployment;
use errdrift::reference;
use errdrift::reference::Api;
use errdrift::run::embedded::Running;
use serde_json::{Value, json};

const NO: &str = "{\"error_code\": 7, \"error_message\": \"Too many failed attempts\", \"details\": null}";
const PAGE: &str = "<html><h1>Forbidden</h1></html>";

/// Whether the request carries the right token, and whether it carries another one.
fn carries(head: &str) -> (bool, bool) {
    let right = head.contains(reference::environment(Api::OzApi)[0].1);
    (right, !right && head.contains("x-forensic-access-token: ") && !head.contains("x-forensic-access-token: \r\n"))
}

/// A front that locks everybody out after ten wrong tokens.
fn locking(running: &Running, status: &'static str, fields: &'static str, body: &'static str) -> Front {
    let wrong = Arc::new(AtomicUsize::new(0));
    Front::start(running, move |head, _| {
        if carries(head).1 {
            wrong.fetch_add(1, Ordering::SeqCst);
        }
        if wrong.load(Ordering::SeqCst) > 10 { answer(status, fields, body) } else { Act::Pass }
    })
}

/// One reason names the credential and what to do; no error is told.
#[track_caller]
fn is_lost(ran: crate::support::Ran, report: &Value) {
    let stdout = ran.exits(3).stdout;
    let reasons: Vec<_> = report["reasons"].as_array().unwrap().iter().map(|reason| reason.as_str().unwrap()).collect();
    let named = |reason: &&&str| reason.contains("the credential `") && reason.contains("lockout");
    assert_eq!(reasons.iter().filter(named).count(), 1, "{reasons:#?}");
    assert!(reasons.iter().any(|reason| reason.contains("--skip") && reason.contains("OZ_TOKEN")), "{reasons:#?}");
    let errors = report["drifts"].as_array().unwrap().iter().filter(|drift| drift["severity"] == "error");
    assert_eq!(errors.count(), 0, "{stdout}");
    assert_eq!(report["summary"]["failed"], 0, "{stdout}");
}

#[test]
fn a_lockout_is_told_once_and_is_no_drift_however_it_is_answered() {
    let running = deployment(Api::OzApi, None);
    let answers = [
        ("403 Forbidden", "", NO),
        ("401 Unauthorized", "", NO),
        ("423 Locked", "", NO),
        ("400 Bad Request", "", NO),
        ("302 Found", "Location: /login\r\n", ""),
        ("403 Forbidden", "X-Page: yes\r\n", PAGE),
    ];
    for (status, fields, body) in answers {
        let front = locking(&running, status, fields, body);
        let arguments = ["--operation", "folders.list", "--operation", "folders.get", "--operation", "folders.create"];
        let (ran, report) = report("oz-api", &front.target, &arguments);
        is_lost(ran, &report);
        // What was sent before any wrong token is known to be right.
        let results = report["results"].as_array().unwrap();
        // The weaker account's probes are sent with those of the credentials.
        let late = ["credentials", "forbidden"];
        let early = |result: &&Value| !late.iter().any(|word| result["cause"].as_str().unwrap().contains(word));
        let early: Vec<_> = results.iter().filter(early).collect();
        assert!(early.len() > 20 && early.iter().all(|result| result["verdict"] == "pass"), "{status}");
        assert!(report["summary"]["inconclusive"].as_u64().unwrap() > 0, "{status}: {}", report["summary"]);
    }
}

#[test]
fn a_token_that_expires_makes_what_was_sent_since_its_last_good_control_inconclusive() {
    let running = deployment(Api::OzApi, None);
    for jobs in ["1", "16"] {
        let right = Arc::new(AtomicUsize::new(0));
        let front = Front::start(&running, move |head, _| {
            let expired = carries(head).0 && right.fetch_add(1, Ordering::SeqCst) > 700;
            if expired { answer("401 Unauthorized", "", NO) } else { Act::Pass }
        });
        let (ran, report) = report("oz-api", &front.target, &["--jobs", jobs]);
        is_lost(ran, &report);
        let passed = report["summary"]["passed"].as_u64().unwrap();
        // Every 200 probes it was known to be right.
        assert!((400..=900).contains(&passed), "{}", report["summary"]);
        // Nobody goes on with a token that is refused.
        assert!(front.seen() < 1_100, "{}", front.seen());
    }
}

#[test]
fn an_operation_that_refuses_right_credentials_is_drift_while_its_control_is_answered() {
    let running = deployment(Api::OzApi, None);
    let refuses = |head: &str| carries(head).0 && head.starts_with("GET /api/folders/?");
    let front =
        Front::start(&running, move |head, _| if refuses(head) { answer("403 Forbidden", "", NO) } else { Act::Pass });
    let (ran, report) = report("oz-api", &front.target, &["--operation", "folders.list"]);
    let stdout = ran.exits(1).stdout;
    assert_eq!((&report["reasons"], &report["summary"]["inconclusive"]), (&json!([]), &0.into()), "{stdout}");
    assert!(!drifts(&report, "code-unexpected").is_empty(), "{stdout}");
}

#[test]
fn a_control_that_is_answered_each_time_costs_one_request_in_two_hundred() {
    let running = deployment(Api::OzApi, None);
    let front = Front::start(&running, |_, _| Act::Pass);
    let (ran, report) = report("oz-api", &front.target, &[]);
    ran.exits(0);
    let summary = |name: &str| usize::try_from(report["summary"][name].as_u64().unwrap()).unwrap();
    let probes = summary("probes") - summary("not_exercised");
    let more = front.seen() - probes;
    assert!(more <= probes / 200 + 25, "{more} requests beside {probes} probes");
}
