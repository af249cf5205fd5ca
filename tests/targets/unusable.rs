//! Targets of which nothing can be said: exit code 3, and what to check.

use std::io::Write as _;
use std::sync::Mutex;
use std::thread;

use crate::targets::support::{Ran, Rogue, errdrift, nobody, reply, run};
use errdrift::reference::Api;
use errdrift::run::embedded::Running;

/// Nothing was judged, no drift is told of, and the last line has these texts.
#[track_caller]
fn is_not_judged(ran: Ran, texts: &[&str]) {
    let ran = texts.iter().fold(ran.exits(3), |ran, text| ran.concludes(text));
    assert_eq!((ran.number("passed"), ran.number("failed"), ran.number("drifts")), (0, 0, 0));
    assert_eq!(ran.number("inconclusive") + ran.number("not_exercised"), ran.number("probes"));
}

#[test]
fn a_target_that_refuses_connections() {
    is_not_judged(run(&nobody(), &[]), &["NOT JUDGED", "unreachable", "check --target"]);
}

#[test]
fn a_name_that_does_not_resolve() {
    let ran = run("http://nowhere.invalid", &["--timeout", "2s"]);
    // What the system says of it may be long: the whole reason stands above the last line.
    assert!(ran.stdout.contains("check --target"), "{}", ran.stdout);
    is_not_judged(ran, &["NOT JUDGED", "unreachable"]);
}

#[test]
fn a_target_that_closes_without_a_reply() {
    let rogue = Rogue::start(|mut stream| {
        let _ = crate::received::request(&mut stream);
    });
    is_not_judged(run(&rogue.target, &[]), &["closed without a reply", "check --target"]);
}

#[test]
fn a_target_that_resets() {
    // What is closed before it was read is reset.
    is_not_judged(run(&Rogue::start(drop).target, &[]), &["had no answer", "check --target"]);
}

#[test]
fn a_target_that_hangs_costs_a_bounded_time() {
    let held = Mutex::new(Vec::new());
    let rogue = Rogue::start(move |stream| held.lock().unwrap().push(stream));
    is_not_judged(run(&rogue.target, &["--timeout", "300ms"]), &["no reply within 300ms", "check --target"]);
}

#[test]
fn a_target_that_does_not_speak_http() {
    let rogue = Rogue::answering("SSH-2.0-OpenSSH_9.9\r\n");
    is_not_judged(run(&rogue.target, &[]), &["not HTTP", "check --target"]);
}

#[test]
fn a_target_whose_header_has_no_end() {
    let rogue = Rogue::start(|mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"X-More: and more and more and more and more and more\r\n").is_ok() {}
    });
    is_not_judged(run(&rogue.target, &["--timeout", "1s"]), &["did not come whole", "check --target"]);
}

#[test]
fn a_target_that_refuses_every_credential() {
    let body = r#"{"error_code": 7, "error_message": "AUTH INVALID", "details": null}"#;
    // It asks for credentials where none are needed, too, so that no control succeeds.
    let rogue = Rogue::answering(reply("401 Unauthorized", "application/json", body));
    is_not_judged(run(&rogue.target, &[]), &["was answered 401", "check --target and the credentials"]);
}

#[test]
fn a_target_that_has_had_enough() {
    let rogue = Rogue::answering(reply("429 Too Many Requests", "text/plain", "slow down"));
    is_not_judged(run(&rogue.target, &["--max-wait", "0s"]), &["was answered 429", "check"]);
}

#[test]
fn a_host_that_has_no_such_api() {
    let rogue = Rogue::answering(reply("404 Not Found", "text/html", "<html><h1>Not Found</h1></html>"));
    is_not_judged(run(&rogue.target, &[]), &["was answered 404", "check --target"]);
}

#[test]
fn a_target_that_dies_in_the_middle_is_not_hundreds_of_drifts() {
    let running = Running::start(Api::OzApi, None).unwrap();
    let target = running.target.as_str().to_owned();
    let witness = std::sync::Arc::clone(&running.witness);
    let ran = thread::scope(|scope| {
        let run = scope.spawn(|| run(&target, &["--rate", "500/s", "--timeout", "2s"]));
        while witness.requests() < 200 && !run.is_finished() {
            thread::yield_now();
        }
        drop(running);
        run.join().unwrap()
    });
    let ran = ran.exits(3).concludes("the target went away");
    assert_eq!((ran.number("failed"), ran.number("errors")), (0, 0), "{}", ran.stdout);
    assert!(ran.number("passed") > 100 && ran.number("not_exercised") > 500, "{}", ran.report["summary"]);
    assert!(ran.stdout.contains("the rest was not run"), "{}", ran.stdout);
}

#[test]
fn a_report_that_cannot_be_opened_keeps_the_target_from_being_asked() {
    let rogue = Rogue::answering(reply("200 OK", "application/json", "{}"));
    let directory = tempfile::tempdir().unwrap();
    let places = [directory.path().to_owned(), directory.path().join("missing").join("r.json")];
    for place in places {
        let report = format!("json={}", place.display());
        let output = errdrift(&["run", "oz-api", "--target", &rogue.target, "--report", &report]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{place:?}");
        assert!(String::from_utf8(output.stderr).unwrap().contains("cannot write the report"));
    }
    assert_eq!(rogue.accepted(), 0);
}
