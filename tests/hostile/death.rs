//! A target that a probe kills: that probe is named, what came before it counts, and what would come after it is not run.

use std::io::Write as _;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use crate::hostile::running::run;
use crate::hostile::target::{is_control, reply};
use crate::received::request;

/// A target that a request kills whose head begins with these bytes. Its reply to every other one conforms, as far as the
/// test looks.
fn mortal(weakness: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let is_dead = Arc::new(AtomicBool::new(false));
    let connections: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
    let (killer, killed) = mpsc::channel();
    let door = thread::spawn({
        let (is_dead, connections) = (Arc::clone(&is_dead), Arc::clone(&connections));
        move || {
            // Dropped with the thread.
            let mut came = listener.incoming().map(Result::unwrap);
            while let Some(stream) = came.next().filter(|_| !is_dead.load(Ordering::SeqCst)) {
                connections.lock().unwrap().push(stream.try_clone().unwrap());
                serve_in_a_thread(stream, weakness, &is_dead, killer.clone());
            }
        }
    });
    thread::spawn(move || {
        if killed.recv().is_err() {
            return;
        }
        // Wakes whoever waits at the door.
        let _ = TcpStream::connect(address);
        door.join().unwrap();
        for connection in connections.lock().unwrap().iter() {
            let _ = connection.shutdown(Shutdown::Both);
        }
    });
    format!("http://{address}")
}

/// Serves a connection until a request kills the target; from then on the connection only waits for its end.
fn serve_in_a_thread(mut stream: TcpStream, weakness: &'static str, is_dead: &Arc<AtomicBool>, killer: Sender<()>) {
    let is_dead = Arc::clone(is_dead);
    thread::spawn(move || {
        while let Some(head) = request(&mut stream) {
            if head.starts_with(weakness) {
                is_dead.store(true, Ordering::SeqCst);
                let _ = killer.send(());
                continue;
            }
            let (status, body) = if is_control(&head) {
                ("200 OK", "[]")
            } else {
                ("405 Method Not Allowed", r#"{"error_code": 1, "error_message": "NOT ALLOWED", "details": null}"#)
            };
            let lines = "Content-Type: application/json\r\nAllow: GET\r\n";
            if stream.write_all(&reply(status, lines, body)).is_err() {
                return;
            }
        }
    });
}

#[test]
fn the_probe_that_kills_a_target_is_named_and_the_rest_is_not_run() {
    let methods = &["--operation", "folders.list", "--filter", "/method-"];
    for (weakness, suspect) in [
        ("PATCH", "oz-api/folders.list/method-unsupported/PATCH"),
        ("DELETE", "oz-api/folders.list/method-unsupported/DELETE"),
    ] {
        let ran = run(&mortal(weakness), &[methods.as_slice(), &["--jobs", "1"]].concat(), 6);
        let shown = format!("{weakness}: {}{}", ran.stdout, ran.stderr);
        assert_eq!((ran.code, &ran.killed), (Some(3), &None), "{shown}");
        let report: Value = serde_json::from_str(&ran.reports["json"]).unwrap();
        let number = |name: &str| report["summary"][name].as_u64().unwrap();
        let named: Vec<_> = report["reasons"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|reason| reason.to_string().contains("/method-"))
            .collect();
        assert_eq!(named.len(), 1, "{shown}");
        assert!(
            named[0].to_string().contains(suspect) && named[0].to_string().matches("oz-api/").count() == 1,
            "{shown}"
        );
        assert!(ran.stdout.lines().last().unwrap().contains(suspect), "{shown}");
        assert_eq!((number("errors"), number("failed"), number("inconclusive")), (0, 0, 1), "{shown}");
        let results = report["results"].as_array().unwrap();
        let before = results.iter().take_while(|result| result["probe"] != suspect).count();
        assert_eq!(results.len(), before + 1, "{shown}");
        assert_eq!(number("not_exercised"), number("probes") - results.len() as u64, "{shown}");
        assert!(number("not_exercised") > 0, "{shown}");
    }
}

#[test]
fn a_death_among_many_probes_is_no_finding() {
    let ran = run(
        &mortal("PATCH"),
        &["--operation", "folders.list", "--operation", "companies.list", "--fault", "method-unsupported"],
        6,
    );
    let shown = format!("{}{}", ran.stdout, ran.stderr);
    let report: Value = serde_json::from_str(&ran.reports["json"]).unwrap();
    assert_eq!((ran.code, &ran.killed), (Some(3), &None), "{shown}");
    assert_eq!(report["summary"]["errors"], 0, "{shown}");
    assert!(ran.stdout.contains("/method-unsupported/PATCH"), "{shown}");
}
