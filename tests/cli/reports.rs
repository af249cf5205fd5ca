//! Reports: their places, their schema, and that two runs tell the same.

use crate::support::{deployment, ran, run};
use errdrift::catalog::schema::Schema;
use errdrift::reference::Api;
use errdrift::run::writer::Format;
use serde_json::Value;

/// The report without what two runs may not share: times, and the port of the target.
fn lasting(text: &str, target: &str) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|name, _| !["started_at", "duration_ms"].contains(&name.as_str()));
                members.values_mut().for_each(strip);
            }
            // The date of the target's own clock, as a header field; the ordinary client shows names in lower case.
            Value::Array(elements) if elements.first().is_some_and(|first| first == "Date" || first == "date") => {
                elements.clear();
            }
            Value::Array(elements) => elements.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let authority = target.trim_start_matches("http://");
    let mut report = serde_json::from_str(&text.replace(authority, "AUTHORITY")).unwrap();
    strip(&mut report);
    report
}

fn validated(text: &str) -> Value {
    let schema: Value = serde_json::from_str(include_str!("../../schemas/report.schema.json")).unwrap();
    let report: Value = serde_json::from_str(text).unwrap();
    let violations = Schema::compile("report", &schema).unwrap().violations(&report);
    assert!(violations.is_empty(), "{violations:#?}");
    report
}

#[test]
fn two_runs_give_the_same_report_but_for_times() {
    for (api, drift) in [(Api::OzApi, Some("code-as-string")), (Api::EscrowBox, None)] {
        let report = || {
            let running = deployment(api, drift);
            let ran = run(&running, api, &["--report", "json=-", "--filter", "s."]);
            let ran = ran.exits(i32::from(drift.is_some()));
            validated(&ran.stdout);
            lasting(&ran.stdout, running.target.as_str())
        };
        // Not `assert_eq!`: nobody reads two reports of a megabyte.
        assert!(report() == report(), "two reports of {} differ", api.id());
    }
}

#[test]
fn a_report_on_standard_output_stands_there_alone() {
    let running = deployment(Api::OzApi, Some("code-as-string"));
    let formats = [
        ("json=-", "{"),
        ("junit=-", "<?xml"),
        ("html=-", "<!DOCTYPE html>"),
        ("sarif=-", "{\"version\":\"2.1.0\""),
        ("markdown=-", "**errdrift: FAIL**"),
        ("github=-", "::error file=suites/oz-api.toml,line="),
        ("har=-", "{\"log\": {"),
    ];
    for (format, starts) in formats {
        let choice = ["--filter", "folders.list", "--color", "always", "--report", format];
        let ran = run(&running, Api::OzApi, &choice).exits(1).says("errdrift: ");
        assert!(ran.stdout.starts_with(starts), "{}", &ran.stdout[..100]);
        assert!(!ran.stdout.contains("test oz-api") && !ran.stdout.contains('\u{1b}'));
    }
    run(&running, Api::OzApi, &["--report", "json=-", "--report", "junit=-"]).exits(2).says("standard output");
}

#[test]
fn reports_in_files_have_a_result_for_each_probe_and_leave_nothing_beside_them() {
    let running = deployment(Api::OzApi, Some("code-as-string"));
    let directory = tempfile::tempdir().unwrap();
    let (json, junit) = (directory.path().join("r.json"), directory.path().join("r.xml"));
    std::fs::write(&json, "an old report").unwrap();
    let (json_option, junit_option) = (format!("json={}", json.display()), format!("junit={}", junit.display()));
    let choice = ["--filter", "folders.list", "--report", &json_option, "--report", &junit_option];
    run(&running, Api::OzApi, &choice).exits(1);
    let report = validated(&std::fs::read_to_string(&json).unwrap());
    let results = report["results"].as_array().unwrap();
    assert_eq!(report["exit_code"], 1);
    assert_eq!(report["summary"]["probes"], results.len());
    assert_eq!(std::fs::read_to_string(&junit).unwrap().matches("<testcase").count(), results.len());
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 2);
}

#[test]
fn a_report_that_cannot_be_written_exits_with_2_before_anything_is_sent() {
    let running = deployment(Api::OzApi, None);
    let directory = tempfile::tempdir().unwrap();
    let missing = format!("json={}", directory.path().join("missing/r.json").display());
    let itself = format!("junit={}", directory.path().display());
    for (option, named) in [(&missing, "missing/r.json"), (&itself, "directory")] {
        run(&running, Api::OzApi, &["--report", option]).exits(2).says(named);
    }
    // The first report was opened when the second one failed: it must not stay behind.
    let whole = format!("json={}", directory.path().join("r.json").display());
    run(&running, Api::OzApi, &["--report", &whole, "--report", &itself]).exits(2);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
    assert_eq!(running.witness.requests(), 0);
}

#[test]
fn the_help_and_the_readme_name_every_format() {
    let help = ran(&["run", "--help"]).exits(0).stdout;
    let line = help.split("--report").nth(1).unwrap();
    let readme = include_str!("../../README.md");
    for (_, word) in Format::ALL {
        assert!(line.contains(word), "{word} in {line}");
        assert!(readme.contains(&format!("\n| `{word}` |")), "{word}");
    }
}
