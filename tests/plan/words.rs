//! Words of a suite that the built-in ones have no use for, and the requests that they make.

use std::fs;
use std::sync::Arc;

use errdrift::catalog;
use errdrift::fault::relation::Like;
use errdrift::plan::{Plan, Probe};

use super::support::everything;

const SUITE: &str = r#"
id = "own"
title = "Own"
contract = "http"
prefix = "/"

[credentials.session]
scheme = "token"
header = "Cookie"
prefix = "session="
valid = { token = "${OWN_SESSION}" }
unknown = { token = "0123456789abcdef" }

[[operation]]
id = "things.list"
method = "GET"
path = "/things"
effect = "none"
credential = "session"
control = true
query."kind[]" = { type = "string", required = true, example = "a b" }
query.page = { type = "integer", example = 1 }

[[operation]]
id = "things.merge"
method = "PATCH"
path = "/things/{id}"
effect = "changes"
credential = "session"
path_parameters.id = { type = "string", example = "nothing" }
scratch = { id = "may-be-lost" }

[operation.body]
media_type = "application/merge-patch+json"
members.label = { type = "string", required = true, example = "errdrift" }
"#;

fn probes() -> Vec<Probe> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.toml");
    fs::write(&file, SUITE).unwrap();
    let api = catalog::load(file.to_str().unwrap()).unwrap_or_else(|problems| panic!("{problems}"));
    Plan::new(&[Arc::new(api)], &everything()).probes
}

/// The values of a header field in the requests of a fault, with variables by name.
fn values(probes: &[Probe], fault: &str, field: &str) -> Vec<String> {
    let of = probes.iter().filter(|probe| probe.fault.id == fault);
    let value = |probe: &Probe| Some(String::from_utf8(probe.request.header(field)?.masked()).unwrap());
    of.filter_map(value).collect()
}

#[test]
fn a_token_stands_behind_its_prefix_be_it_a_right_one_an_invented_or_a_long_one() {
    let probes = probes();
    let all = |fault: &str, value: &str| {
        let values = values(&probes, fault, "cookie");
        assert!(!values.is_empty() && values.iter().all(|other| other == value), "{fault}: {values:?}");
    };
    all("method-invented", "session=${OWN_SESSION}");
    all("credentials-unknown", "session=0123456789abcdef");
    all("credentials-long", &format!("session={}", "0".repeat(8_000)));
    assert!(values(&probes, "credentials-absent", "cookie").is_empty());
}

#[test]
fn a_json_type_of_its_own_stays_on_every_body_that_is_json_or_was() {
    let probes = probes();
    for fault in ["body-truncated", "member-type", "member-missing", "body-root-type", "body-duplicate-member"] {
        let types = values(&probes, fault, "content-type");
        assert!(types.iter().all(|media_type| media_type == "application/merge-patch+json"), "{fault}: {types:?}");
    }
    assert!(!values(&probes, "body-truncated", "content-type").is_empty());
    assert_eq!(values(&probes, "content-type-text", "content-type"), ["text/plain"]);
}

#[test]
fn a_malformed_body_is_compared_with_the_same_body_at_the_same_place() {
    let probes = probes();
    let is_there = |probe: &Probe| probe.request.target.contains("/may-be-lost");
    let mut compared = 0;
    for probe in &probes {
        let Some(Like::Same(plain)) = &probe.like else { continue };
        let is_plain = |other: &&Probe| {
            other.operation == probe.operation && other.fault.id == plain.fault && other.variant() == plain.variant
        };
        let plain = probes.iter().find(is_plain).unwrap();
        assert_eq!(is_there(plain), is_there(probe), "{} and {}", plain.id, probe.id);
        compared += usize::from(is_there(probe));
    }
    assert!(compared >= 10, "{compared}");
}

#[test]
fn a_parameter_whose_name_is_written_with_escapes_is_left_out_whole() {
    let probes = probes();
    let targets = |fault: &str| -> Vec<&str> {
        probes.iter().filter(|probe| probe.fault.id == fault).map(|probe| probe.request.target.as_str()).collect()
    };
    assert_eq!(targets("query-missing"), ["/things?page=1"]);
    assert_eq!(targets("query-ill-typed"), ["/things?kind%5B%5D=a%20b&page=abc"]);
}

#[test]
fn an_api_that_has_all_paths_has_none_outside() {
    let probes = probes();
    let unknown: Vec<_> = probes.iter().filter(|probe| probe.fault.id == "path-unknown").collect();
    assert_eq!(unknown.len(), 3);
    assert!(unknown.iter().all(|probe| probe.expectation.governed && probe.request.target.starts_with("/errdrift")));
    assert!(!probes.iter().any(|probe| probe.fault.id == "method-invented" && probe.request.target.starts_with("//")));
}
