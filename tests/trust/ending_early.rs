//! Runs that are ended where that is not convenient: before the first probe, under `nohup`, while they wait, for good.

use std::io::Read as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use crate::support::{against, deployment, errdrift};
use errdrift::reference::Api;
use serde_json::Value;

/// A target that never answers, and says of each request that it is there.
fn silent() -> (String, Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = format!("http://{}", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            if stream.read(&mut [0; 1]).is_ok_and(|read| read > 0) {
                let _ = sender.send(());
            }
            held.push(stream);
        }
    });
    (target, receiver)
}

fn waiting(folder: &Path, before: &[&str]) -> (Child, Receiver<()>) {
    let (target, asked) = silent();
    let report = format!("json={}", folder.join("r.json").display());
    let run = ["run", "oz-api", "--target", &target, "--quiet", "--timeout", "1h", "--report", &report];
    let plain = errdrift(&[]);
    let mut command = match before {
        [] => errdrift(&run),
        [program, rest @ ..] => {
            let mut command = Command::new(program);
            command.args(rest).arg(plain.get_program()).args(run).stdin(Stdio::null());
            command
        }
    };
    command.env("OZ_TOKEN", "a-token-of-a-test").stdout(Stdio::null()).stderr(Stdio::null());
    (command.spawn().unwrap(), asked)
}

fn kill(signal: &str, process: &Child) {
    assert!(Command::new("kill").args(["-s", signal, &process.id().to_string()]).status().unwrap().success());
}

fn interrupted(folder: &Path) -> String {
    let report: Value = serde_json::from_str(&std::fs::read_to_string(folder.join("r.json")).unwrap()).unwrap();
    assert_eq!(report["results"], serde_json::json!([]));
    report["interrupted"].as_str().unwrap().to_owned()
}

#[test]
fn a_run_that_is_ended_during_its_controls_leaves_a_whole_report() {
    for signal in ["INT", "TERM", "HUP"] {
        let folder = tempfile::tempdir().unwrap();
        let (mut run, asked) = waiting(folder.path(), &[]);
        asked.recv().unwrap();
        kill(signal, &run);
        assert_eq!(run.wait().unwrap().code(), Some(3), "{signal}");
        assert!(interrupted(folder.path()).contains(signal));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no partial file is left");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn under_nohup_a_lost_terminal_ends_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (mut run, asked) = waiting(folder.path(), &["nohup"]);
    asked.recv().unwrap();
    kill("HUP", &run);
    kill("TERM", &run);
    assert_eq!(run.wait().unwrap().code(), Some(3));
    // Of the two, the first one would have been named.
    assert!(interrupted(folder.path()).contains("SIGTERM"));
}

#[test]
fn a_second_signal_ends_a_run_at_once_even_where_it_waits_for_its_own_output() {
    let (target, asked) = silent();
    let mut run = errdrift(&["run", "oz-api", "--target", &target, "--quiet", "--timeout", "1h", "--report", "json=-"])
        .env("OZ_TOKEN", "a-token-of-a-test")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    asked.recv().unwrap();
    // Nobody reads the report, and it is longer than a pipe: after the first signal the run waits without end.
    while run.try_wait().unwrap().is_none() {
        kill("TERM", &run);
    }
    assert_eq!(run.wait().unwrap().code(), Some(3));
    let mut text = String::new();
    run.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(serde_json::from_str::<Value>(&text).is_err_and(|error| error.is_eof()), "{} bytes", text.len());
}

#[test]
fn what_a_killed_run_left_goes_with_the_next_and_a_living_one_keeps_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let files = || {
        let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
        names.sort();
        names
    };
    for _ in 0..3 {
        let (mut run, asked) = waiting(folder.path(), &[]);
        asked.recv().unwrap();
        run.kill().unwrap();
        run.wait().unwrap();
        assert_eq!(files(), [format!("r.json.{}.partial", run.id())]);
    }
    let (mut living, asked) = waiting(folder.path(), &[]);
    asked.recv().unwrap();
    let own = format!("r.json.{}.partial", living.id());
    assert_eq!(files(), std::slice::from_ref(&own));
    let running = deployment(Api::OzApi, None);
    let report = format!("json={}", folder.path().join("r.json").display());
    let other = against(&running, Api::OzApi, &["--operation", "version", "--quiet", "--report", &report]).output();
    assert_eq!(other.unwrap().status.code(), Some(0));
    assert_eq!(files(), ["r.json".to_owned(), own]);
    kill("TERM", &living);
    assert_eq!(living.wait().unwrap().code(), Some(3));
    assert_eq!(files(), ["r.json"]);
    assert!(interrupted(folder.path()).contains("SIGTERM"));
}
