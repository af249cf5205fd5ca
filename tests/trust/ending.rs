//! A run that is ended before its time leaves whole reports of what it did, and never a zero.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::support::{against, deployment};
use errdrift::catalog::schema::Schema;
use errdrift::reference::Api;
use serde_json::Value;

fn ended(signal: &str, drift: Option<&str>, more: &[&str]) {
    let running = deployment(Api::OzApi, drift);
    let folder = tempfile::tempdir().unwrap();
    let (json, junit) = (folder.path().join("report.json"), folder.path().join("report.xml"));
    let reports = [format!("json={}", json.display()), format!("junit={}", junit.display())];
    let arguments = ["--rate", "20/s", "--lines", "--color", "never", "--report", &reports[0], "--report", &reports[1]];
    let mut run = against(&running, Api::OzApi, &[&arguments, more].concat()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(run.stdout.take().unwrap()).lines();
    // A few probes have been judged when their lines are there.
    assert!(lines.by_ref().map(Result::unwrap).filter(|line| line.starts_with("test ")).take(5).count() == 5);
    let sent = Command::new("kill").args(["-s", signal, &run.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let rest: Vec<String> = lines.map(Result::unwrap).collect();
    assert_eq!(run.wait().unwrap().code(), Some(3), "{}", rest.join("\n"));
    let last = rest.last().unwrap();
    assert!(last.contains("NOT JUDGED") && last.contains("exit 3") && last.contains(signal), "{last}");

    let report: Value = serde_json::from_str(&std::fs::read_to_string(&json).unwrap()).unwrap();
    let schema = serde_json::from_str(&std::fs::read_to_string("schemas/report.schema.json").unwrap()).unwrap();
    assert_eq!(Schema::compile("report", &schema).unwrap().violations(&report), []);
    assert!(report["interrupted"].as_str().unwrap().contains(signal), "{}", report["interrupted"]);
    assert_eq!(report["exit_code"], 3);
    let (probes, left) = (&report["summary"]["probes"], &report["summary"]["not_exercised"]);
    assert!(left.as_u64().unwrap() > 1_000 && left.as_u64() < probes.as_u64(), "{left} of {probes}");
    let xml = std::fs::read_to_string(&junit).unwrap();
    assert!(xml.trim_end().ends_with("</testsuites>") && xml.contains("was ended by"), "{}", &xml[xml.len() - 500..]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "no partial file is left");
}

#[test]
fn sigterm_leaves_whole_reports_and_ends_3() {
    ended("TERM", None, &[]);
}

#[test]
fn ctrl_c_leaves_whole_reports_and_ends_3_whatever_was_found() {
    ended("INT", Some("code-as-string"), &[]);
}

#[test]
fn a_run_that_is_ended_is_not_judged_though_a_baseline_breaks() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("base.jsonl");
    let file = file.to_str().unwrap();
    let running = deployment(Api::OzApi, None);
    crate::support::run(&running, Api::OzApi, &["--quiet", "--save-baseline", file]).exits(0);
    ended("TERM", Some("code-as-string"), &["--baseline", file]);
}
