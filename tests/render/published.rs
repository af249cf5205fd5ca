//! Every report of a machine's format against the schema that its format's keeper published, from fixtures and from real runs.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::fixture::{closing, hostile, mixed, mixed_closing, opening, report};
use errdrift::catalog::schema::Schema;
use errdrift::reference;
use errdrift::reference::Api;
use errdrift::render::format::FORMATS;
use errdrift::report::{Closing, ProbeResult, Reason};
use errdrift::run::embedded::Running;
use jsonschema::{Registry, Validator};
use serde_json::Value;

fn published(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schemas-published").join(name)
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The text is JSON of the schema, with formats asserted.
fn conforms(validator: &Validator, text: &str) -> Value {
    let document: Value = serde_json::from_str(text).unwrap();
    let errors = validator.iter_errors(&document).take(5);
    let errors: Vec<_> = errors.map(|error| format!("{}: {}", error.instance_path(), error.masked())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    document
}

pub(super) fn conforms_to_sarif(text: &str) -> Value {
    let mut schema = read(&published("sarif-2.1.0.schema.json"));
    // Its pattern of a language has a bracket too many, which no regular expression may have. We write no language.
    for place in ["/definitions/run/properties/language", "/definitions/toolComponent/properties/language"] {
        assert!(schema.pointer_mut(place).unwrap().as_object_mut().unwrap().remove("pattern").is_some());
    }
    let options = jsonschema::options().offline().should_validate_formats(true);
    conforms(&options.should_ignore_unknown_formats(false).build(&schema).unwrap(), text)
}

pub(super) fn conforms_to_har(text: &str) -> Value {
    // Its files name each other by relative references.
    const BASE: &str = "https://har.invalid/";
    let mut registry = Registry::new();
    for file in std::fs::read_dir(published("har-1.2")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "json") {
            let name = path.file_name().unwrap().to_str().unwrap();
            registry = registry.add(format!("{BASE}{name}"), read(&path)).unwrap();
        }
    }
    let registry = registry.prepare().unwrap();
    let options = jsonschema::options().offline().with_base_uri(BASE).with_registry(&registry);
    let validator = options.should_validate_formats(true).build(&read(&published("har-1.2/har.json"))).unwrap();
    conforms(&validator, text)
}

fn conforms_to_report(text: &str) -> Value {
    let schema = serde_json::from_str(include_str!("../../schemas/report.schema.json")).unwrap();
    let report = serde_json::from_str(text).unwrap();
    assert_eq!(Schema::compile("report.schema.json", &schema).unwrap().violations(&report), []);
    report
}

/// Asks xmllint, which is Debian's; the standard library has nothing for XML Schema, nor has a crate.
fn conforms_to_junit(text: &str) {
    let xmllint = Path::new("/usr/bin/xmllint");
    if !xmllint.is_file() {
        eprintln!("NOT RUN: xmllint is not installed (.ci/run installs it)");
        return;
    }
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    let mut command = Command::new(xmllint);
    command.args(["--nonet", "--noout", "--huge", "--schema"]).arg(published("junit-10.xsd")).arg(file.path());
    let output = command.stdin(Stdio::null()).output().unwrap();
    let told: String = String::from_utf8_lossy(&output.stderr).chars().take(2_000).collect();
    assert!(output.status.success(), "{told}");
}

fn runs() -> Vec<(Vec<ProbeResult>, Closing)> {
    let results = hostile(100_000);
    let mut unjudged = closing(&results, true);
    unjudged.reasons.push(Reason::Seen, super::fixture::HOSTILE.to_owned());
    unjudged.interrupted = Some(super::fixture::HOSTILE.to_owned());
    vec![(mixed(), mixed_closing()), (results, unjudged), (Vec::new(), closing(&[], false))]
}

#[test]
fn reports_of_fixtures_conform_to_the_published_schemas() {
    for (results, closing) in runs() {
        let written = |format| report(format, &opening(), &results, &closing);
        conforms_to_sarif(&written("sarif"));
        let archive = conforms_to_har(&written("har"));
        assert_eq!(archive["log"]["entries"].as_array().unwrap().len(), results.len());
        conforms_to_report(&written("json"));
        conforms_to_junit(&written("junit"));
    }
}

/// Runs the command against the target with all reports, holds each against its schema, and gives SARIF and the archive.
fn conforming_reports(api: Api, target: &str, arguments: &[&str], exit: i32) -> (Value, Value) {
    let directory = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_errdrift"));
    command.args(["run", api.id(), "--target", target, "--quiet", "--timeout", "20s"]).args(arguments);
    for format in FORMATS {
        command.arg("--report").arg(format!("{format:?}={}", directory.path().join(format.word).display()));
    }
    let output = command.envs(reference::environment(api).iter().copied()).output().unwrap();
    assert_eq!(output.status.code(), Some(exit), "{}", String::from_utf8_lossy(&output.stderr));
    let written = |format: &str| std::fs::read_to_string(directory.path().join(format)).unwrap();
    let report = conforms_to_report(&written("json"));
    conforms_to_junit(&written("junit"));
    let sarif = conforms_to_sarif(&written("sarif"));
    let archive = conforms_to_har(&written("har"));
    assert_eq!(archive["log"]["entries"].as_array().unwrap().len(), report["results"].as_array().unwrap().len());
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), report["drifts"].as_array().unwrap().len());
    assert_eq!(sarif["runs"][0]["invocations"][0]["exitCode"], exit);
    assert!(written("markdown").starts_with("**errdrift: "));
    assert_eq!(written("github").contains("::error "), exit != 0, "{}", written("github"));
    for (_, secret) in reference::environment(api) {
        assert!(!FORMATS.iter().any(|format| written(format.word).contains(secret)), "a secret in a report");
    }
    (sarif, archive)
}

#[test]
fn reports_of_real_runs_conform_to_the_published_schemas() {
    let tiers = ["--tier", "core", "--tier", "extended", "--tier", "wire", "--tier", "heavy"];
    for (api, drift) in [(Api::OzApi, Some("code-as-string")), (Api::EscrowBox, None)] {
        let drift = drift.map(|name| reference::drift(api, name).unwrap());
        let deployment = Running::start(api, drift).unwrap();
        let exit = i32::from(drift.is_some());
        let (sarif, _) = conforming_reports(api, deployment.target.as_str(), &tiers, exit);
        let suite = std::fs::read_to_string(format!("suites/{}.toml", api.id())).unwrap();
        for result in sarif["runs"][0]["results"].as_array().unwrap() {
            let location = &result["locations"][0];
            let place = &location["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uri"], format!("suites/{}.toml", api.id()));
            let line = usize::try_from(place["region"]["startLine"].as_u64().unwrap()).unwrap();
            let lines: Vec<_> = suite.lines().skip(line - 1).take(2).collect();
            let id = format!("id = {}", location["logicalLocations"][0]["name"]);
            assert_eq!(lines, ["[[operation]]", &id]);
        }
    }
}

#[test]
fn reports_of_an_unreachable_target_conform_and_say_why() {
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let few = ["--operation", "folders.list", "--fault", "query-negative"];
    let (sarif, archive) = conforming_reports(Api::OzApi, &format!("http://{closed}"), &few, 3);
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    assert_eq!(invocation["toolExecutionNotifications"][0]["level"], "error");
    assert_eq!(archive["log"]["entries"][0]["response"]["status"], 0);
}
