//! Starting a gateway in front of the embedded deployment, and running errdrift through it.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use errdrift::reference;
use errdrift::reference::Api;
use errdrift::run::embedded::Running;
use serde_json::Value;

/// A gateway that forwards to a deployment; both end with it.
pub(crate) struct Gateway {
    process: Child,
    url: String,
    api: Api,
    /// Kept for as long as the gateway forwards to it.
    _deployment: Running,
    /// Its configuration and its logs.
    _directory: tempfile::TempDir,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program, if it is installed; else says that the test was not run.
pub(crate) fn installed(program: &str) -> Option<PathBuf> {
    let places = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];
    let found = places.iter().map(|place| Path::new(place).join(program)).find(|path| path.is_file());
    if found.is_none() {
        eprintln!("NOT RUN: {program} is not installed (.ci/run installs it)");
    }
    found
}

impl Gateway {
    /// Starts the program with what `configuration` makes of its directory, its own port and the deployment's address.
    pub(crate) fn start(
        program: &Path,
        arguments: &[&str],
        api: Api,
        configuration: impl Fn(&Path, u16, &str) -> String,
    ) -> Self {
        let deployment = Running::start(api, None).unwrap();
        let upstream = deployment.target.as_str().trim_start_matches("http://").to_owned();
        let directory = tempfile::tempdir().unwrap();
        // The gateways take no port 0. A port that was free a moment ago may be taken meanwhile: then there is another one.
        for _ in 0..20 {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
            let file = directory.path().join("gateway.conf");
            std::fs::write(&file, configuration(directory.path(), port, &upstream)).unwrap();
            let log = std::fs::File::create(directory.path().join("out.log")).unwrap();
            let mut process = Command::new(program)
                .args(arguments)
                .arg(&file)
                .stdin(Stdio::null())
                .stdout(log.try_clone().unwrap())
                .stderr(log)
                .spawn()
                .unwrap();
            if answers(port, &mut process) {
                let url = format!("http://127.0.0.1:{port}");
                return Self { process, url, api, _deployment: deployment, _directory: directory };
            }
            let _ = process.kill();
            let _ = process.wait();
        }
        let log = std::fs::read_to_string(directory.path().join("out.log")).unwrap_or_default();
        panic!("{} does not start:\n{log}", program.display());
    }

    /// The report of every tier that is sent without being named.
    pub(crate) fn report(&self) -> Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_errdrift"));
        command.args(["run", self.api.id(), "--target", &self.url, "--quiet", "--report", "json=-"]);
        command.args(["--tier", "core", "--tier", "wire", "--tier", "heavy", "--timeout", "20s"]);
        command.envs(reference::environment(self.api).iter().copied());
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        serde_json::from_str(&text).unwrap_or_else(|error| {
            panic!("{error}: {text}\n{}", String::from_utf8_lossy(&output.stderr));
        })
    }
}

/// Whether something accepts connections on the port before the process ends.
fn answers(port: u16, process: &mut Child) -> bool {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while std::time::Instant::now() < deadline {
        if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return true;
        }
        if process.try_wait().is_ok_and(|status| status.is_some()) {
            return false;
        }
        std::thread::yield_now();
    }
    false
}

/// The gateway's own pages are found under its name with these statuses among them, and whatever weighs in the report is
/// the gateway's.
pub(crate) fn is_told_apart(report: &Value, product: &str, statuses: &[u16]) {
    let drifts = report["drifts"].as_array().unwrap();
    let own: Vec<_> = drifts.iter().filter(|drift| drift["rule"] == "page-of-another-layer").collect();
    assert_eq!(own.len(), 1, "one drift for all pages of {product}: {own:#?}");
    assert_eq!((&own[0]["layer"], &own[0]["answered_by"]), (&"gateway".into(), &product.into()));
    let seen: BTreeSet<u64> = own[0]["statuses"].as_array().unwrap().iter().filter_map(Value::as_u64).collect();
    for status in statuses {
        assert!(seen.contains(&u64::from(*status)), "{product} has a page for {status}: {seen:?}");
    }
    for drift in drifts.iter().filter(|drift| drift["severity"] != "note") {
        let foreign = drift["layer"] == "gateway" && drift["answered_by"] == product;
        // Nobody signs a silence.
        let silent = drift["layer"].is_null() && drift["severity"] == "warning";
        let results = report["results"].as_array().unwrap();
        let example = results.iter().find(|result| result["probe"] == drift["probes"][0]);
        assert!(foreign || silent, "{drift:#}\n{example:#?}");
    }
    assert!(report["results"].as_array().unwrap().len() > 500);
}
