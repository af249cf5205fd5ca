//! Targets whose correct requests succeed and whose errors are none: exit code 1, by the rule that says why.

use std::io::Write as _;
use std::sync::Mutex;

use serde_json::Value;

use crate::targets::support::{Rogue, reply, run, run_few};

#[test]
fn a_target_whose_errors_are_all_successes() {
    let rogue = Rogue::with_good_controls(|stream| {
        let _ = stream.write_all(reply("200 OK", "application/json", "[]").as_bytes());
    });
    let ran = run(&rogue.target, &["--operation", "companies.list"]).exits(1).concludes("FAIL");
    assert!(ran.rules().contains("request-accepted"), "{:?}", ran.rules());
    // People read drifts: hundreds of replies of one kind are a few of them.
    assert!(ran.number("drifts") < 40, "{}", ran.number("drifts"));
}

#[test]
fn a_target_whose_errors_are_all_pages() {
    let page = "<!DOCTYPE html><html><head><title>Welcome</title></head><body>It works!</body></html>";
    let rogue = Rogue::with_good_controls(move |stream| {
        let _ = stream.write_all(reply("400 Bad Request", "text/html", page).as_bytes());
    });
    run_few(&rogue.target, &[]).exits(1);
}

#[test]
fn a_hundred_megabytes_are_not_read() {
    let rogue = Rogue::with_good_controls(|stream| {
        let _ = stream.write_all(
            b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n",
        );
        let chunk = vec![b' '; 65_536];
        for _ in 0..1_600 {
            if stream.write_all(&chunk).is_err() {
                return;
            }
        }
    });
    // What is longer than is read cannot be judged.
    let ran = run_few(&rogue.target, &[]).exits(3);
    let longest = ran.report["results"].as_array().unwrap().iter().map(|result| result.to_string().len()).max();
    assert!(longest.unwrap() < 1 << 20, "{longest:?}");
}

#[test]
fn probes_that_are_closed_reset_or_no_http_are_drift_where_controls_are_not() {
    let closed = Rogue::with_good_controls(|_| {});
    assert!(run_few(&closed.target, &[]).exits(1).rules().contains("no-reply"));
    let words = Rogue::with_good_controls(|stream| {
        let _ = stream.write_all(b"{\"error_code\": 3}\n");
    });
    assert!(run_few(&words.target, &[]).exits(1).rules().contains("reply-not-http"));
    let cut = Rogue::with_good_controls(|stream| {
        let _ = stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{");
    });
    assert!(run_few(&cut.target, &[]).exits(1).rules().contains("reply-truncated"));
}

#[test]
fn a_target_that_hangs_on_probes_costs_a_bounded_time_and_is_not_green() {
    let held = Mutex::new(Vec::new());
    let rogue = Rogue::with_good_controls(move |stream| held.lock().unwrap().push(stream.try_clone().unwrap()));
    let ran = run(&rogue.target, &["--operation", "companies.list", "--timeout", "300ms"]);
    assert_ne!(ran.report["exit_code"], 0);
    // Where no URI was sent, silence is whoever's: a warning.
    let judged = |result: &&Value| result["verdict"] == "pass" && result["cause"] != "malformed-http";
    let passed = ran.report["results"].as_array().unwrap().iter().filter(judged);
    assert_eq!(passed.map(|result| result["probe"].to_string()).collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn probes_that_are_throttled_are_not_judged() {
    let rogue = Rogue::with_good_controls(|stream| {
        let _ = stream.write_all(reply("429 Too Many Requests", "text/plain", "slow down").as_bytes());
    });
    let ran = run_few(&rogue.target, &[]).exits(3);
    assert_eq!((ran.number("failed"), ran.number("passed")), (0, 0), "{}", ran.stdout);
}
