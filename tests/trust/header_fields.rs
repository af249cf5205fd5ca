//! A staging that wants more than the API does: a gateway's login, a tenant, as `--header` or in the suite.

use std::fs;

use crate::support::{Ran, deployment, errdrift};
use crate::trust::front::{Act, Front, answer};
use errdrift::reference::Api;
use errdrift::run::embedded::Running;

const KEY: &str = "gateway-key-61f0c3a7d9";

/// A gateway that lets nothing through without the key, and counts what it refused.
fn gateway(running: &Running) -> Front {
    Front::start(running, |head, _| {
        let field = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(name, _)| name.eq_ignore_ascii_case("x-gateway-key"));
        let has = field.is_some_and(|(_, value)| value.trim_start_matches("Key ") == KEY);
        if has { Act::Pass } else { answer("403 Forbidden", "", "{}") }
    })
}

fn run(running: &Running, target: &str, arguments: &[&str]) -> Ran {
    let mut command = errdrift(&["run", "oz-api", "--target", target]);
    Ran::of(&command.args(arguments).envs(running.variables()).env("GATEWAY_KEY", KEY).output().unwrap())
}

#[test]
fn a_gateway_that_wants_a_field_of_its_own_is_passed_by_every_request() {
    let running = deployment(Api::OzApi, None);
    let front = gateway(&running);
    let without = run(&running, &front.target, &[]).exits(3);
    assert!(!without.stdout.contains(KEY));
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("report.json");
    let json = format!("json={}", file.display());
    for value in ["X-Gateway-Key: ${GATEWAY_KEY}", "X-Gateway-Key:Key ${GATEWAY_KEY}"] {
        let ran = run(&running, &front.target, &["--header", value, "--report", &json, "--verbose"]).exits(0);
        let report = fs::read_to_string(&file).unwrap();
        assert!(!ran.stdout.contains(KEY) && !report.contains(KEY), "the key is told");
        assert!(report.contains("${GATEWAY_KEY}"), "the command that sends a probe again has no field");
    }
}

#[test]
fn a_field_that_a_credential_or_errdrift_itself_needs_is_refused_before_anything_is_sent() {
    let running = deployment(Api::OzApi, None);
    let cases = [
        ("X-Forensic-Access-Token: abc", "carries the credential"),
        ("x-forensic-access-token: abc", "carries the credential"),
        ("Content-Length: 3", "errdrift itself"),
        ("Accept: */*", "errdrift itself"),
        ("host: elsewhere", "errdrift itself"),
        ("no colon, a-secret-of-mine", "there is no `:`"),
        ("a name: b", "is not the name of a header field"),
        (": b", "is not the name of a header field"),
        ("X-Empty:", "is not that of a header field"),
        ("X-A: ${NOWHERE_SET}", "${NOWHERE_SET} is not set"),
        ("X-A: ${nowhere}", "is no variable"),
        ("X-A: a\r\nX-B: b", "is not that of a header field"),
    ];
    for (header, why) in cases {
        let ran = run(&running, running.target.as_str(), &["--header", header]).exits(2);
        assert!(ran.stderr.contains(why) && !ran.stderr.contains("a-secret-of-mine"), "{header}: {}", ran.stderr);
    }
    let twice = ["--header", "X-A: 1", "--header", "x-a: 2"];
    assert!(run(&running, running.target.as_str(), &twice).exits(2).stderr.contains("given twice"));
}

#[test]
fn a_suite_says_the_fields_of_every_request_itself() {
    let running = deployment(Api::OzApi, None);
    let front = gateway(&running);
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/suites/oz-api.toml");
    let text = fs::read_to_string(root).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("oz-api.toml");
    let with = |fields: &str| {
        let at = text.find("[credentials").unwrap();
        fs::write(&file, format!("{}[request.headers]\n{fields}\n\n{}", &text[..at], &text[at..])).unwrap();
        let mut command = errdrift(&["run"]);
        command.arg(&file).args(["--target", &front.target]).envs(running.variables()).env("GATEWAY_KEY", KEY);
        Ran::of(&command.output().unwrap())
    };
    with("X-Gateway-Key = \"${GATEWAY_KEY}\"").exits(0);
    let wrong = with("X-Forensic-Access-Token = \"abc\"").exits(2);
    assert!(
        wrong.stderr.contains("oz-api.toml:") && wrong.stderr.contains("carries the credential"),
        "{}",
        wrong.stderr
    );
}
