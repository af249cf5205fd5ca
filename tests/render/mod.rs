//! The forms of the report, from fixtures: each is read back by a reader of its format.

#![expect(clippy::print_stderr, reason = "a test that was not run says so")]

mod annotations;
mod archive;
pub(crate) mod fixture;
mod markdown;
mod published;
mod sarif;

use errdrift::catalog::schema::Schema;
use errdrift::model::cause::CAUSES;
use errdrift::model::printable::hides;
use errdrift::model::verdict::{Severity, Verdict};
use errdrift::render::format::FORMATS;
use errdrift::render::human::summary;
use errdrift::render::style::Style;
use errdrift::report::{Closing, Opening, ProbeResult, Reason};
use fixture::{HOSTILE, closing, finding, hostile, mixed, mixed_closing, opening, report, result};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus};
use serde_json::{Value, json};

fn as_junit(opening: &Opening, results: &[ProbeResult], closing: &Closing) -> Report {
    let text = report("junit", opening, results, closing);
    assert!(!text.contains(|c| hides(c) && c != '\n'), "XML has characters that nobody sees");
    Report::deserialize_from_str(&text).unwrap()
}

fn schema() -> Value {
    serde_json::from_str(include_str!("../../schemas/report.schema.json")).unwrap()
}

/// The text is what the golden file says; `BLESS=1` writes the file.
fn golden(name: &str, text: &str) {
    let path = format!("{}/tests/golden/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    assert!(expected == text, "{name} differs (BLESS=1 writes it):\n{text}");
}

/// Style without colour.
fn plain(width: usize) -> Style {
    Style { color: false, width, verbose: false }
}

fn cases(report: &Report, is: impl Fn(&TestCaseStatus) -> bool) -> Vec<&TestCase> {
    report.test_suites.iter().flat_map(|suite| &suite.test_cases).filter(|case| is(&case.status)).collect()
}

fn is(kind: NonSuccessKind) -> impl Fn(&TestCaseStatus) -> bool {
    move |status| matches!(status, TestCaseStatus::NonSuccess { kind: found, .. } if *found == kind)
}

#[test]
fn every_format_of_a_mixed_run_reads_like_the_golden_one() {
    for format in FORMATS {
        let text = report(format.word, &opening(), &mixed(), &mixed_closing());
        golden(&format!("report.{}", format.word), &text.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    }
}

#[test]
fn no_format_has_a_character_that_nobody_sees_whatever_the_target_sent() {
    let results = hostile(100_000);
    let mut closing = closing(&results, true);
    closing.reasons.push(Reason::Seen, HOSTILE.to_owned());
    for format in FORMATS {
        let text = report(format.word, &opening(), &results, &closing);
        let hidden = text.chars().find(|c| hides(*c) && !matches!(c, '\n' | '\t'));
        assert_eq!(hidden, None, "{format:?}");
    }
}

#[test]
fn the_pieces_of_the_json_report_are_one_document_of_its_schema() {
    let schema = Schema::compile("report.schema.json", &schema()).unwrap();
    let empty = closing(&[], false);
    for (results, closing) in
        [(mixed(), mixed_closing()), (hostile(100_000), closing(&hostile(100_000), true)), (Vec::new(), empty)]
    {
        let text = report("json", &opening(), &results, &closing);
        let report: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(schema.violations(&report), []);
        assert_eq!(report["results"].as_array().unwrap().len(), results.len());
        assert_eq!(text.lines().filter(|line| line.starts_with("{\"probe\"")).count(), results.len());
        assert!(!text.contains(|c| hides(c) && c != '\n'));
    }
}

#[test]
fn a_json_report_that_was_read_is_written_the_same_again() {
    for (results, closing) in [(mixed(), mixed_closing()), (hostile(10), closing(&hostile(10), true))] {
        let text = report("json", &opening(), &results, &closing);
        let read = errdrift::report::Report::read(&mut text.as_bytes()).unwrap();
        assert_eq!(report("json", &read.opening, &read.results, &read.closing), text);
    }
}

#[test]
fn the_json_report_has_the_members_of_the_design_in_their_order() {
    let report: Value = serde_json::from_str(&report("json", &opening(), &mixed(), &mixed_closing())).unwrap();
    let names: Vec<_> = report.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = "schema_version tool target started_at suites insecure strict suite_names results duration_ms exit_code verdict \
        reasons reason_kinds may_have_changed summary drifts catalogue not_exercised withheld coverage precedence inactive connection_failures \
        load interrupted gates";
    assert_eq!(names, expected.split_whitespace().collect::<Vec<_>>());
    assert_eq!(report["tool"], json!({"name": "errdrift", "version": env!("CARGO_PKG_VERSION")}));
    assert_eq!(report["results"][10]["reply"], Value::Null);
    assert_eq!(report["results"][10]["silence"], "closed without a reply: connection reset");
    let numbers = |name: &str| report["summary"][name].as_u64().unwrap();
    let sum: u64 = ["passed", "failed", "waived", "inconclusive", "not_exercised"].map(numbers).iter().sum();
    assert_eq!(sum, numbers("probes"));
}

#[test]
fn the_json_report_keeps_what_a_target_sent() {
    let results = hostile(100_000);
    let report: Value = serde_json::from_str(&report("json", &opening(), &results, &closing(&results, false))).unwrap();
    assert_eq!(report["results"][0]["reply"]["body"], HOSTILE);
    assert_eq!(
        report["results"][1]["reply"]["body"].as_str().unwrap().len(),
        results[1].reply.as_ref().unwrap().body.len()
    );
}

/// The members of the value that the schema does not describe.
fn undescribed(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        undescribed(root, root.pointer(&reference[1..]).unwrap(), value, at, found);
    } else if let Some(first) = schema["anyOf"].get(0) {
        undescribed(root, first, value, at, found);
    } else if let Value::Object(members) = value {
        for (name, member) in members {
            match schema["properties"].get(name) {
                Some(described) if described["description"].is_string() || described["$ref"].is_string() => {
                    undescribed(root, described, member, &format!("{at}/{name}"), found);
                }
                _ => found.push(format!("{at}/{name}")),
            }
        }
    } else if let Value::Array(elements) = value {
        for element in elements {
            undescribed(root, &schema["items"], element, at, found);
        }
    }
}

#[test]
fn the_schema_describes_every_member_and_lists_every_word() {
    let schema = schema();
    let mut results = mixed();
    results[0].request.as_mut().unwrap().body_bytes = Some(1);
    results[0].request.as_mut().unwrap().body_base64 = Some("AA==".to_owned());
    results[0].reply.as_mut().unwrap().body_base64 = Some("AA==".to_owned());
    let report: Value = serde_json::from_str(&report("json", &opening(), &results, &mixed_closing())).unwrap();
    let mut found = Vec::new();
    undescribed(&schema, &schema, &report, "", &mut found);
    // Its members are the suites' own ids.
    found.retain(|at| !at.starts_with("/suite_names/"));
    assert_eq!(found, Vec::<String>::new());
    let words: Vec<_> = CAUSES.iter().map(|(_, word, _)| json!(word)).collect();
    assert_eq!(schema["$defs"]["cause"]["enum"], Value::Array(words));
}

#[test]
fn the_schema_refuses_a_report_that_lacks_a_member() {
    let compiled = Schema::compile("report.schema.json", &schema()).unwrap();
    let report: Value = serde_json::from_str(&report("json", &opening(), &mixed(), &mixed_closing())).unwrap();
    for name in report.as_object().unwrap().keys() {
        let mut lacking = report.clone();
        lacking.as_object_mut().unwrap().remove(name);
        assert!(!compiled.accepts(&lacking), "{name}");
    }
    let mut lacking = report.clone();
    lacking["results"][10].as_object_mut().unwrap().remove("silence");
    assert!(!compiled.accepts(&lacking));
}

#[test]
fn junit_counts_what_the_summary_counts() {
    let closing = mixed_closing();
    let report = as_junit(&opening(), &mixed(), &closing);
    let summary = closing.summary;
    assert_eq!(report.tests, summary.probes);
    assert_eq!(report.failures, summary.failed);
    assert_eq!(report.errors, summary.inconclusive);
    let skipped = cases(&report, |status| matches!(status, TestCaseStatus::Skipped { .. }));
    assert_eq!(skipped.len(), summary.not_exercised);
    assert!(skipped.iter().all(|case| matches!(&case.status, TestCaseStatus::Skipped { message: Some(_), .. })));
    let passed = cases(&report, |status| matches!(status, TestCaseStatus::Success { .. }));
    assert_eq!(passed.len(), summary.passed + summary.waived);
    let names: Vec<_> = report.test_suites.iter().map(|suite| suite.name.as_str()).collect();
    assert_eq!(names, ["oz-api", "escrow-box"]);
    let first = &report.test_suites[0].test_cases[1];
    assert_eq!(first.name.as_str(), "oz-api/folders.list/query-negative/offset");
    assert_eq!(first.classname.as_ref().unwrap().as_str(), "oz-api.folders.list");
    assert_eq!(first.time.unwrap().as_millis(), 1);
    let TestCaseStatus::NonSuccess { message, description, .. } = &first.status else { panic!("it failed") };
    let message = message.as_ref().unwrap().as_str();
    assert_eq!(
        message,
        "code-unexpected: /error_code: expected code 4 (INVALID VALUE), got code 7 (AUTH INVALID) (and 1 more)"
    );
    let description = description.as_ref().unwrap().as_str();
    for line in [
        "error code-unexpected at /error_code",
        "note version-disclosed at header:server",
        "request: curl",
        "reply: 400 {",
    ] {
        assert!(description.lines().any(|found| found.starts_with(line)), "{line} is not in {description}");
    }
}

#[test]
fn junit_keeps_warnings_of_passed_probes() {
    let report = as_junit(&opening(), &mixed(), &mixed_closing());
    let page = report.test_suites[1].test_cases.iter().find(|case| case.name.as_str().contains("body-empty")).unwrap();
    assert!(page.system_out.as_ref().unwrap().as_str().starts_with("pass\nwarning member-undocumented"));
}

#[test]
fn junit_is_red_when_the_exit_code_is() {
    let nothing = closing(&[], false);
    assert_eq!(nothing.exit_code, 3);
    let report = as_junit(&opening(), &[], &nothing);
    assert_eq!((report.tests, report.errors), (1, 1));
    assert_eq!(cases(&report, is(NonSuccessKind::Error))[0].classname.as_ref().unwrap().as_str(), "errdrift");

    let warned = finding("allow-missing", Severity::Warning, "header:allow", "Allow", "none");
    let warned = [result("oz-api", "folders.list", "method-put", Verdict::Pass, vec![warned])];
    assert_eq!(as_junit(&opening(), &warned, &closing(&warned, false)).failures, 0);
    let strict = closing(&warned, true);
    assert_eq!(strict.exit_code, 1);
    let report = as_junit(&Opening { strict: true, ..opening() }, &warned, &strict);
    assert_eq!((report.tests, report.failures), (2, 1));
}

#[test]
fn junit_from_a_hostile_target_is_well_formed_and_complete() {
    let results = hostile(5_000_000);
    let report = as_junit(&opening(), &results, &closing(&results, false));
    assert_eq!((report.tests, report.failures, report.errors), (5, 3, 1));
    let failures = cases(&report, is(NonSuccessKind::Failure));
    let TestCaseStatus::NonSuccess { description, .. } = &failures[0].status else { panic!("it failed") };
    let description = description.as_ref().unwrap().as_str();
    assert!(description.contains("]]></failure><script>&amp;\\u{0}"), "{description}");
    assert_harmless(description);
}

#[test]
fn the_summary_of_a_mixed_run_reads_like_the_golden_one() {
    golden("summary-mixed.txt", &summary(&opening(), &mixed_closing(), &plain(100)));
    golden("summary-mixed-narrow.txt", &summary(&opening(), &mixed_closing(), &plain(40)));
    golden(
        "summary-mixed-color.txt",
        &summary(&opening(), &mixed_closing(), &Style { color: true, width: 100, verbose: false }),
    );
}

/// The last line of the summary.
fn verdict(strict: bool, closing: &Closing) -> String {
    let text = summary(&Opening { strict, ..opening() }, closing, &plain(100));
    text.lines().last().unwrap().to_owned()
}

#[test]
fn the_last_line_is_the_verdict_with_plurals_right() {
    let broken = |severity| vec![finding("allow-missing", severity, "header:allow", "Allow", "none")];
    let one = |verdict, findings| vec![result("oz-api", "folders.list", "method-put", verdict, findings)];
    let fail = one(Verdict::Fail, broken(Severity::Error));
    assert_eq!(verdict(false, &closing(&fail, false)), "errdrift: FAIL: 1 drift (1 error) in 1 probe; exit 1");
    let pass: Vec<_> = (0..1204).flat_map(|_| one(Verdict::Pass, Vec::new())).collect();
    assert_eq!(verdict(false, &closing(&pass, false)), "errdrift: PASS: 1,204 probes, no drift; exit 0");
    let warned = one(Verdict::Pass, broken(Severity::Warning));
    assert_eq!(verdict(false, &closing(&warned, false)), "errdrift: PASS: 1 probe, 1 drift (1 warning); exit 0");
    assert_eq!(
        verdict(true, &closing(&warned, true)),
        "errdrift: FAIL: 1 drift (1 warning) in 1 probe; warnings fail under --strict; exit 1"
    );
    let waived = one(Verdict::Waived, broken(Severity::Error));
    assert_eq!(
        verdict(false, &closing(&waived, false)),
        "errdrift: WAIVED: 1 probe, 1 drift (1 error); 1 waived; exit 0"
    );
    let unsure = one(Verdict::Inconclusive, Vec::new());
    assert_eq!(
        verdict(false, &closing(&unsure, false)),
        "errdrift: NOT JUDGED: not every probe could be judged; 1 probe, no drift; 1 inconclusive; exit 3"
    );
    assert_eq!(
        verdict(false, &closing(&[], false)),
        "errdrift: NOT JUDGED: nothing was judged: no probe was selected, or none could be sent; 0 probes, no drift; exit 3"
    );
    assert_eq!(
        verdict(false, &mixed_closing()),
        "errdrift: FAIL: 5 drifts (2 errors, 1 warning, 2 notes) in 13 probes; 1 waived; 1 inconclusive; 6 not exercised; exit 1"
    );
}

/// Nothing that a terminal or a CI takes for a command, and nothing hidden.
fn assert_harmless(text: &str) {
    assert!(!text.contains(|c| hides(c) && c != '\n'), "a hidden character");
    assert!(!text.contains("##"), "a command of Azure DevOps or TeamCity");
    for line in text.lines() {
        let start = line.trim_start();
        for command in ["::", "#", "ok ", "Bail", "section_", "0 failed"] {
            assert!(!start.starts_with(command), "{line}");
        }
    }
}

#[test]
fn a_hostile_target_does_no_harm_to_a_terminal_or_a_log() {
    let results = hostile(5_000_000);
    let mut closing = closing(&results, false);
    closing.reasons.push(Reason::Seen, format!("the target is unreachable: {HOSTILE}"));
    for width in [0, 40, 100, 1000] {
        let text = summary(&opening(), &closing, &plain(width));
        assert_harmless(&text);
        assert!(text.len() < 60_000, "{} bytes at {width}", text.len());
    }
}
