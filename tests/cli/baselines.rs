//! Baselines and `diff`: what changed for a client, and what was there before.

use std::path::PathBuf;

use crate::support::{Ran, deployment, ran, run};
use errdrift::reference::Api;
use errdrift::run::embedded::Running;
use serde_json::Value;
use tempfile::TempDir;

const ONE: &[&str] = &["--operation", "folders.get"];

/// A directory with the baseline of a deployment.
struct Bench {
    running: Running,
    api: Api,
    directory: TempDir,
}

impl Bench {
    fn new(api: Api, drift: Option<&str>, arguments: &[&str]) -> Self {
        let bench = Self { running: deployment(api, drift), api, directory: tempfile::tempdir().unwrap() };
        let path = bench.path();
        let save = [arguments, &["--quiet", "--save-baseline", path.to_str().unwrap()]].concat();
        run(&bench.running, api, &save).exits(i32::from(drift.is_some()));
        bench
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("base.jsonl")
    }

    /// Changes the lines of the baseline.
    fn edit(&self, edit: impl Fn(&mut Value)) {
        let text = std::fs::read_to_string(self.path()).unwrap();
        let (head, lines) = text.split_once('\n').unwrap();
        let line = |line: &str| {
            let mut value = serde_json::from_str(line).unwrap();
            edit(&mut value);
            format!("{value}\n")
        };
        std::fs::write(self.path(), format!("{head}\n{}", lines.lines().map(line).collect::<String>())).unwrap();
    }

    /// What a run against the baseline says, its lines joined.
    fn against(&self, running: &Running, arguments: &[&str], code: i32) -> String {
        let path = self.path();
        let ran = run(running, self.api, &[arguments, &["--quiet", "--baseline", path.to_str().unwrap()]].concat());
        let Ran { stdout, .. } = ran.exits(code);
        stdout.replace("\n    ", " ")
    }
}

#[test]
fn what_was_found_before_is_old_and_fails_nothing() {
    let bench = Bench::new(Api::OzApi, Some("code-as-string"), ONE);
    let text = bench.against(&bench.running, ONE, 0);
    assert!(text.contains("old: the baseline has it") && text.contains("(1 old)"), "{text}");
    assert!(text.contains("errdrift: WAIVED: ") && !text.contains("breaking"), "{text}");
    // The file is sorted and the same each time.
    let lines: Vec<_> = std::fs::read_to_string(bench.path()).unwrap().lines().skip(1).map(str::to_owned).collect();
    assert!(lines.is_sorted() && lines.len() > 10);
}

#[test]
fn a_known_deviation_hides_no_other_of_the_same_operation() {
    let bench = Bench::new(Api::OzApi, Some("code-as-string"), ONE);
    // As if the replies with 400 had been right then.
    bench.edit(|line| {
        if line["answer"]["status"] == 400 {
            line["findings"] = serde_json::json!([]);
            line["answer"]["code"] = line["answer"]["code"].as_str().unwrap().parse::<i64>().unwrap().into();
            for member in line["answer"]["shape"].as_array_mut().unwrap() {
                *member = Value::from(member.as_str().unwrap().replace("/error_code string", "/error_code integer"));
            }
        }
    });
    let text = bench.against(&bench.running, ONE, 1);
    assert!(text.contains("breaking: the member /error_code: integer became string ("), "{text}");
    assert!(text.contains("breaking: the code 4 became \"4\" ("), "{text}");
    assert!(text.contains("of these probes showed it in the baseline") && text.contains("errdrift: FAIL"), "{text}");
}

#[test]
fn what_breaks_a_client_fails_even_where_it_is_documented() {
    let bench = Bench::new(Api::OzApi, None, ONE);
    assert!(!bench.against(&bench.running, ONE, 0).contains("Baseline"));
    bench.edit(|line| {
        line["answer"]["template"] = "in other words".into();
    });
    let text = bench.against(&bench.running, ONE, 0);
    assert!(
        text.contains("cosmetic: the message «in other words» became «") && text.contains("errdrift: PASS"),
        "{text}"
    );
    bench.edit(|line| {
        if line["answer"]["code"] == 10 {
            line["answer"]["code"] = 11.into();
        }
    });
    let text = bench.against(&bench.running, ONE, 1);
    assert!(
        text.contains("breaking: the code 11 became 10 (") && text.contains("the baseline fails; exit 1"),
        "{text}"
    );
}

#[test]
fn probes_that_only_one_run_has_are_listed_apart() {
    let bench = Bench::new(Api::EscrowBox, None, &[]);
    bench.edit(|line| {
        if line["probe"] == "escrow-box/ads.create/credentials-absent" {
            line["probe"] = "escrow-box/ads.create/no-such-fault".into();
        }
    });
    let text = bench.against(&bench.running, &[], 0);
    assert!(text.contains("new: 1 probe: escrow-box/ads.create/credentials-absent"), "{text}");
    assert!(text.contains("gone: 1 probe: escrow-box/ads.create/no-such-fault"), "{text}");
    // What was not asked is not gone.
    let text = bench.against(&bench.running, &["--operation", "ads.get"], 0);
    assert!(!text.contains("gone:"), "{text}");
}

#[test]
fn a_baseline_that_is_none_is_refused_before_anything_is_sent() {
    let bench = Bench::new(Api::OzApi, None, ONE);
    let path = bench.path();
    let with = |text: &str| {
        std::fs::write(&path, text).unwrap();
        run(&bench.running, Api::OzApi, &["--baseline", path.to_str().unwrap()])
    };
    with("{}\n").exits(2).says("base.jsonl:1: does not begin a baseline");
    with("{\"errdrift_baseline\":1}\n[]\n").exits(2).says("base.jsonl:2: is no probe's line");
    run(&bench.running, Api::OzApi, &["--save-baseline", "/nowhere/at-all.jsonl"]).exits(2).says("cannot write");
    std::fs::remove_file(&path).unwrap();
    run(&bench.running, Api::OzApi, &["--baseline", path.to_str().unwrap()])
        .exits(2)
        .says("--save-baseline writes one");
}

#[test]
fn diff_tells_two_reports_apart_by_what_changed_for_a_client() {
    let directory = tempfile::tempdir().unwrap();
    let report = |name: &str, drift: Option<&str>| {
        let path = directory.path().join(name);
        let option = format!("json={}", path.display());
        let running = deployment(Api::OzApi, drift);
        run(&running, Api::OzApi, &[ONE, &["--quiet", "--report", &option]].concat()).exits(i32::from(drift.is_some()));
        path.to_str().unwrap().to_owned()
    };
    let (right, drifted) = (report("a.json", None), report("b.json", Some("code-as-string")));
    assert_eq!(ran(&["diff", &right, &right]).exits(0).stdout, "no difference\n");
    let text = ran(&["diff", &right, &drifted]).exits(1).stdout;
    assert!(text.starts_with("breaking: the member /error_code: integer became string ("), "{text}");
    ran(&["diff", &right, "/nowhere/at-all.json"]).exits(2).says("/nowhere/at-all.json: cannot be read");
}
