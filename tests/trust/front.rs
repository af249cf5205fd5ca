//! Plain fronts before the embedded deployment: they pass on whole requests, and do to some what a test says.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::received::message;
use crate::support::{Ran, errdrift};
use errdrift::run::embedded::Running;
use serde_json::Value;

/// What a front does to a request: passes it on, or answers it itself.
pub(crate) enum Act {
    Pass,
    /// These bytes, and the connection goes on.
    Answer(Vec<u8>),
    /// The connection ends without a byte.
    Drop,
}

/// A front that counts the requests it saw.
pub(crate) struct Front {
    pub(crate) target: String,
    seen: Arc<AtomicUsize>,
}

impl Front {
    /// Starts it; `act` gets the request's head and its number. It lives as long as the test's process.
    pub(crate) fn start(behind: &Running, act: impl Fn(&str, usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = format!("http://{}", listener.local_addr().unwrap());
        let behind = behind.target.as_str().trim_start_matches("http://").to_owned();
        let seen = Arc::new(AtomicUsize::new(0));
        let (act, count) = (Arc::new(act), Arc::clone(&seen));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (act, count, behind) = (Arc::clone(&act), Arc::clone(&count), behind.clone());
                thread::spawn(move || serve(stream.unwrap(), &behind, &*act, &count));
            }
        });
        Self { target, seen }
    }

    pub(crate) fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}

fn serve(mut client: TcpStream, behind: &str, act: &dyn Fn(&str, usize) -> Act, seen: &AtomicUsize) {
    while let Some((head, request)) = message(&mut client, false) {
        let number = seen.fetch_add(1, Ordering::SeqCst);
        match act(&head, number) {
            Act::Drop => return,
            Act::Answer(mut bytes) => {
                // HEAD has no content (RFC 9110, section 9.3.2).
                let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
                if let Some(end) = end.filter(|_| head.starts_with("HEAD ")) {
                    bytes.truncate(end + 4);
                }
                if client.write_all(&bytes).is_err() {
                    return;
                }
            }
            Act::Pass => {
                let Ok(mut server) = TcpStream::connect(behind) else { return };
                if server.write_all(&request).is_err() {
                    return;
                }
                let Some((_, reply)) = message(&mut server, head.starts_with("HEAD ")) else { return };
                if client.write_all(&reply).is_err() || !keeps(&reply) {
                    return;
                }
            }
        }
    }
}

fn keeps(reply: &[u8]) -> bool {
    !String::from_utf8_lossy(reply).to_ascii_lowercase().contains("\r\nconnection: close")
}

/// A reply with this status, type and body.
pub(crate) fn answer(status: &str, fields: &str, body: &str) -> Act {
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{fields}Content-Length: {length}\r\n\r\n{body}"
    );
    Act::Answer(text.into_bytes())
}

/// `errdrift run` against any target with the embedded deployment's credentials, and its JSON report.
pub(crate) fn report(api: &str, target: &str, arguments: &[&str]) -> (Ran, Value) {
    let file = tempfile::NamedTempFile::new().unwrap();
    let json = format!("json={}", file.path().display());
    let mut command = errdrift(&["run", api, "--target", target, "--quiet", "--report", &json]);
    for api in errdrift::reference::Api::ALL {
        command.envs(errdrift::reference::environment(api).iter().copied());
        command.envs(errdrift::reference::existing(api).iter().copied());
    }
    let ran = Ran::of(&command.args(arguments).output().unwrap());
    let text = std::fs::read_to_string(file.path()).unwrap();
    (ran, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// The drifts of a rule, those that follow from another one too.
pub(crate) fn drifts<'r>(report: &'r Value, rule: &str) -> Vec<&'r Value> {
    let drifts = report["drifts"].as_array().unwrap().iter();
    let all =
        drifts.flat_map(|drift| std::iter::once(drift).chain(drift["consequences"].as_array().into_iter().flatten()));
    all.filter(|drift| drift["rule"] == rule).collect()
}
