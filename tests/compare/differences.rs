//! Seven known ways in which two deployments differ: all are found and rightly weighed, and nothing else is.

use crate::compare::front::{Front, Reply};
use crate::support::{Ran, deployment, errdrift};
use errdrift::reference;
use errdrift::reference::Api;
use serde_json::{Value, json};

/// The operations, each of which differs in one way.
const OPERATIONS: &[&str] = &[
    "companies.list",
    "users.list",
    "folders.list",
    "collections.list",
    "analyses.get",
    "users.get",
    "folders.get",
    "users.metadata.get",
];

/// What is done to the replies to requests without credentials, by the path that they ask for.
fn seven_ways(line: &str, reply: &mut Reply) {
    let path = line.split(' ').nth(1).unwrap_or_default();
    if reply.body["error_code"] != 6 {
        return;
    }
    match path.trim_end_matches('/').split('/').skip(2).collect::<Vec<_>>().as_slice() {
        ["companies"] => reply.body["error_code"] = json!(9),
        ["users"] => reply.status = 500,
        ["folders"] => {
            reply.body.as_object_mut().unwrap().remove("details");
        }
        ["collections"] => reply.body["error_message"] = json!(401),
        ["analyses", _] => reply.body["hint"] = json!("log in"),
        ["users", _] => reply.body["error_message"] = json!("Please log in"),
        ["folders", _] => "text/plain".clone_into(&mut reply.media_type),
        _ => {}
    }
}

/// `errdrift compare` of Oz API with the deployment's credentials.
pub(crate) fn compare(left: &str, right: &str, arguments: &[&str]) -> Ran {
    let mut command = errdrift(&["compare", "oz-api", "--left", left, "--right", right]);
    command.args(arguments).envs(reference::environment(Api::OzApi).iter().copied());
    Ran::of(&command.output().unwrap())
}

/// The differences, without their probes.
fn differences(ran: &Ran) -> Vec<&str> {
    let weighed = |line: &&str| {
        ["breaking: ", "compatible: ", "cosmetic: ", "intermittent: "].iter().any(|word| line.starts_with(word))
    };
    ran.stdout.lines().filter(weighed).map(|line| line.split(" (").next().unwrap()).collect()
}

#[test]
fn seven_differences_are_found_and_weighed_and_nothing_else_is() {
    let running = deployment(Api::OzApi, None);
    let front = Front::start(&running, seven_ways);
    let chosen: Vec<&str> = OPERATIONS.iter().flat_map(|operation| ["--operation", *operation]).collect();
    let ran = compare(running.target.as_str(), &front.target, &chosen).exits(1);
    let expected = [
        "breaking: the status 401 became 500",
        "breaking: the member /error_message: string became integer",
        "breaking: the member /details is gone",
        "breaking: the media type application/json became text/plain",
        "breaking: the code 6 became 9",
        "compatible: the member /hint is new",
        "cosmetic: the message «No access token was given» became «Please log in»",
        // A number in the place of the message is no message any more.
        "cosmetic: the message «No access token was given» became none",
    ];
    assert_eq!(differences(&ran), expected, "{}", ran.stdout);
    for (way, operation) in [
        ("401 became 500", "users.list"),
        ("string became integer", "collections.list"),
        ("/details is gone", "folders.list"),
        ("became text/plain", "folders.get"),
        ("the code 6", "companies.list"),
        ("/hint is new", "analyses.get"),
        ("became none", "collections.list"),
        ("«Please log in»", "users.get"),
    ] {
        let line = ran.stdout.lines().find(|line| line.contains(way)).unwrap();
        let named: Vec<&str> = line.split("oz-api/").skip(1).collect();
        assert!(!named.is_empty() && named.iter().all(|probe| probe.starts_with(&format!("{operation}/"))), "{line}");
    }
    let last = ran.stdout.lines().last().unwrap();
    assert!(last.starts_with("errdrift: BREAKING: 8 differences (5 breaking, 1 compatible, 2 cosmetic) in "), "{last}");
}

#[test]
fn what_does_not_break_a_client_fails_nothing() {
    let running = deployment(Api::OzApi, None);
    let front = Front::start(&running, |_, reply| reply.body["hint"] = json!(1));
    let one = ["--operation", "folders.list"];
    let ran = compare(running.target.as_str(), &front.target, &one).exits(0);
    assert_eq!(differences(&ran), ["compatible: the member /hint is new"]);
    // Turned round, it is gone.
    let ran = compare(&front.target, running.target.as_str(), &one).exits(1);
    assert_eq!(differences(&ran), ["breaking: the member /hint is gone"]);
}

#[test]
fn a_target_is_the_same_as_itself() {
    let running = deployment(Api::OzApi, None);
    let ran = compare(running.target.as_str(), running.target.as_str(), &["--operation", "folders.list"]).exits(0);
    assert!(
        ran.stdout.contains("errdrift: SAME: no difference in ") && ran.stdout.ends_with("exit 0\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_replica_that_answers_otherwise_now_and_then_breaks_nothing() {
    let running = deployment(Api::OzApi, None);
    let turn = std::sync::atomic::AtomicUsize::new(0);
    let front = Front::start(&running, move |_, reply: &mut Reply| {
        let refused = reply.body["error_code"] == 6;
        if refused && turn.fetch_add(1, std::sync::atomic::Ordering::SeqCst).is_multiple_of(2) {
            reply.body["error_code"] = Value::from("6");
        }
    });
    let one = ["--operation", "folders.list", "--fault", "credentials-absent", "--jobs", "1"];
    let ran = compare(running.target.as_str(), &front.target, &one).exits(0);
    let found = differences(&ran);
    assert!(!found.is_empty() && found.iter().all(|line| line.starts_with("intermittent: ")), "{}", ran.stdout);
    assert!(ran.stdout.contains(" repeats; breaking if it were steady)"), "{}", ran.stdout);
}
