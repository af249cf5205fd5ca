//! Targets that accept what they must refuse: at most three requests that may change something are accepted, whatever the
//! target does, however many are sent at once.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use crate::brake::target::{Act, TIERS, Target, changed, intrusive, json, refusal, reply, run};
use crate::support::deployment;
use errdrift::reference::Api;

/// Runs of a suite in all tiers and of what is sent by name alone: no more than three are accepted in each, and the report
/// names each of them.
fn everything(api: Api, target: &Target, jobs: &str) {
    for chosen in [TIERS.to_vec(), intrusive()] {
        let before = target.done();
        let (ran, report) = run(api.id(), &target.url, &[&chosen[..], &["--jobs", jobs]].concat());
        let accepted = target.done() - before;
        assert!(accepted <= 3, "{} with {jobs} jobs: {accepted} accepted", api.id());
        assert_eq!(changed(&report).len(), accepted, "{:#}", report["may_have_changed"]);
        assert!([1, 3].contains(&ran.code), "{}", ran.stdout);
        let told = report["not_exercised"].to_string();
        assert!(told.contains("nothing that may change") || accepted < 3, "{told}");
    }
}

/// A name, and how every request is answered.
type Alike = (&'static str, fn() -> Act);

#[test]
fn nothing_that_may_change_something_is_sent_to_a_target_that_answers_everything_alike() {
    let page = "<!doctype html><html><title>Console</title><div id=root></div></html>";
    let late = |reply| Act::Late(Duration::from_millis(50), reply);
    let alike: [Alike; 2] = [
        ("200", || Act::Answer(json("200 OK", "{}"))),
        ("303", || Act::Answer("HTTP/1.1 303 See Other\r\nLocation: /done\r\nContent-Length: 0\r\n\r\n".to_owned())),
    ];
    for api in Api::ALL {
        let answers = [
            ("created", json("201 Created", "{\"id\": 7}")),
            ("accepted", json("202 Accepted", "[]")),
            ("nothing", "HTTP/1.1 204 No Content\r\n\r\n".to_owned()),
            ("a page", reply("200 OK", "text/html", page)),
            ("a page called JSON", reply("200 OK", "application/json", page)),
        ];
        let mut targets: Vec<(&str, Target)> = answers
            .into_iter()
            .map(|(name, reply)| (name, Target::start(None, move |_| Act::Answer(reply.clone()))))
            .collect();
        targets.extend(alike.map(|(name, act)| (name, Target::start(None, move |_| act()))));
        targets.push(("late", Target::start(None, move |_| late(json("200 OK", "{}")))));
        for (name, target) in targets {
            for chosen in [TIERS.to_vec(), intrusive()] {
                let (ran, report) = run(api.id(), &target.url, &[&chosen[..], &["--jobs", "64"]].concat());
                assert_eq!(target.changing(), 0, "{name}");
                ran.exits(3);
                assert_eq!(report["summary"]["passed"], 0, "{name}");
                assert_eq!(report["drifts"], serde_json::json!([]), "{name}");
            }
        }
    }
}

#[test]
fn a_catch_all_is_told_by_the_path_that_does_not_exist() {
    let target = Target::start(None, |_| Act::Answer(json("200 OK", "{}")));
    let (ran, report) = run("oz-api", &target.url, &[]);
    let ran = ran.exits(3);
    let last = ran.stdout.lines().last().unwrap();
    assert!(last.contains("NOT JUDGED") && last.contains("not the API"), "{last}");
    let reasons = report["reasons"].to_string();
    assert!(reasons.contains("/api/errdrift-nowhere") && reasons.contains("check --target"), "{reasons}");
}

#[test]
fn a_catch_all_behind_a_login_is_known_with_the_credential() {
    let target = Target::start(None, |asked| {
        let known = asked.credential || asked.path == "/api/version";
        Act::Answer(if known { json("200 OK", "{}") } else { json("401 Unauthorized", "{}") })
    });
    let (ran, report) = run("oz-api", &target.url, &[]);
    ran.exits(3);
    assert_eq!(target.changing(), 0);
    assert!(report["reasons"].to_string().contains("/api/errdrift-nowhere"), "{}", report["reasons"]);
}

#[test]
fn a_target_that_reads_rightly_and_accepts_every_write_is_stopped() {
    let answers = [
        ("16", json("200 OK", "{}")),
        ("64", json("201 Created", "{}")),
        ("16", "HTTP/1.1 204 No Content\r\n\r\n".to_owned()),
        ("64", "HTTP/1.1 303 See Other\r\nLocation: /api/done\r\nContent-Length: 0\r\n\r\n".to_owned()),
    ];
    for (api, (jobs, answer)) in Api::ALL.into_iter().flat_map(|api| answers.clone().map(|answer| (api, answer))) {
        let running = deployment(api, None);
        let target =
            Target::start(
                Some(&running),
                move |asked| {
                    if asked.changes() { Act::Answer(answer.clone()) } else { Act::Pass }
                },
            );
        everything(api, &target, jobs);
    }
}

#[test]
fn a_target_that_accepts_everything_but_a_path_that_does_not_exist_is_stopped() {
    for (api, jobs) in [(Api::OzApi, "64"), (Api::EscrowBox, "16")] {
        let target = Target::start(None, |asked| {
            let missing = asked.path.contains("nowhere");
            Act::Answer(if missing { json("404 Not Found", "{}") } else { json("200 OK", "[]") })
        });
        everything(api, &target, jobs);
    }
}

#[test]
fn a_slow_target_has_at_most_three_under_way_or_accepted_with_64_jobs() {
    let running = deployment(Api::OzApi, None);
    let target = Target::start(Some(&running), |asked| {
        if asked.changes() { Act::Late(Duration::from_millis(50), json("200 OK", "{}")) } else { Act::Pass }
    });
    let (ran, report) = run("oz-api", &target.url, &[&TIERS[..], &["--jobs", "64"]].concat());
    ran.exits(1);
    assert_eq!((target.done(), changed(&report).len()), (3, 3));
    assert!(target.most() <= 3, "{} at once", target.most());
}

#[test]
fn a_target_that_refuses_some_first_is_stopped_all_the_same() {
    for (api, first) in [(Api::OzApi, 1), (Api::OzApi, 40), (Api::OzApi, 400), (Api::EscrowBox, 40)] {
        let running = deployment(api, None);
        let target = Target::start(Some(&running), move |asked| {
            if asked.changes() && asked.before >= first {
                Act::Late(Duration::from_millis(5), json("200 OK", "{}"))
            } else {
                Act::Pass
            }
        });
        let (ran, report) = run(api.id(), &target.url, &["--jobs", "64"]);
        ran.exits(1);
        assert_eq!((target.done(), changed(&report).len()), (3, 3), "after {first}");
        assert!(target.most() <= 3, "{} at once", target.most());
    }
}

#[test]
fn a_target_whose_every_second_write_is_accepted_is_stopped() {
    let target = Target::start(None, |asked| {
        if asked.path.contains("nowhere") {
            Act::Answer(json("404 Not Found", r#"{"error_code": 10, "error_message": "no"}"#))
        } else if asked.changes() && asked.before.is_multiple_of(2) {
            Act::Answer(refusal(Api::OzApi))
        } else {
            Act::Answer(json("200 OK", "{}"))
        }
    });
    let (ran, report) = run("oz-api", &target.url, &["--jobs", "64"]);
    ran.exits(1);
    assert_eq!((target.done(), changed(&report).len()), (3, 3));
}

#[test]
fn the_first_that_is_accepted_is_the_last_of_its_operation_and_the_others_go_on() {
    let running = deployment(Api::OzApi, None);
    let target = Target::start(Some(&running), |asked| {
        let accepts = asked.method == "POST" && asked.path == "/api/folders/";
        if accepts { Act::Answer(json("201 Created", "{\"id\": 1}")) } else { Act::Pass }
    });
    let (ran, report) = run("oz-api", &target.url, &["--jobs", "16"]);
    ran.exits(1);
    let operations: BTreeSet<&str> =
        changed(&report).iter().map(|request| request["operation"].as_str().unwrap()).collect();
    assert_eq!(operations.into_iter().collect::<Vec<_>>(), ["folders.create"]);
    assert_eq!(target.done(), 1);
    let unsent: Vec<_> = report["not_exercised"].as_array().unwrap().iter().collect();
    let braked: Vec<_> =
        unsent.iter().filter(|unsent| unsent["reason"].to_string().contains("accepted what must be refused")).collect();
    assert!(!braked.is_empty(), "{unsent:?}");
    assert!(braked.iter().all(|unsent| unsent["probe"].as_str().unwrap().starts_with("oz-api/folders.create/")));
    assert!(target.changing() > 500, "{} writes", target.changing());
}

#[test]
fn an_error_under_success_is_a_refusal() {
    let running = deployment(Api::OzApi, None);
    let target = Target::start(Some(&running), |asked| {
        let error = r#"{"error_code": 3, "error_message": "no", "details": null}"#;
        if asked.changes() { Act::Answer(json("200 OK", error)) } else { Act::Pass }
    });
    let (ran, report) = run("oz-api", &target.url, &[]);
    ran.exits(1);
    assert_eq!(changed(&report).len(), 0);
    assert!(target.changing() > 1_000, "{} writes", target.changing());
}

#[test]
fn what_is_sent_several_times_obeys_the_brake() {
    let running = deployment(Api::OzApi, None);
    let seen = Mutex::new(BTreeSet::new());
    // Each write is refused once and accepted when it comes again.
    let target = Target::start(Some(&running), move |asked| {
        let fresh = seen.lock().unwrap().insert(format!("{} {}", asked.method, asked.path));
        if asked.changes() && !fresh { Act::Answer(json("200 OK", "{}")) } else { Act::Pass }
    });
    let (ran, report) = run("oz-api", &target.url, &["--repeat", "5", "--jobs", "64"]);
    ran.exits(1);
    assert_eq!((target.done(), changed(&report).len()), (3, 3));
}

#[test]
fn two_sides_are_stopped_each() {
    let running = deployment(Api::OzApi, None);
    let sides = ["200 OK", "202 Accepted"].map(|status| {
        Target::start(
            Some(&running),
            move |asked| {
                if asked.changes() { Act::Answer(json(status, "{}")) } else { Act::Pass }
            },
        )
    });
    let mut command =
        crate::support::errdrift(&["compare", "oz-api", "--left", &sides[0].url, "--right", &sides[1].url]);
    command.envs(errdrift::reference::environment(Api::OzApi).iter().copied());
    let output = command.output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    for (side, name) in sides.iter().zip(["left", "right"]) {
        assert_eq!(side.done(), 3, "{stdout}");
        assert!(stdout.contains(&format!("{name}: this run may have changed the target")), "{stdout}");
    }
}
