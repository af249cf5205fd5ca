//! `judge FILE.har`: the error replies of recorded traffic.

use std::fs;

use crate::support::{Ran, deployment, errdrift};
use errdrift::reference::Api;
use serde_json::{Value, json};

/// What is said of an archive.
fn judged(archive: &str, arguments: &[&str]) -> (Ran, String) {
    let directory = tempfile::tempdir().unwrap();
    let (file, report) = (directory.path().join("traffic.har"), directory.path().join("report.json"));
    fs::write(&file, archive).unwrap();
    let json = format!("json={}", report.display());
    let mut command = errdrift(&["judge", file.to_str().unwrap(), "--report", &json]);
    let ran = Ran::of(&command.args(arguments).output().unwrap());
    (ran, fs::read_to_string(report).unwrap_or_default())
}

/// The traffic of a run against the embedded deployment.
fn traffic(name: Option<&str>) -> String {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("run.har");
    let running = deployment(Api::OzApi, name);
    let har = format!("har={}", file.display());
    let mut command = errdrift(&["run", "oz-api", "--target", running.target.as_str(), "--report", &har]);
    let ran = command.args(["--operation", "folders.get", "--operation", "users.list"]).envs(running.variables());
    Ran::of(&ran.output().unwrap());
    fs::read_to_string(file).unwrap()
}

fn entry(url: &str, request: &Value, status: u16, body: &str) -> Value {
    let headers = json!([
        { "name": "Content-Type", "value": "application/json" },
        { "name": "Content-Encoding", "value": "br" },
        { "name": "WWW-Authenticate", "value": "Bearer" }
    ]);
    json!({
        "startedDateTime": "2026-11-27T10:00:00.000Z",
        "time": 12.5,
        "request": { "method": "GET", "url": url, "headers": request },
        "response": { "status": status, "headers": headers, "content": { "size": body.len(), "text": body } }
    })
}

fn archive(entries: &[Value]) -> String {
    json!({ "log": { "version": "1.2", "entries": entries } }).to_string()
}

const OZ: [&str; 2] = ["--suite", "oz-api"];

#[test]
fn the_traffic_of_a_conforming_deployment_has_no_drift_and_that_of_a_drifting_one_has_its_own() {
    let (ran, _) = judged(&traffic(None), &OZ);
    let ran = ran.exits(0);
    assert!(ran.stdout.contains("no drift"), "{}", ran.stdout);
    for (name, told) in [
        ("renames-details", "`details` is called"),
        ("plain-text-errors", "body-not-json"),
        ("errors-with-200", "error-under-success"),
    ] {
        let (ran, report) = judged(&traffic(Some(name)), &OZ);
        let ran = ran.exits(1);
        assert!(ran.stdout.contains(told), "{name}: {}", ran.stdout);
        assert!(report.contains("oz-api/folders.get/recorded/"), "{name}");
    }
}

#[test]
fn what_answers_any_cause_is_right_and_what_answers_none_is_not() {
    let url = "https://api.example.com/staging/api/folders/9dfb369b-ab13-4fae-a276-55daa05f1119?limit=1";
    let error = |code: i64| json!({ "error_code": code, "error_message": "x", "details": null }).to_string();
    for (status, code, exit) in [(404, 10, 0), (401, 7, 0), (400, 5, 0), (404, 13, 1), (400, 10, 1)] {
        let (ran, _) = judged(&archive(&[entry(url, &json!([]), status, &error(code))]), &OZ);
        let said = ran.stdout.clone();
        assert_eq!(ran.code, exit, "{status} {code}: {said}");
    }
}

#[test]
fn no_credential_of_the_archive_is_told_and_one_in_a_reply_is_found() {
    let token = "5c1f88aa71e04b0d9f6e";
    let fields = json!([
        { "name": "X-Forensic-Access-Token", "value": token },
        { "name": "Cookie", "value": "sid=cookie-4711-value; theme=dark" }
    ]);
    let url = "https://me:pw9@api.example.com/api/users/?access_token=query-secret-0815&api%4bey=k7z#frag";
    let body = json!({ "error_code": 7, "error_message": format!("{token} cookie-4711-value query-secret-0815"), "details": null });
    let (ran, report) = judged(&archive(&[entry(url, &fields, 401, &body.to_string())]), &OZ);
    let ran = ran.exits(1);
    for secret in [token, "cookie-4711-value", "query-secret-0815"] {
        assert!(!ran.stdout.contains(secret) && !report.contains(secret), "{secret} is told");
    }
    // However short: what stands in a URL as a credential is left out of it.
    assert!(!report.contains("pw9") && !report.contains("k7z") && !report.contains("frag"), "{report}");
    assert!(report.contains("credential-disclosed"), "{report}");
}

#[test]
fn what_is_not_judged_is_named_and_traffic_without_an_error_is_never_green() {
    let ok = entry("https://api.example.com/api/users/", &json!([]), 200, "[]");
    let other = entry("https://www.example.com/index.html", &json!([]), 404, "<html>");
    let mut silent = entry("https://api.example.com/api/users/", &json!([]), 0, "");
    silent["response"]["content"] = json!({});
    let mut unrecorded = entry("https://api.example.com/api/users/", &json!([]), 404, "");
    unrecorded["response"]["content"] = json!({ "size": 80 });
    let (ran, _) = judged(&archive(&[ok, other, silent, unrecorded]), &OZ);
    let ran = ran.exits(3);
    for told in ["it is no error", "no suite has its path", "it has no reply", "its body was not recorded"] {
        assert!(ran.stdout.contains(told), "{told}: {}", ran.stdout);
    }
}

#[test]
fn what_is_no_archive_or_names_no_suite_is_an_error() {
    let (ran, _) = judged(&archive(&[]), &[]);
    assert!(ran.exits(2).stderr.contains("--suite SUITE"));
    for text in ["", "{}", "[]", r#"{"log": {"entries": [{}]}}"#] {
        let (ran, _) = judged(text, &OZ);
        assert!(ran.exits(2).stderr.contains("is no HTTP archive"), "{text}");
    }
}
