//! What the README says is so: its suite is one, its commands are there, its names exist.

use std::process::Command;

const README: &str = include_str!("../README.md");

/// The code blocks of one language.
fn blocks(language: &str) -> Vec<&'static str> {
    let open = format!("```{language}\n");
    README.split(&open).skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

fn errdrift(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_errdrift")).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

#[test]
fn the_suite_of_the_readme_is_valid_and_has_probes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("things.toml");
    // The README leaves the contract to the reader; a built-in one stands in.
    let suite = blocks("toml")[0].replace("things.contract.toml", "oz-api");
    std::fs::write(&file, suite).unwrap();
    let file = file.to_str().unwrap();
    let (code, text) = errdrift(&["check", file]);
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = errdrift(&["list", file]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("things/things.list/query-above-maximum/limit"), "{text}");
    assert!(text.contains("things/things.create/member-null/name"), "{text}");
}

#[test]
fn every_option_that_the_readme_names_is_an_option() {
    let (_, help) = errdrift(&["run", "--help"]);
    let (_, list) = errdrift(&["list", "--help"]);
    let (_, check) = errdrift(&["check", "--help"]);
    let [compare, replay, judge, serve] =
        ["compare", "replay", "judge", "serve"].map(|command| errdrift(&[command, "--help"]).1);
    let words = README
        .split(['`', ' ', '\n', '|', '='])
        .filter(|word| word.strip_prefix("--").is_some_and(|name| name.starts_with(char::is_alphabetic)));
    for option in words.filter(|option| !["--release", "--path", "--test", "--path-as-is"].contains(option)) {
        assert!(
            [&help, &list, &check, &compare, &replay, &judge, &serve].iter().any(|help| help.contains(option)),
            "{option}"
        );
    }
}

#[test]
fn every_probe_and_fault_that_the_readme_names_is_planned() {
    let (_, list) = errdrift(&["list", "oz-api"]);
    for probe in
        README.split(['`', ' ', '\n']).filter(|word| word.starts_with("oz-api/") && word.matches('/').count() > 1)
    {
        assert!(list.lines().any(|line| line == probe), "{probe}");
    }
}

#[test]
fn every_file_that_the_readme_names_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in [
        "schemas/",
        "suites/",
        "src/fault/",
        "src/judge/",
        "src/reference/",
        ".ci/run",
        "tests/conformance.rs",
        ".github/report.png",
    ] {
        assert!(README.contains(file) && root.join(file).exists(), "{file}");
    }
}

#[test]
fn every_promise_of_the_safety_page_names_a_test_that_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/safety.md")).unwrap();
    let named: Vec<(&str, &str)> = page.split('`').filter_map(|word| word.split_once(".rs::")).collect();
    assert!(named.len() > 30, "{}", named.len());
    for (file, test) in named {
        let text = std::fs::read_to_string(root.join(format!("{file}.rs"))).unwrap_or_default();
        assert!(text.contains(&format!("fn {test}()")), "no {file}.rs::{test}");
    }
}

#[test]
fn every_file_that_the_pages_for_contributors_name_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for page in ["CONTRIBUTING.md", "docs/architecture.md"] {
        let text = std::fs::read_to_string(root.join(page)).unwrap();
        let named = text.split(['`', ' ', '(', ')', '\n']).map(|word| word.trim_end_matches([',', ';', ':']));
        let is_file =
            |word: &&str| ["src/", "tests/", "schemas/", "suites/", "docs/"].iter().any(|top| word.starts_with(top));
        let files: Vec<_> =
            named.filter(is_file).filter(|word| !word.contains(['*', '…']) && !word.contains("ID.")).collect();
        assert!(files.len() > 5, "{page}");
        for file in files {
            assert!(root.join(file).exists(), "{page} names {file}");
        }
    }
}
