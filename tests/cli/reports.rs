//! Reports: their places, their schema, and that two runs tell the same.

use crate::support::{deployment, ran, run};
use errdrift::catalog::schema::Schema;
use errdrift::reference::Api;
use errdrift::render::format::FORMATS;
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
    for format in FORMATS {
        let option = format!("{}=-", format.word);
        let choice = ["--filter", "folders.list", "--color", "always", "--report", &option];
        let ran = run(&running, Api::OzApi, &choice).exits(1).says("errdrift: ");
        // Of another run, but of the same format and verdict.
        let golden = std::fs::read_to_string(format!("tests/golden/report.{}", format.word)).unwrap();
        assert!(ran.stdout.starts_with(&golden[..17]), "{}", &ran.stdout[..100]);
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
fn the_help_and_the_readme_tell_of_every_format_and_whom_it_is_for() {
    let table = include_str!("../../README.md").split_once("| format | for |").unwrap().1;
    let rows: Vec<_> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), FORMATS.len());
    for (format, row) in FORMATS.iter().zip(rows) {
        assert!(row.starts_with(&format!("| `{}` | {} | ", format.word, format.about)), "{row}");
    }
    for command in ["run", "judge"] {
        let help = ran(&[command, "--help"]).exits(0).stdout;
        for format in FORMATS {
            let line = format!("  {:<9} {}", format.word, format.about);
            assert!(help.lines().any(|found| found == line), "{line} in {help}");
        }
    }
}
