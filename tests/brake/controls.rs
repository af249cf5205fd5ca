//! Before anything leaves that may change something, it is known that the target is the API: by the form of its controls.

use std::path::PathBuf;

use crate::brake::target::{Act, Target, json, reply, run};
use crate::support::{deployment, ran};
use errdrift::reference::Api;

const SUITE: &str = r#"id = "things"
title = "Things"
contract = "oz-api"
prefix = "/api"

[[operation]]
id = "things.list"
method = "GET"
path = "/api/things"
effect = "none"
control = CONTROL

[[operation]]
id = "things.create"
method = "POST"
path = "/api/things"
effect = "creates"
controlled_by = "things.list"
body = { media_type = "application/json", members.size = { type = "integer" }, anchor = { member = "size", value = "x", cause = "wrong-type" } }
"#;

/// A suite whose control is declared so.
fn suite(control: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("things.toml");
    std::fs::write(&file, SUITE.replace("CONTROL", control)).unwrap();
    (folder, file)
}

/// A target whose list is answered so, and that refuses everything else.
fn listing(answer: String) -> Target {
    Target::start(None, move |asked| match (asked.method, asked.path) {
        ("GET", "/api/things") => Act::Answer(answer.clone()),
        (_, path) if path.starts_with("/api/things") => {
            Act::Answer(json("400 Bad Request", r#"{"error_code": 3, "error_message": "no", "details": null}"#))
        }
        _ => Act::Answer(json("404 Not Found", r#"{"error_code": 10, "error_message": "no", "details": null}"#)),
    })
}

/// Whether anything that may change something leaves, where the control is declared and answered so.
fn goes_on(control: &str, answer: String) -> bool {
    let (_folder, file) = suite(control);
    let target = listing(answer);
    let (ran, report) = run(file.to_str().unwrap(), &target.url, &[]);
    if target.changing() == 0 {
        assert_eq!((ran.code, report["summary"]["passed"].as_u64()), (3, Some(0)), "{}", ran.stdout);
        let reasons = report["reasons"].to_string();
        assert!(
            reasons.contains("the control of things.list was answered") && reasons.contains("expects"),
            "{reasons}"
        );
    }
    target.changing() > 0
}

#[test]
fn a_control_is_json_unless_its_suite_says_otherwise() {
    let page = || reply("200 OK", "text/html; charset=utf-8", "<html><title>Sign in</title></html>");
    assert!(!goes_on("true", page()));
    assert!(!goes_on("true", reply("200 OK", "text/plain", "ok")));
    assert!(!goes_on("true", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_owned()));
    assert!(goes_on("true", json("200 OK", "[]")));
    assert!(goes_on("true", reply("200 OK", "application/vnd.things+json; charset=utf-8", "{}")));
    assert!(goes_on("true", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]".to_owned()));
    assert!(goes_on("true", "HTTP/1.1 204 No Content\r\n\r\n".to_owned()));
    let text = r#"{ expects = { media_type = "text/plain" } }"#;
    assert!(goes_on(text, reply("200 OK", "Text/Plain; charset=utf-8", "ok")));
    assert!(!goes_on(text, json("200 OK", "{}")));
}

#[test]
fn a_control_has_the_status_and_the_members_that_its_suite_declares() {
    let status = "{ expects = { status = [200, 203] } }";
    assert!(goes_on(status, json("200 OK", "{}")));
    assert!(!goes_on(status, json("202 Accepted", "{}")));
    let members = r#"{ expects = { members = ["items", "/page/size"] } }"#;
    assert!(goes_on(members, json("200 OK", r#"{"items": [], "page": {"size": 7}}"#)));
    assert!(!goes_on(members, json("200 OK", r#"{"items": [], "page": {}}"#)));
    assert!(!goes_on(members, json("200 OK", r#"{"page": {"size": 7}}"#)));
    assert!(!goes_on(members, json("200 OK", "items")));
    assert!(!goes_on(members, "HTTP/1.1 204 No Content\r\n\r\n".to_owned()));
}

#[test]
fn a_wrong_declaration_is_named_with_its_line() {
    for (control, told) in [
        ("{ expects = { status = [404] } }", "status"),
        ("{ expects = { member = [\"items\"] } }", "member"),
        ("{ expects = { media_type = \"json\" } }", "media_type"),
        ("{ expect = { status = [200] } }", "expect"),
        ("{}", "expects"),
        ("\"yes\"", "control"),
    ] {
        let (_folder, file) = suite(control);
        let ran = ran(&["check", file.to_str().unwrap()]).exits(2);
        let text = format!("{}{}", ran.stdout, ran.stderr);
        assert!(text.contains("things.toml:11") && text.contains(told), "{control}: {text}");
    }
    for control in
        ["true", "{ expects = { status = [200], media_type = \"application/json\", members = [\"items\"] } }"]
    {
        let (_folder, file) = suite(control);
        ran(&["check", file.to_str().unwrap()]).exits(0);
    }
}

#[test]
fn a_suite_without_controls_asks_for_a_path_that_does_not_exist_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("things.toml");
    let text = SUITE.replace("control = CONTROL\n", "").replace("controlled_by = \"things.list\"\n", "");
    std::fs::write(&file, text).unwrap();
    let accepting = Target::start(None, |_| Act::Answer(json("201 Created", "{\"id\": 1}")));
    let (ran, report) = run(file.to_str().unwrap(), &accepting.url, &["--operation", "things.create"]);
    ran.exits(3);
    assert_eq!(accepting.changing(), 0, "{}", report["reasons"]);
    let refusing = listing(json("200 OK", "[]"));
    run(file.to_str().unwrap(), &refusing.url, &["--operation", "things.create"]);
    assert!(refusing.changing() > 0);
}

#[test]
fn unknown_paths_that_are_answered_otherwise_than_the_controls_are_drift_and_no_catch_all() {
    for (drift, rule) in
        [("single-page-for-unknown-path", "request-accepted"), ("nothing-for-unknown-path", "request-accepted")]
    {
        let running = deployment(Api::OzApi, Some(drift));
        let (ran, report) = run("oz-api", running.target.as_str(), &[]);
        ran.exits(1);
        assert!(report["drifts"].as_array().unwrap().iter().any(|found| found["rule"] == rule), "{drift}");
    }
    // An error under a success is what the run is to tell of.
    let running = deployment(Api::OzApi, None);
    let target = Target::start(Some(&running), |asked| {
        let error = r#"{"error_code": 10, "error_message": "no", "details": null}"#;
        if asked.path.contains("nowhere") { Act::Answer(json("200 OK", error)) } else { Act::Pass }
    });
    run("oz-api", &target.url, &[]).0.exits(0);
}
