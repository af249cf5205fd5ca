//! Each way in which a run can come to prove nothing: never exit 0, and the message says what to do.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{deployment, errdrift, ran};
use crate::trust::front::{Act, Front, answer, report};
use errdrift::reference::{Api, environment};
use serde_json::Value;

/// A copy of the built-in suite with something changed, beside a temporary directory that keeps it.
fn suite(change: impl Fn(String) -> String) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("oz-api.toml");
    let text = std::fs::read_to_string("suites/oz-api.toml").unwrap();
    let changed = change(text.clone());
    assert_ne!(changed, text);
    std::fs::write(&file, changed).unwrap();
    (folder, file)
}

fn text(report: &Value, member: &str) -> String {
    report[member].to_string()
}

#[test]
fn wrong_credentials_are_never_green_and_are_named() {
    let running = deployment(Api::OzApi, None);
    for (api, running) in [("oz-api", running), ("escrow-box", deployment(Api::EscrowBox, None))] {
        let mut command = errdrift(&["run", api, "--target", running.target.as_str(), "--quiet"]);
        for (name, _) in Api::ALL.into_iter().flat_map(environment) {
            command.env(name, "0badc0de0badc0de");
        }
        let output = command.output().unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(output.status.code(), Some(3), "{stdout}");
        assert!(stdout.contains("check --target and the credentials, which are refused"), "{stdout}");
        assert!(
            !stdout.contains(
                "
error "
            ),
            "a wrong token is no drift: {stdout}"
        );
    }
}

#[test]
fn a_gateway_that_minds_how_we_write_is_blamed_and_not_the_credential() {
    let no = || answer("403 Forbidden", "", "{\"error_code\": 9, \"error_message\": \"no\"}");
    let is_ours = |head: &str| !head.contains("user-agent: errdrift/");
    let running = deployment(Api::OzApi, None);
    for path in ["/", "/api/users/ "] {
        let front =
            Front::start(
                &running,
                move |head, _| {
                    if is_ours(head) && head.contains(&format!(" {path}")) { no() } else { Act::Pass }
                },
            );
        let (ran, report) = report("oz-api", &front.target, &[]);
        let reasons = report["reasons"][0].to_string();
        assert!(reasons.contains("a gateway refuses requests without a User-Agent"), "{reasons}");
        assert!(reasons.contains("and 200 as an HTTP library sends it"), "{reasons}");
        assert!(!reasons.contains("credential") && !reasons.contains("account"), "{reasons}");
        ran.exits(3);
    }
    // Who refuses the library as well is no gateway of that kind.
    let front = Front::start(&running, move |_, _| no());
    let reasons = text(&report("oz-api", &front.target, &[]).1, "reasons");
    assert!(reasons.contains("the credentials, which are refused") && !reasons.contains("gateway"), "{reasons}");
}

#[test]
fn a_control_that_may_change_something_is_not_sent_by_the_other_client() {
    for (method, times) in [("GET", 1), ("POST", 0)] {
        let running = deployment(Api::OzApi, None);
        let (_folder, file) = suite(|text| {
            let path = "path = \"/api/search\"\neffect = \"none\"\ncredential = \"token\"\ncontrol = true\n";
            text + &format!("\n[[operation]]\nid = \"search\"\nmethod = \"{method}\"\n{path}")
        });
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let front = Front::start(&running, move |head, _| {
            let by_library = head.contains(" /api/search ") && head.contains("user-agent: errdrift/");
            count.fetch_add(usize::from(by_library), Ordering::SeqCst);
            answer("403 Forbidden", "", "{}")
        });
        let (ran, _) = report(file.to_str().unwrap(), &front.target, &["--operation", "search"]);
        ran.exits(3);
        assert_eq!(asked.load(Ordering::SeqCst), times, "{method}");
    }
}

#[test]
fn a_wrong_host_is_never_green_and_costs_a_handful_of_requests() {
    let running = deployment(Api::OzApi, None);
    let front = Front::start(&running, |_, _| answer("404 Not Found", "", "<html>no such site</html>"));
    let (ran, report) = report("oz-api", &front.target, &[]);
    ran.exits(3);
    assert!(text(&report, "reasons").contains("check --target, its host and its prefix"), "{}", report["reasons"]);
    assert!(front.seen() <= 20, "{} requests", front.seen());
    assert_eq!(report["summary"]["passed"], 0);
}

#[test]
fn a_failing_service_is_never_green() {
    let running = deployment(Api::OzApi, None);
    let front = Front::start(&running, |_, _| answer("500 Internal Server Error", "", "{}"));
    let (ran, report) = report("oz-api", &front.target, &[]);
    ran.exits(3);
    assert!(text(&report, "reasons").contains("whether the deployment is up"), "{}", report["reasons"]);
}

#[test]
fn a_dead_service_is_never_green() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let target = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (ran, report) = report("escrow-box", &target, &[]);
    ran.exits(3);
    assert!(text(&report, "reasons").contains("whether the deployment is up"), "{}", report["reasons"]);
}

#[test]
fn an_unset_variable_is_never_green() {
    let running = deployment(Api::OzApi, None);
    let ran = errdrift(&["run", "oz-api", "--target", running.target.as_str(), "--quiet"]).output().unwrap();
    let stdout = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert_eq!(ran.status.code(), Some(3), "{stdout}");
    assert!(stdout.contains("${OZ_TOKEN} is not set"), "{stdout}");
}

#[test]
fn a_filter_that_selects_nothing_is_never_green() {
    let running = deployment(Api::OzApi, None);
    let (ran, report) = report("oz-api", running.target.as_str(), &["--filter", "nothing-has-this-name"]);
    ran.exits(3);
    assert!(text(&report, "reasons").contains("no probe was selected"), "{}", report["reasons"]);
}

#[test]
fn a_broken_control_takes_its_operations_with_it() {
    let running = deployment(Api::OzApi, None);
    let front = Front::start(&running, |head, _| {
        let control = head.starts_with("GET /api/users/ ") && head.contains("x-forensic-access-token: e4a8be");
        if control { answer("403 Forbidden", "", "{\"error_code\": 9, \"error_message\": \"no\"}") } else { Act::Pass }
    });
    let (ran, report) = report("oz-api", &front.target, &[]);
    ran.exits(3);
    let inconclusive: Vec<_> =
        report["results"].as_array().unwrap().iter().filter(|r| r["verdict"] == "inconclusive").collect();
    assert!(inconclusive.iter().any(|result| result["operation"] == "users.list"));
    // The control of users.list stands for this one, whose own correct request would change something.
    assert!(inconclusive.iter().any(|result| result["operation"] == "users.create"));
    assert!(inconclusive.iter().all(|result| result["operation"].as_str().unwrap().starts_with("users.")));
    assert!(text(&report, "reasons").contains("--skip oz-api/users.list/"), "{}", report["reasons"]);
}

#[test]
fn nothing_is_sent_to_a_deployment_of_another_name() {
    let running = deployment(Api::OzApi, None);
    let front = Front::start(&running, |head, _| {
        if head.starts_with("GET /whoami ") { answer("200 OK", "", "{\"name\": \"production\"}") } else { Act::Pass }
    });
    let identity = |pattern: &str| {
        let table =
            format!("[identity]\npath = \"/whoami\"\nat = \"/name\"\nmatches = \"{pattern}\"\n\n[credentials.token]");
        suite(move |text| text.replacen("[credentials.token]", &table, 1))
    };
    let (_folder, other) = identity("^staging$");
    let (ran, report_of_other) = report(other.to_str().unwrap(), &front.target, &[]);
    ran.exits(3);
    assert_eq!(front.seen(), 1);
    let reasons = text(&report_of_other, "reasons");
    assert!(reasons.contains("must match `^staging$`") && reasons.contains("production"), "{reasons}");
    let (_folder, same) = identity("^prod");
    report(same.to_str().unwrap(), &front.target, &["--operation", "version"]).0.exits(0);
}

#[test]
fn a_host_that_looks_like_production_needs_a_word_more() {
    let (_folder, file) = suite(|text| text.replacen("(^|[.-])(prod|production|live)([.-]|$)", "^127[.]", 1));
    let running = deployment(Api::OzApi, None);
    let target = running.target.as_str();
    ran(&["run", file.to_str().unwrap(), "--target", target]).exits(2).says("--yes-production");
    assert_eq!(running.witness.requests(), 0);
    report(file.to_str().unwrap(), target, &["--operation", "version", "--yes-production"]).0.exits(0);
    for host in ["api.prod.example.com", "production-eu.example.com", "live.example.com"] {
        ran(&["run", "oz-api", "--target", &format!("https://{host}")]).exits(2).says("looks like production");
    }
}

#[test]
fn a_run_with_less_behind_it_than_its_suite_wants_is_never_green() {
    let minimum = |table: &str| {
        let own = format!("minimum = {table}");
        suite(move |text| {
            // The suite's own one goes.
            let (before, rest) = text.split_once("[minimum]\n").unwrap();
            let (_, behind) = rest.split_once("\n\n").unwrap();
            format!("{before}{own}\n\n{behind}")
        })
    };
    let running = deployment(Api::OzApi, None);
    let target = running.target.as_str();
    for (table, told) in [
        ("{ suite = 1000000 }", "oz-api: "),
        ("{ operation = 1000 }", "minimums of oz-api were not reached: oz-api/authorize.auth: "),
        ("{ cause = { no-credentials = 100000 } }", "oz-api, no-credentials: "),
    ] {
        let (_folder, file) = minimum(table);
        let (ran, whole) = report(file.to_str().unwrap(), target, &[]);
        ran.exits(3);
        assert!(text(&whole, "reasons").contains(told), "{}", whole["reasons"]);
        // Who asks for a part gets a part.
        report(file.to_str().unwrap(), target, &["--operation", "version"]).0.exits(0);
    }
    let (_folder, file) = minimum("{ suite = 1000, operation = 1, cause = { no-credentials = 10 } }");
    report(file.to_str().unwrap(), target, &[]).0.exits(0);
}

#[test]
fn what_could_not_be_put_to_the_test_is_listed() {
    let running = deployment(Api::OzApi, None);
    let (ran, report) = report("oz-api", running.target.as_str(), &["--operation", "users.list"]);
    ran.exits(0);
    let inactive = text(&report, "inactive");
    for told in
        ["oz-api, cause malformed-body", "rule next-request-corrupted", "rule precedence-differs", "alike-http-2"]
    {
        assert!(inactive.contains(told), "no `{told}` in {inactive}");
    }
    let covered = report["coverage"].as_array().unwrap();
    let planned: u64 = covered.iter().map(|entry| entry["planned"].as_u64().unwrap()).sum();
    let decided: u64 = covered.iter().map(|entry| entry["decided"].as_u64().unwrap()).sum();
    assert_eq!(
        (planned, decided),
        (report["summary"]["probes"].as_u64().unwrap(), report["summary"]["passed"].as_u64().unwrap())
    );
}
