//! What is wrong before there is a target: exit code 2, what is wrong and what to write, and nothing sent.

use std::path::Path;

use crate::targets::support::{Rogue, errdrift, reply};

/// What the command says on standard error when it exits with 2.
#[track_caller]
fn refused(arguments: &[&str]) -> String {
    let output = errdrift(arguments).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
    assert!(output.stdout.is_empty() && !stderr.contains("panicked"), "{stderr}");
    stderr
}

#[test]
fn targets_that_are_none() {
    for (target, why) in [
        ("localhost:80", "only http and https"),
        ("ftp://x", "only http and https"),
        ("staging.example.com", "https://"),
        ("http://", "host"),
        ("http://h:99999/", "port"),
        ("http://u:p@h/", "credentials come from the environment"),
        ("http://u:p@h:99999/", "port"),
        ("http://h/?q", "query"),
        ("http://h/#f", "fragment"),
        ("", "no target"),
    ] {
        let said = refused(&["run", "oz-api", "--target", target]);
        assert!(said.contains(why) && said.contains("write an origin"), "{target}: {said}");
        assert!(!said.contains("u:p@"), "a password is not repeated: {said}");
    }
}

const SUITE: &str = include_str!("../../suites/oz-api.toml");

/// The built-in suite with one change, in a file.
fn changed(directory: &Path, name: &str, from: &str, to: &str) -> String {
    assert!(SUITE.contains(from));
    let path = directory.join(name);
    std::fs::write(&path, SUITE.replacen(from, to, 1)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_suite_in_a_file_is_run_as_the_built_in_one() {
    let directory = tempfile::tempdir().unwrap();
    let same = changed(directory.path(), "same.toml", "id", "id");
    let list = |suite: &str| errdrift(&["list", suite]).output().unwrap().stdout;
    assert_eq!(list(&same), list("oz-api"));
}

#[test]
fn suites_that_are_unreadable_malformed_or_contradict_themselves() {
    let rogue = Rogue::answering(reply("200 OK", "application/json", "{}"));
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("bytes.toml"), [0xff, 0xfe, 0x00]).unwrap();
    std::fs::write(path("empty.toml"), "").unwrap();
    std::fs::create_dir(path("folder.toml")).unwrap();
    let suites = [
        (path("missing.toml"), "missing.toml"),
        (path("bytes.toml"), "bytes.toml"),
        (path("empty.toml"), "empty.toml"),
        (path("folder.toml"), "folder.toml"),
        (changed(directory.path(), "syntax.toml", "id = ", "id == "), "syntax.toml:"),
        (changed(directory.path(), "member.toml", "title = ", "titel = "), "`title`"),
        (changed(directory.path(), "method.toml", "credential = \"token\"", "credential = \"tokn\""), "`token`"),
        (changed(directory.path(), "twice.toml", "id = \"version\"", "id = \"companies.list\""), "companies.list"),
        (changed(directory.path(), "contract.toml", "contract = \"oz-api\"", "contract = \"./no.toml\""), "no.toml"),
    ];
    for (suite, named) in suites {
        let said = refused(&["run", &suite, "--target", &rogue.target]);
        assert!(said.contains(named), "{suite}: {said}");
        assert_eq!(refused(&["list", &suite]), said);
    }
    assert_eq!(rogue.accepted(), 0);
}
