//! A target that does to every connection what a test says, and a run against it with both reports.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::received::request;
use errdrift::catalog::schema::Schema;
use errdrift::reference;
use errdrift::reference::Api;
use serde_json::Value;

/// A target that misbehaves. It lives as long as the test's process.
pub(crate) struct Rogue {
    pub(crate) target: String,
    accepted: Arc<AtomicUsize>,
}

impl Rogue {
    /// Starts it; each connection has a thread of its own.
    pub(crate) fn start(behave: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = format!("http://{}", listener.local_addr().unwrap());
        let accepted = Arc::new(AtomicUsize::new(0));
        let (behave, count) = (Arc::new(behave), Arc::clone(&accepted));
        thread::spawn(move || {
            for stream in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                let behave = Arc::clone(&behave);
                thread::spawn(move || behave(stream.unwrap()));
            }
        });
        Self { target, accepted }
    }

    /// One that answers every request with these bytes.
    pub(crate) fn answering(reply: impl Into<Vec<u8>>) -> Self {
        let reply = reply.into();
        Self::start(move |mut stream| while request(&mut stream).is_some() && stream.write_all(&reply).is_ok() {})
    }

    /// One whose controls succeed, and that does to every other request what the test says.
    pub(crate) fn with_good_controls(behave: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Self {
        Self::start(move |mut stream| {
            if let Some(head) = request(&mut stream) {
                if is_control(&head) {
                    let _ = stream.write_all(reply("200 OK", "application/json", "{}").as_bytes());
                } else {
                    behave(&mut stream);
                }
            }
        })
    }

    /// How many connections came.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }
}

/// The address of nobody: a port that was free a moment ago.
pub(crate) fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Whether it is the correct request of the operation that the tests choose.
fn is_control(head: &str) -> bool {
    let token = reference::environment(Api::OzApi)[0].1;
    head.starts_with("GET /api/companies/ ") && head.contains(token)
}

/// A reply with its length.
pub(crate) fn reply(status: &str, media_type: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n{body}")
}

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) report: Value,
    pub(crate) stdout: String,
    code: i32,
    stderr: String,
}

impl Ran {
    /// Asserts the exit code, in both places where it stands.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.stdout, self.stderr);
        assert_eq!(self.report["exit_code"], code);
        self
    }

    /// Asserts that the last line, which is the one that people read, has this text.
    #[track_caller]
    pub(crate) fn concludes(self, text: &str) -> Self {
        let last = self.stdout.lines().last().unwrap_or_default();
        assert!(last.contains(text), "no `{text}` in: {last}");
        self
    }

    /// A number of the summary.
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.report["summary"][name].as_u64().unwrap()
    }

    /// The rules that fired.
    pub(crate) fn rules(&self) -> std::collections::BTreeSet<&str> {
        self.report["drifts"].as_array().unwrap().iter().map(|drift| drift["rule"].as_str().unwrap()).collect()
    }
}

/// The command with the credentials of the embedded deployment.
pub(crate) fn errdrift(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_errdrift"));
    command.args(arguments).stdin(Stdio::null());
    command.envs(Api::ALL.into_iter().flat_map(reference::environment).copied());
    command
}

/// Runs the suite of Oz API with both reports, which must be written whatever happens.
pub(crate) fn run(target: &str, arguments: &[&str]) -> Ran {
    let directory = tempfile::tempdir().unwrap();
    let (json, junit) = (directory.path().join("r.json"), directory.path().join("r.xml"));
    let mut command = errdrift(&["run", "oz-api", "--quiet", "--target", target]);
    command.args(["--report", &format!("json={}", json.display()), "--report", &format!("junit={}", junit.display())]);
    let output = command.args(arguments).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!stderr.contains("panicked"), "{stderr}");
    let report: Value = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    let schema: Value = serde_json::from_str(include_str!("../../schemas/report.schema.json")).unwrap();
    let violations = Schema::compile("report", &schema).unwrap().violations(&report);
    assert!(violations.is_empty(), "{violations:#?}");
    let junit = std::fs::read_to_string(junit).unwrap();
    assert!(junit.starts_with("<?xml") && junit.trim_end().ends_with("</testsuites>"));
    Ran { report, stdout, code: output.status.code().unwrap(), stderr }
}

/// A run that only sends a few probes at the operation of which [`Rogue::with_good_controls`] knows the control.
pub(crate) fn run_few(target: &str, arguments: &[&str]) -> Ran {
    run(
        target,
        &[&["--filter", "companies.list/", "--fault", "method-unsupported", "--timeout", "2s"], arguments].concat(),
    )
}
