//! Targets that take few requests at once: what is answered alone is no drift.

use std::collections::VecDeque;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::front::{drifts, report};
use crate::received::message;
use crate::support::deployment;
use errdrift::reference::Api;
use serde_json::json;

/// What is asked of the embedded deployment, and what it answers. `None` where nothing came.
fn pass(request: &[u8], head: &str, behind: &str) -> Option<Vec<u8>> {
    let mut server = TcpStream::connect(behind).unwrap();
    server.write_all(request).unwrap();
    message(&mut server, head.starts_with("HEAD ")).map(|(_, reply)| reply)
}

/// A front that does with each connection what a test says, on threads of its own if that says so.
fn front(api: Api, serve: impl Fn(TcpStream, &str) + Send + Sync + 'static, threads: bool) -> String {
    let running = deployment(api, None);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = format!("http://{}", listener.local_addr().unwrap());
    let serve = Arc::new(serve);
    thread::spawn(move || {
        let behind = running.target.as_str().trim_start_matches("http://").to_owned();
        for stream in listener.incoming().map_while(Result::ok) {
            if threads {
                let (serve, behind) = (Arc::clone(&serve), behind.clone());
                thread::spawn(move || serve(stream, &behind));
            } else {
                serve(stream, &behind);
            }
        }
    });
    target
}

#[test]
fn a_server_of_one_kept_connection_is_green() {
    // It serves a connection until the client closes it, and only then another one.
    let serve = |mut client: TcpStream, behind: &str| {
        while let Some((head, request)) = message(&mut client, false) {
            let Some(reply) = pass(&request, &head, behind) else { return };
            if client.write_all(&reply).is_err() {
                return;
            }
        }
    };
    let target = front(Api::OzApi, serve, false);
    // What may change something is not sent again as often as what waits for the one connection needs.
    let arguments = ["--operation", "folders.list", "--operation", "folders.get", "--read-only", "--timeout", "3s"];
    let (ran, report) = report("oz-api", &target, &arguments);
    let stdout = ran.exits(0).stdout;
    assert_eq!((&report["drifts"], &report["summary"]["inconclusive"]), (&json!([]), &0.into()), "{stdout}");
    assert!(report["load"]["answered_alone"].as_u64().unwrap() > 0, "{stdout}");
    assert!(report["load"]["jobs"].as_u64().unwrap() < 16, "{stdout}");
    assert!(stdout.contains("--jobs"), "{stdout}");
}

#[test]
fn what_fails_in_company_alone_is_overload_and_no_drift() {
    // More than four at once, and it answers none of those above that only ask.
    let under_way = AtomicUsize::new(0);
    let serve = move |mut client: TcpStream, behind: &str| {
        while let Some((head, request)) = message(&mut client, false) {
            let company = under_way.fetch_add(1, Ordering::SeqCst);
            // The others are let in while this one is under way.
            thread::sleep(std::time::Duration::from_millis(20));
            let is_served = company < 4 || !head.starts_with("GET ");
            let reply = if is_served { pass(&request, &head, behind) } else { None };
            let sent = match reply {
                Some(reply) => client.write_all(&reply).is_ok(),
                None => message(&mut client, false).is_some(),
            };
            under_way.fetch_sub(1, Ordering::SeqCst);
            if !sent {
                return;
            }
        }
    };
    let target = front(Api::OzApi, serve, true);
    let arguments = ["--operation", "folders.list", "--operation", "folders.create", "--timeout", "3s"];
    let (ran, report) = report("oz-api", &target, &arguments);
    let stdout = ran.exits(0).stdout;
    assert_eq!((&report["drifts"], &report["summary"]["inconclusive"]), (&json!([]), &0.into()), "{stdout}");
    let jobs = report["load"]["jobs"].as_u64().unwrap();
    assert!((1..=8).contains(&jobs), "{jobs}: {stdout}");
}

#[test]
fn what_may_have_been_done_is_not_done_twice_and_is_said_to_be_overload() {
    // Nothing of the one operation that creates is ever refused, so that nothing shows that it refuses.
    let held = Mutex::new(VecDeque::new());
    let sent = Arc::new(AtomicUsize::new(0));
    let posts = Arc::clone(&sent);
    let serve = move |mut client: TcpStream, behind: &str| {
        while let Some((head, request)) = message(&mut client, false) {
            if head.starts_with("POST ") {
                posts.fetch_add(1, Ordering::SeqCst);
                held.lock().unwrap().push_back(client);
                return;
            }
            let Some(reply) = pass(&request, &head, behind) else { return };
            if client.write_all(&reply).is_err() {
                return;
            }
        }
    };
    let target = front(Api::OzApi, serve, true);
    let arguments = ["--operation", "folders.create", "--fault", "credentials-absent", "--fault", "credentials-empty"];
    let (ran, report) = report("oz-api", &target, &[&arguments[..], &["--timeout", "2s"]].concat());
    let stdout = ran.exits(3).stdout;
    assert_eq!(report["drifts"], json!([]), "{stdout}");
    assert_eq!((&report["summary"]["probes"], sent.load(Ordering::SeqCst)), (&2.into(), 2), "{stdout}");
    assert!(stdout.contains("overloaded") && stdout.contains("--jobs"), "{stdout}");
}

#[test]
fn what_gets_no_reply_alone_either_is_drift() {
    let held = Mutex::new(VecDeque::new());
    let serve = move |mut client: TcpStream, behind: &str| {
        while let Some((head, request)) = message(&mut client, false) {
            if head.contains(" /api/folders/?") {
                held.lock().unwrap().push_back(client);
                return;
            }
            let Some(reply) = pass(&request, &head, behind) else { return };
            if client.write_all(&reply).is_err() {
                return;
            }
        }
    };
    let target = front(Api::OzApi, serve, true);
    let (ran, report) = report("oz-api", &target, &["--operation", "folders.list", "--timeout", "2s"]);
    ran.exits(1);
    // Where no URI was sent, silence is whoever's.
    let silent = |result: &&serde_json::Value| result["silence"].is_string() && result["cause"] != "malformed-http";
    let results = report["results"].as_array().unwrap();
    let silences: Vec<_> = results.iter().filter(silent).collect();
    assert!(silences.len() > 3 && silences.iter().all(|result| result["verdict"] == "fail"), "{report:#}");
    let told: u64 = drifts(&report, "no-reply").iter().map(|drift| drift["count"].as_u64().unwrap()).sum();
    assert!(told >= u64::try_from(silences.len()).unwrap());
    // It was not the company, so others go on together.
    assert_eq!(report["load"]["given_up"], 0);
}
