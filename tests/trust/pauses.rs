//! A target that asks for a pause gets it, within reason.

use std::sync::Mutex;

use crate::support::deployment;
use crate::trust::front::{Act, Front, answer, drifts, report};
use errdrift::reference::Api;

const LIMITED: &str = "{\"error_code\": 3, \"error_message\": \"Too many requests\"}";
const ONE: [&str; 6] = ["--operation", "folders.list", "--fault", "credentials-absent", "--jobs", "1"];

#[test]
fn a_rate_limit_is_obeyed_and_the_probe_judged_by_what_comes_behind_it() {
    let running = deployment(Api::OzApi, None);
    for (status, field) in
        [("429 Too Many Requests", "Retry-After: 0\r\n"), ("503 Service Unavailable", "Retry-After: 1\r\n")]
    {
        let first = Mutex::new(true);
        let front = Front::start(&running, move |head, _| {
            let refused = !head.contains("x-forensic-access-token") && !head.contains("nowhere");
            if refused && std::mem::take(&mut *first.lock().unwrap()) {
                answer(status, field, LIMITED)
            } else {
                Act::Pass
            }
        });
        let (ran, report) = report("oz-api", &front.target, &ONE);
        let result = &report["results"][0];
        assert_eq!((&result["verdict"], &result["reply"]["status"]), (&"pass".into(), &401.into()), "{}", ran.stdout);
    }
}

#[test]
fn a_rate_limit_of_which_the_document_says_nothing_is_counted_and_no_finding() {
    let running = deployment(Api::OzApi, None);
    let first = Mutex::new(true);
    let front = Front::start(&running, move |head, _| {
        let refused = !head.contains("x-forensic-access-token") && !head.contains("nowhere");
        let once = refused && std::mem::take(&mut *first.lock().unwrap());
        if once { answer("429 Too Many Requests", "Retry-After: 0\r\n", "slow down") } else { Act::Pass }
    });
    let (ran, report) = report("oz-api", &front.target, &ONE);
    let stdout = ran.exits(0).stdout;
    assert_eq!((&report["drifts"], &report["summary"]["rate_limited"]), (&serde_json::json!([]), &1.into()));
    assert!(stdout.contains("1 rate-limited reply"), "{stdout}");
}

#[test]
fn a_limit_that_never_ends_ends_the_run_after_three_operations() {
    let running = deployment(Api::OzApi, None);
    for (field, most) in [("Retry-After: 0\r\n", 8), ("Retry-After: 99999999\r\n", 1), ("", 1)] {
        let front = Front::start(&running, move |head, _| {
            if head.contains("x-forensic-access-token") || head.contains("nowhere") {
                Act::Pass
            } else {
                answer("429 Too Many Requests", field, LIMITED)
            }
        });
        let arguments = ["--fault", "credentials-absent", "--jobs", "1", "--max-wait", "900ms"];
        let (ran, report) = report("oz-api", &front.target, &arguments);
        let stdout = ran.exits(3).stdout;
        assert!(stdout.contains("not run: rate-limited: the run ended after"), "{stdout}");
        assert_eq!((&report["summary"]["inconclusive"], &report["summary"]["failed"]), (&3.into(), &0.into()));
        // Three operations, the controls, and the look at a path outside.
        assert!(front.seen() < 3 * most + 20, "{} requests", front.seen());
    }
}

#[test]
fn the_shape_of_a_limit_is_judged() {
    let running = deployment(Api::OzApi, None);
    let front = Front::start(&running, move |head, _| {
        if head.contains("x-forensic-access-token") || head.contains("nowhere") {
            Act::Pass
        } else {
            answer(
                "429 Too Many Requests",
                "Retry-After: 99999\r\n",
                "{\"error_code\": \"3\", \"error_message\": \"slow\"}",
            )
        }
    });
    let (ran, report) = report("oz-api", &front.target, &ONE);
    ran.exits(1);
    assert_eq!(drifts(&report, "schema-violation").len(), 1, "{report:#}");
    assert!(drifts(&report, "code-unexpected").is_empty(), "{report:#}");
}
