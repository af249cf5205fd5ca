//! Services of other people, by suites and contracts that were written from their documents: their drift is listed with its proof,
//! and each run says the same.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::errdrift;
use serde_json::Value;

/// Runs that must say the same.
const RUNS: usize = 3;

/// A service that ends with the test.
struct Service {
    child: Child,
    target: String,
    folder: tempfile::TempDir,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that is free now.
fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Starts a service with the arguments that it takes for its folder and its port; `None` where it is not installed.
#[expect(clippy::print_stdout, reason = "a test that is not run says so")]
fn service(program: &str, arguments: impl Fn(&Path, u16) -> Vec<String>) -> Option<Service> {
    let folder = tempfile::tempdir().unwrap();
    let port = port();
    let mut command = Command::new(program);
    command.args(arguments(folder.path(), port)).current_dir(folder.path());
    let started = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let Ok(child) = started else {
        println!("not asked, since it is not installed: {program}");
        return None;
    };
    Some(Service { child, target: format!("http://127.0.0.1:{port}"), folder })
}

/// The drift of a run that is more than a note: its signature, and the probes that show it.
fn drift(service: &Service, suite: &str) -> BTreeSet<(String, Vec<String>)> {
    let file = format!("{}/tests/real/{suite}.toml", env!("CARGO_MANIFEST_DIR"));
    let report = service.folder.path().join("report.json");
    let json = format!("json={}", report.display());
    let arguments = ["run", &file, "--target", &service.target, "--wait", "60s", "--timeout", "20s", "--report", &json];
    let ran = errdrift(&arguments).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.code().is_some_and(|code| code < 2), "{said}");
    let whole: Value = serde_json::from_str(&std::fs::read_to_string(report).unwrap()).unwrap();
    assert_eq!(whole["may_have_changed"].as_array().map_or(0, Vec::len), 0, "{said}");
    let drifts = whole["drifts"].as_array().unwrap().iter().filter(|drift| drift["severity"] != "note");
    let told = |drift: &Value| {
        let probes = drift["probes"].as_array().unwrap().iter().map(|probe| probe.as_str().unwrap().to_owned());
        (drift["signature"].as_str().unwrap().to_owned(), probes.collect())
    };
    drifts.map(told).collect()
}

/// Asserts that the service has this drift and no other, in each run.
fn has(service: &Service, suite: &str, expected: &[&str]) {
    let first = drift(service, suite);
    let signatures: Vec<_> = first.iter().map(|(signature, _)| signature.as_str()).collect();
    assert_eq!(signatures, expected, "{first:#?}");
    for _ in 1..RUNS {
        assert_eq!(drift(service, suite), first);
    }
}

#[test]
fn prometheus_answers_as_its_page_says_but_for_what_its_server_cannot_parse() {
    let arguments = |folder: &Path, port: u16| {
        std::fs::write(folder.join("prometheus.yml"), "global: {}\n").unwrap();
        let listen = format!("--web.listen-address=127.0.0.1:{port}");
        let own = ["--config.file=prometheus.yml", "--storage.tsdb.path=data", &listen];
        own.map(str::to_owned).to_vec()
    };
    let Some(service) = service("prometheus", arguments) else { return };
    has(&service, "prometheus", &["prometheus:page-of-another-layer:body#Go net/http:*:framework:*:warning"]);
}
