//! Flaky is not drift, and drift is not flaky: what is found is looked for again.

use crate::support::deployment;
use crate::trust::front::{Act, Front, answer, drifts, report};
use errdrift::reference::Api;

/// A front of which one request in four meets a replica that is old: its code is a string.
fn one_in_four(running: &errdrift::run::embedded::Running) -> Front {
    let next = std::sync::atomic::AtomicUsize::new(0);
    Front::start(running, move |head, _| {
        let refused = !head.contains("x-forensic-access-token") && head.starts_with("GET /api/folders/ ");
        let turn = || next.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 4 == 1;
        if refused && turn() {
            answer("401 Unauthorized", "", "{\"error_code\": \"6\", \"error_message\": \"No access token was given\"}")
        } else {
            Act::Pass
        }
    })
}

#[test]
fn one_replica_in_four_is_intermittent_with_its_proportion() {
    let running = deployment(Api::OzApi, None);
    let front = one_in_four(&running);
    let arguments = ["--operation", "folders.list", "--fault", "credentials-absent", "--jobs", "1"];
    let (ran, report) = report("oz-api", &front.target, &[&arguments[..], &["--repeat", "8"]].concat());
    ran.exits(1);
    let intermittent = drifts(&report, "answer-intermittent");
    assert_eq!(intermittent.len(), 1, "{report:#}");
    let actual = intermittent[0]["finding"]["actual"].as_str().unwrap();
    assert!(actual.starts_with("intermittent: 6 of 8 401 with code 6; 2 of 8 401 with code \"6\""), "{actual}");
    let schema = drifts(&report, "schema-violation");
    assert_eq!(schema[0]["repeats"], serde_json::json!({"sent": 8, "shown": 2}));
    assert!(schema[0]["summary"].as_str().unwrap().ends_with("(intermittent: 2 of 8 identical requests)"));
}

#[test]
fn what_is_found_once_is_looked_for_again_without_being_asked() {
    let running = deployment(Api::OzApi, Some("code-as-string-now-and-then"));
    let (ran, report) = report("oz-api", running.target.as_str(), &["--jobs", "1", "--operation", "folders.list"]);
    let drift = drifts(&report, "schema-violation")[0].clone();
    let (sent, shown) = (drift["repeats"]["sent"].as_u64().unwrap(), drift["repeats"]["shown"].as_u64().unwrap());
    assert!(shown < sent && sent >= 4, "{drift}");
    let told = format!("intermittent: {shown} of {sent} identical requests");
    assert!(drift["summary"].as_str().unwrap().contains(&told), "{drift}");
    assert!(ran.exits(1).stdout.contains(&told));
}

#[test]
fn what_is_there_each_time_is_confirmed() {
    let running = deployment(Api::OzApi, Some("code-as-string"));
    let (ran, report) = report("oz-api", running.target.as_str(), &["--operation", "folders.list"]);
    let drift = drifts(&report, "schema-violation")[0].clone();
    assert_eq!(drift["repeats"]["sent"], drift["repeats"]["shown"]);
    assert!(ran.exits(1).stdout.contains("confirmed by 12 repeats"));
}

#[test]
fn what_changes_state_is_not_sent_again() {
    let running = deployment(Api::OzApi, Some("code-as-string"));
    let arguments = ["--operation", "folders.create", "--operation", "users.update"];
    let (ran, report) = report("oz-api", running.target.as_str(), &arguments);
    ran.exits(1);
    let drifts = report["drifts"].as_array().unwrap();
    assert!(!drifts.is_empty() && drifts.iter().all(|drift| drift.get("repeats").is_none()), "{report:#}");
    let probes = usize::try_from(report["summary"]["probes"].as_u64().unwrap()).unwrap();
    let seen = usize::try_from(running.witness.requests()).unwrap();
    assert!(seen <= probes + 10, "{seen} requests for {probes} probes");
}

#[test]
fn a_steady_target_repeats_itself_without_a_finding() {
    let running = deployment(Api::EscrowBox, None);
    let (ran, report) =
        report("escrow-box", running.target.as_str(), &["--operation", "handlers.cities", "--repeat", "5"]);
    ran.exits(0);
    assert_eq!(report["drifts"], serde_json::json!([]));
}

#[test]
fn lost_connections_are_made_again_and_counted_and_nothing_is_found() {
    let running = deployment(Api::OzApi, None);
    // Every request in fifty is lost: twice what the tester must bear.
    let front = Front::start(&running, |_, number| if number % 50 == 7 { Act::Drop } else { Act::Pass });
    let (ran, report) = report("oz-api", &front.target, &["--operation", "folders.list", "--operation", "users.list"]);
    assert_eq!(report["drifts"], serde_json::json!([]), "{}", ran.stdout);
    let lost = report["connection_failures"].as_u64().unwrap();
    assert!(lost > 0);
    assert!(ran.exits(0).stdout.contains("made again"));
}
