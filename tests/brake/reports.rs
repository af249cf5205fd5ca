//! Every form of the report begins with what may have changed the target, and says what to look for.

use crate::brake::target::{Act, Target, changed, json, run};
use crate::support::{Ran, deployment, errdrift};
use errdrift::reference::{Api, environment};
use errdrift::render::format::FORMATS;

/// A target that accepts one write of each operation.
fn accepting(running: &errdrift::run::embedded::Running) -> Target {
    Target::start(Some(running), |asked| {
        if asked.changes() { Act::Answer(json("201 Created", "{\"id\": 1}")) } else { Act::Pass }
    })
}

#[test]
fn what_may_have_changed_comes_before_every_drift_in_every_form() {
    let running = deployment(Api::OzApi, None);
    let target = accepting(&running);
    let folder = tempfile::tempdir().unwrap();
    let path = |format: &str| folder.path().join(format);
    let mut command = errdrift(&["run", "oz-api", "--target", &target.url, "--quiet", "--operation", "users.create"]);
    command.envs(environment(Api::OzApi).iter().copied());
    // An archive has exchanges and nothing else.
    let formats = || FORMATS.iter().map(|format| format.word).filter(|word| *word != "har");
    for format in formats() {
        command.args(["--report", &format!("{format}={}", path(format).display())]);
    }
    let ran = Ran::of(&command.output().unwrap()).exits(1);
    let head = "this run may have changed the target: 1 request that must be refused was accepted";
    let mut lines = ran.stdout.lines().filter(|line| !line.is_empty());
    assert!(lines.next().unwrap().starts_with("Target "), "{}", ran.stdout);
    assert_eq!(lines.next(), Some(head));
    assert!(lines.next().unwrap().contains("POST http://"), "{}", ran.stdout);
    for format in formats() {
        let text = std::fs::read_to_string(path(format)).unwrap();
        let told = text.find(if format == "json" { "may_have_changed" } else { head });
        let told = told.unwrap_or_else(|| panic!("{format} does not say it"));
        if format != "json" && format != "sarif" {
            let drift = text.find("request-accepted").unwrap();
            assert!(told < drift, "{format}: a drift comes first");
            assert!(text.contains("something that users.create created"), "{format}");
        }
    }
    // A report is the same when its exchanges are judged again.
    let again = errdrift(&["judge", path("json").to_str().unwrap()]).output().unwrap();
    assert!(Ran::of(&again).stdout.contains(head));
}

#[test]
fn each_request_is_told_with_what_to_look_for_and_without_secrets() {
    let running = deployment(Api::OzApi, None);
    let target = accepting(&running);
    let (ran, report) = run("oz-api", &target.url, &["--operation", "users.create", "--operation", "folders.list"]);
    let ran = ran.exits(1);
    let told = changed(&report);
    assert_eq!(told.len(), 2, "{told:?}");
    for request in told {
        assert!(request["url"].as_str().unwrap().starts_with(&target.url), "{request}");
        assert_eq!(request["status"], 201);
        assert!(humantime::parse_rfc3339(request["time"].as_str().unwrap()).is_ok(), "{request}");
    }
    let of = |operation: &str| told.iter().find(|request| request["operation"] == operation).unwrap();
    assert_eq!(of("users.create")["effect"], "creates");
    assert_eq!(of("folders.list")["effect"], "none");
    assert!(of("folders.list")["look_for"].as_str().unwrap().contains("by a method that is not the operation's"));
    for (_, secret) in environment(Api::OzApi) {
        assert!(!report.to_string().contains(secret) && !ran.stdout.contains(secret));
    }
}

#[test]
fn a_run_that_changes_nothing_says_nothing_of_it() {
    let running = deployment(Api::OzApi, None);
    let (ran, report) = run("oz-api", running.target.as_str(), &["--operation", "users.create"]);
    assert!(!ran.exits(0).stdout.contains("may have changed"));
    assert_eq!(changed(&report).len(), 0);
}

#[test]
fn a_replay_that_may_change_something_asks_first_whether_the_target_is_the_api() {
    let running = deployment(Api::OzApi, None);
    let target = accepting(&running);
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("r.json");
    let json_report = format!("json={}", report.display());
    let arguments = ["run", "oz-api", "--target", &target.url, "--quiet", "--operation", "users.create"];
    let mut command = errdrift(&[&arguments[..], &["--report", &json_report]].concat());
    command.envs(environment(Api::OzApi).iter().copied());
    Ran::of(&command.output().unwrap()).exits(1);
    let stored: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&report).unwrap()).unwrap();
    let probe = changed(&stored)[0]["probe"].as_str().unwrap().to_owned();
    let replay = |target: &str| {
        let mut command = errdrift(&["replay", report.to_str().unwrap(), "--probe", &probe, "--target", target]);
        Ran::of(&command.envs(environment(Api::OzApi).iter().copied()).output().unwrap())
    };
    let again = replay(&target.url).exits(1);
    assert!(again.stdout.contains("this run may have changed the target"), "{}", again.stdout);
    let catch_all = Target::start(None, |_| Act::Answer(json("200 OK", "{}")));
    replay(&catch_all.url).exits(3).says("was not sent");
    assert_eq!(catch_all.changing(), 0);
}
