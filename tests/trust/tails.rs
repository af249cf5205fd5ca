//! What comes after a finished reply is told of the probe whose reply it is, the same at each run, and reaches no other one.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::received::message;
use crate::support::deployment;
use crate::trust::front::{drifts, report};
use errdrift::reference::Api;
use errdrift::run::embedded::Running;
use serde_json::Value;

/// A front that sends something after some replies of the deployment behind it.
struct Tailed {
    target: String,
    /// How often each request came, by its bytes.
    seen: Arc<Mutex<BTreeMap<Vec<u8>, usize>>>,
}

/// What a front does to a reply, by the request and the reply itself.
type Tail = dyn Fn(&str, &str) -> Vec<(Duration, Vec<u8>)> + Send + Sync;

impl Tailed {
    /// Starts it. Where nothing comes for `idle` on a connection that has served a request, it takes its leave with a 408: a
    /// new connection has all the time that a busy machine needs.
    fn start(behind: &Running, idle: Option<Duration>, tail: Box<Tail>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = format!("http://{}", listener.local_addr().unwrap());
        let behind = behind.target.as_str().trim_start_matches("http://").to_owned();
        let (tail, seen): (Arc<Tail>, Arc<Mutex<_>>) = (tail.into(), Arc::default());
        let known = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (behind, tail, seen) = (behind.clone(), Arc::clone(&tail), Arc::clone(&known));
                thread::spawn(move || serve(stream.unwrap(), &behind, idle, &*tail, &seen));
            }
        });
        Self { target, seen }
    }
}

fn serve(
    mut client: TcpStream,
    behind: &str,
    idle: Option<Duration>,
    tail: &Tail,
    seen: &Mutex<BTreeMap<Vec<u8>, usize>>,
) {
    loop {
        let Some((head, request)) = message(&mut client, false) else {
            // Whether it was the timeout, only the next read tells.
            let timed_out = client.peek(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
            if timed_out {
                let _ = client.write_all(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n");
            }
            return;
        };
        *seen.lock().unwrap().entry(request.clone()).or_default() += 1;
        let mut server = TcpStream::connect(behind).unwrap();
        server.write_all(&request).unwrap();
        let Some((_, reply)) = message(&mut server, head.starts_with("HEAD ")) else { return };
        let text = String::from_utf8_lossy(&reply).into_owned();
        let request = String::from_utf8_lossy(&request).into_owned();
        for (pause, bytes) in tail(&request, &text) {
            thread::sleep(pause);
            if client.write_all(&bytes).is_err() {
                return;
            }
        }
        if text.to_ascii_lowercase().contains("\r\nconnection: close") {
            return;
        }
        client.set_read_timeout(idle).unwrap();
    }
}

/// The probes whose result has a finding of that rule.
fn with(report: &Value, rule: &str) -> BTreeSet<String> {
    results(report, |result| result["findings"].as_array().unwrap().iter().any(|finding| finding["rule"] == rule))
}

fn results(report: &Value, is_meant: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let results = report["results"].as_array().unwrap().iter().filter(|result| is_meant(result));
    results.map(|result| result["probe"].as_str().unwrap().to_owned()).collect()
}

/// Of one operation that only reads, and one that may change something.
const BOTH: [&str; 4] = ["--operation", "folders.list", "--operation", "folders.create"];
const LIKE_A_SUCCESS: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]";
const LIKE_AN_ERROR: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 72\r\n\r\n{\"error_code\": 3, \"error_message\": \"INVALID STRUCTURE\", \"details\": null}";

#[test]
fn a_tail_is_told_of_each_probe_that_has_it_and_of_no_other_at_each_run() {
    let running = deployment(Api::OzApi, None);
    let is_six = |result: &Value| result["answer"]["code"] == 6 && result["request"]["raw"].is_null();
    let tails: [(&[u8], &[u64]); 6] = [
        (b"garbage", &[0]),
        (b"\r\n", &[2]),
        (b"HTTP", &[30]),
        (b"two pieces", &[1, 20]),
        (LIKE_A_SUCCESS, &[5]),
        (LIKE_AN_ERROR, &[0]),
    ];
    for (tail, pauses) in tails {
        let comes = move |_: &str, reply: &str| {
            let mut all = vec![(Duration::ZERO, reply.as_bytes().to_vec())];
            if reply.contains("\"error_code\": 6,") {
                let pieces = tail.chunks(tail.len().div_ceil(pauses.len()));
                all.extend(pieces.zip(pauses).map(|(piece, pause)| (Duration::from_millis(*pause), piece.to_vec())));
            }
            all
        };
        let front = Tailed::start(&running, None, Box::new(comes));
        let shown = tail.escape_ascii();
        for _ in 0..2 {
            let (ran, report) = report("oz-api", &front.target, &BOTH);
            ran.exits(1);
            let expected = results(&report, is_six);
            assert!(expected.len() > 10 && expected.iter().any(|probe| probe.contains("create")), "{shown}");
            assert_eq!(with(&report, "bytes-after-reply"), expected, "{shown}");
            let rules: BTreeSet<_> =
                report["drifts"].as_array().unwrap().iter().map(|drift| drift["rule"].as_str().unwrap()).collect();
            assert_eq!(rules.len(), 1, "{shown}: {rules:?}");
            let drift = drifts(&report, "bytes-after-reply")[0];
            let actual = drift["finding"]["actual"].as_str().unwrap();
            assert_eq!(actual, format!("{} bytes: «{shown}»", tail.len()));
            assert_eq!(drift["repeats"]["sent"], drift["repeats"]["shown"], "{drift}");
        }
    }
}

#[test]
fn a_body_that_comes_after_a_head_without_one_is_forbidden_there_and_nowhere_else() {
    let running = deployment(Api::OzApi, None);
    let comes = |request: &str, reply: &str| {
        let mut all = vec![(Duration::ZERO, reply.as_bytes().to_vec())];
        if request.starts_with("HEAD ") {
            all.push((Duration::from_millis(3), b"{\"error_code\": 6}".to_vec()));
        }
        all
    };
    let front = Tailed::start(&running, None, Box::new(comes));
    let mut before = None;
    for _ in 0..3 {
        let users = ["--operation", "users.list", "--operation", "users.get", "--operation", "users.create"];
        let (ran, report) = report("oz-api", &front.target, &users);
        ran.exits(1);
        let heads = results(&report, |result| result["request"]["method"] == "HEAD");
        assert!(!heads.is_empty());
        assert_eq!(with(&report, "body-forbidden"), heads);
        let drifts = report["drifts"].clone();
        let drifts: Vec<_> = drifts
            .as_array()
            .unwrap()
            .iter()
            .map(|drift| (drift["signature"].clone(), drift["count"].clone()))
            .collect();
        assert_eq!(*before.get_or_insert(drifts.clone()), drifts);
    }
}

#[test]
fn what_was_accepted_is_never_sent_again_whatever_comes_after_it() {
    let running = deployment(Api::OzApi, None);
    for tail in [b"garbage".as_slice(), LIKE_A_SUCCESS, LIKE_AN_ERROR] {
        let comes = move |request: &str, reply: &str| {
            let created = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
            let reply = if request.starts_with("POST ") { created } else { reply };
            vec![(Duration::ZERO, reply.as_bytes().to_vec()), (Duration::from_millis(2), tail.to_vec())]
        };
        let front = Tailed::start(&running, None, Box::new(comes));
        let (ran, report) = report("oz-api", &front.target, &["--operation", "folders.create", "--skip", "/alike-"]);
        ran.exits(1);
        let accepted = with(&report, "request-accepted");
        assert!(!accepted.is_empty());
        let posts: Vec<_> = front.seen.lock().unwrap().clone().into_iter().collect();
        // Every request is planned once: a circumstance such as a fresh connection is left out.
        let twice: Vec<_> =
            posts.iter().filter(|(request, count)| request.starts_with(b"POST ") && *count > 1).collect();
        assert!(twice.is_empty(), "{}", twice[0].0.escape_ascii());
    }
}

#[test]
fn a_server_that_takes_its_leave_of_an_idle_connection_is_not_to_blame() {
    let running = deployment(Api::OzApi, None);
    let whole = |_: &str, reply: &str| vec![(Duration::ZERO, reply.as_bytes().to_vec())];
    let front = Tailed::start(&running, Some(Duration::from_millis(10)), Box::new(whole));
    let (ran, report) = report("oz-api", &front.target, &[&BOTH[..], &["--rate", "60/s"]].concat());
    ran.exits(0);
    assert_eq!(report["drifts"], serde_json::json!([]));
}
