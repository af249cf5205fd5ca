//! Requests that may change something and get no answer: nobody knows whether they were carried out.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::brake::target::{Act, TIERS, Target, changed, run};
use crate::support::deployment;
use errdrift::reference::Api;

#[test]
fn a_target_that_closes_on_every_write_is_let_to_carry_out_three() {
    for (api, jobs) in [(Api::OzApi, "1"), (Api::OzApi, "64"), (Api::EscrowBox, "16")] {
        let running = deployment(api, None);
        let target = Target::start(Some(&running), |asked| if asked.changes() { Act::Close } else { Act::Pass });
        let (ran, report) = run(api.id(), &target.url, &[&TIERS[..], &["--jobs", jobs]].concat());
        let ran = ran.exits(1);
        assert!(target.done() <= 3, "{} writes", target.done());
        let told = changed(&report);
        assert!(!told.is_empty() && told.iter().all(|request| request["status"].is_null()), "{told:?}");
        let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("that must be refused had no answer") && text.contains(": no answer ("), "{text}");
        // What the suite wants of a whole run cannot be there, and need not be told.
        assert!(!text.contains("(minimum)"), "{text}");
    }
}

#[test]
fn one_connection_in_fifty_may_be_lost_and_nothing_is_found_or_held_back() {
    for api in Api::ALL {
        let running = deployment(api, None);
        let number = AtomicUsize::new(0);
        let target = Target::start(Some(&running), move |_| {
            if number.fetch_add(1, Ordering::SeqCst) % 50 == 7 { Act::Close } else { Act::Pass }
        });
        let (ran, report) = run(api.id(), &target.url, &[]);
        ran.exits(0);
        assert_eq!((changed(&report).len(), report["drifts"].clone()), (0, serde_json::json!([])));
    }
}

#[test]
fn an_operation_that_never_answers_writes_does_not_end_the_others() {
    let running = deployment(Api::OzApi, None);
    let target = Target::start(Some(&running), |asked| {
        if asked.method == "POST" && asked.path == "/api/folders/" { Act::Close } else { Act::Pass }
    });
    let (ran, report) = run("oz-api", &target.url, &[]);
    ran.exits(1);
    assert!(target.done() <= 3, "{} writes to it", target.done());
    let reasons = report["reasons"].to_string();
    assert!(reasons.contains("oz-api/folders.create that must be refused had no answer"), "{reasons}");
    assert!(target.changing() > 1_000, "{} writes", target.changing());
}

#[test]
fn an_operation_that_refuses_some_and_loses_some_is_not_held_back() {
    let running = deployment(Api::OzApi, None);
    let number = AtomicUsize::new(0);
    // After the first, every other write to the folders is lost, and each time it is sent again.
    let target = Target::start(Some(&running), move |asked| {
        let folders = asked.method == "POST" && asked.path == "/api/folders/";
        if folders && number.fetch_add(1, Ordering::SeqCst) % 8 >= 4 { Act::Close } else { Act::Pass }
    });
    let (ran, report) = run("oz-api", &target.url, &["--operation", "folders.create", "--jobs", "1"]);
    ran.exits(1);
    assert_eq!(report["not_exercised"], serde_json::json!([]));
    assert!(!changed(&report).is_empty());
}

#[test]
fn what_was_under_way_when_the_run_was_ended_is_told() {
    let running = deployment(Api::OzApi, None);
    let (reached, reach) = std::sync::mpsc::channel();
    let reached = std::sync::Mutex::new(reached);
    let target = Target::start(Some(&running), move |asked| {
        if !asked.changes() {
            return Act::Pass;
        }
        reached.lock().unwrap().send(()).unwrap();
        Act::Late(std::time::Duration::from_secs(60), String::new())
    });
    let file = tempfile::NamedTempFile::new().unwrap();
    let json = format!("json={}", file.path().display());
    let arguments = ["run", "oz-api", "--target", &target.url, "--quiet", "--operation", "users.create"];
    let mut command = crate::support::errdrift(&[&arguments[..], &["--timeout", "50s", "--report", &json]].concat());
    command.envs(errdrift::reference::environment(Api::OzApi).iter().copied());
    let run = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    reach.recv().unwrap();
    let sent = std::process::Command::new("kill").args(["-s", "TERM", &run.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        stdout.contains("this run may have changed the target: 1 request that must be refused had no answer"),
        "{stdout}"
    );
    let report: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file.path()).unwrap()).unwrap();
    assert_eq!(changed(&report).len(), 1);
}
