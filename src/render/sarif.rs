//! The report as SARIF 2.1.0, for GitHub's code scanning and for editors: a result a drift, at its operation in the suite's
//! file.
//!
//! Beside the standard it keeps to what GitHub takes: how many results it shows, and by which fingerprint it knows one again.
//! It does not know the probes that passed, and no file.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::count::{count, number};
use super::style::Style;
use super::{human, markdown};
use crate::judge;
use crate::judge::rule::Rule;
use crate::model::layer::Layer;
use crate::model::printable::{json, printable};
use crate::model::verdict::{Severity, exit};
use crate::report::signature::earlier;
use crate::report::{Closing, Drift, Opening, changed};

/// The most results of a run that are shown by GitHub.
pub const MAX_RESULTS: usize = 5_000;
/// A longer value or command is not for reading.
const MAX_VALUE: usize = 1_000;
const MAX_COMMAND: usize = 4_000;

#[derive(Serialize)]
struct Log {
    version: &'static str,
    #[serde(rename = "$schema")]
    schema: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    /// GitHub keeps the results of two runs apart by it.
    automation_details: Id,
    invocations: [Invocation; 1],
    results: Vec<Entry>,
    column_kind: &'static str,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    short_description: Message,
    full_description: Message,
    help: Help,
    default_configuration: Configuration,
    properties: Tags,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: Severity,
}

#[derive(Serialize)]
struct Tags {
    tags: Vec<String>,
}

#[derive(Serialize)]
struct Id {
    id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    exit_code: u8,
    start_time_utc: String,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: Severity,
    message: Message,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: Severity,
    message: Message,
    locations: [Location; 1],
    occurrence_count: usize,
    partial_fingerprints: BTreeMap<&'static str, String>,
    properties: Properties,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<Physical>,
    logical_locations: [Logical; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logical {
    name: String,
    fully_qualified_name: String,
    kind: &'static str,
}

/// What a program may want as it is: a message doubles braces.
#[derive(Serialize)]
struct Properties {
    signature: String,
    probe: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<String>,
}

/// The document.
pub(super) fn document(opening: &Opening, closing: &Closing) -> String {
    let shown = &closing.drifts[..closing.drifts.len().min(MAX_RESULTS)];
    let fired: Vec<&Rule> = judge::rules().filter(|rule| shown.iter().any(|drift| drift.rule == *rule)).collect();
    let driver = Driver {
        name: "errdrift",
        semantic_version: env!("CARGO_PKG_VERSION"),
        rules: fired.iter().map(|rule| descriptor(rule)).collect(),
    };
    let results = shown.iter().map(|drift| entry(opening, drift, fired.iter().position(|rule| *rule == drift.rule)));
    let run = Run {
        tool: Tool { driver },
        automation_details: Id { id: format!("errdrift/{}/", printable(&opening.suites.join("+"), MAX_VALUE)) },
        invocations: [Invocation {
            execution_successful: closing.exit_code != exit::NOT_JUDGED,
            exit_code: closing.exit_code,
            start_time_utc: opening.started_at.clone(),
            tool_execution_notifications: notifications(opening, closing),
        }],
        results: results.collect(),
        column_kind: "unicodeCodePoints",
    };
    let schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
    json(&Log { version: "2.1.0", schema, runs: [run] }) + "\n"
}

/// The text as a plain text message: braces are doubled (section 3.11.5), and none of it becomes a link (3.11.6), for which
/// there is no escape.
fn plain(text: &str, limit: usize) -> String {
    printable(text, limit).replace("](", "]\\u{28}").replace('{', "{{").replace('}', "}}")
}

fn descriptor(rule: &Rule) -> Descriptor {
    let message = |text: &str| Message { text: plain(text, MAX_VALUE) };
    let plain = |text: &str| plain(text, MAX_VALUE);
    let code = |text: &str| markdown::code(text, MAX_VALUE).replace('{', "{{").replace('}', "}}");
    let mut tags = vec!["api".to_owned(), "error-replies".to_owned()];
    // Disclosures alone cite a CWE; GitHub knows it by this form.
    let cited = rule.source.split("CWE-").skip(1).map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
    tags.extend(cited.flatten().map(|number| format!("external/cwe/cwe-{number}")));
    Descriptor {
        id: rule.id,
        short_description: message(rule.what.split_inclusive(". ").next().unwrap_or(rule.what).trim_end()),
        full_description: message(rule.what),
        help: Help {
            text: format!(
                "{}\n\nWhy it matters: {}\n\nExample: {}\n\nSource: {}",
                plain(rule.what),
                plain(rule.why),
                plain(rule.example),
                plain(rule.source)
            ),
            markdown: format!(
                "{}\n\n**Why it matters:** {}\n\n**Example:** {}\n\n**Source:** {}",
                plain(rule.what),
                plain(rule.why),
                code(rule.example),
                plain(rule.source)
            ),
        },
        default_configuration: Configuration { level: rule.severity },
        properties: Tags { tags },
    }
}

fn entry(opening: &Opening, drift: &Drift, rule_index: Option<usize>) -> Entry {
    let example = &drift.example;
    let command = example.request.as_ref().map(|request| request.command.as_str());
    let place = opening.place(&example.suite, &example.operation);
    let physical = |(path, line): (&str, usize)| Physical {
        artifact_location: Artifact { uri: uri(path) },
        region: Region { start_line: line },
    };
    let fingerprints = [
        ("errdrift/v1", earlier(example, &drift.finding)),
        ("errdrift/v2", drift.signature.clone()),
        // The one that GitHub compares. Left out, it would be made of the suite's line, which many drifts share.
        ("primaryLocationLineHash", format!("{:016x}:1", hash(&drift.signature))),
    ];
    Entry {
        rule_id: drift.rule.id,
        rule_index,
        level: drift.severity,
        message: Message { text: message(drift, command) },
        locations: [Location {
            physical_location: place.map(physical),
            logical_locations: [Logical {
                name: example.operation.clone(),
                fully_qualified_name: format!("{}/{}", example.suite, example.operation),
                kind: "resource",
            }],
        }],
        occurrence_count: drift.count,
        partial_fingerprints: fingerprints.into(),
        properties: Properties {
            signature: drift.signature.clone(),
            probe: example.probe.clone(),
            command: command.map(str::to_owned),
        },
    }
}

/// The first sentence is all that lists show.
fn message(drift: &Drift, command: Option<&str>) -> String {
    let value = |text: &str| plain(text, MAX_VALUE);
    let probes = if drift.count == 1 {
        "1 probe shows it:".to_owned()
    } else {
        format!("{} of {} show it, as", count(drift.count, "probe"), count(drift.operations, "operation"))
    };
    let layer = drift.layer.map_or("nobody", Layer::word);
    let mut lines = vec![
        format!(
            "{}: expected {}, got {}.",
            value(&drift.finding.at),
            value(&drift.finding.expected),
            value(&drift.finding.actual)
        ),
        format!("{probes} {}. Answered by: {layer}.", value(&drift.example.probe)),
        format!("Source: {}", value(&drift.finding.source)),
    ];
    lines.extend(command.map(|command| format!("Reproduce: {}", plain(command, MAX_COMMAND))));
    lines.join("\n")
}

/// Why the run could not be judged, and what this document leaves out.
fn notifications(opening: &Opening, closing: &Closing) -> Vec<Notification> {
    let notification = |level, text: &str| Notification { level, message: Message { text: plain(text, MAX_VALUE) } };
    let mut all = Vec::new();
    if !closing.may_have_changed.is_empty() {
        all.push(notification(Severity::Error, &changed::headline(&closing.may_have_changed)));
        let lines = changed::lines(&closing.may_have_changed);
        all.extend(lines.iter().map(|line| notification(Severity::Error, line)));
    }
    all.extend(closing.reasons.iter().map(|reason| notification(Severity::Error, reason)));
    if closing.exit_code == exit::NOT_JUDGED && all.is_empty() {
        let line = human::verdict(opening, closing, &Style::default());
        all.push(notification(Severity::Error, line.trim_end()));
    }
    if let Some(why) = &closing.interrupted {
        all.push(notification(Severity::Error, &format!("the run was interrupted: {why}")));
    }
    if closing.summary.not_exercised > 0 {
        let probes = count(closing.summary.not_exercised, "probe");
        all.push(notification(Severity::Note, &format!("{probes} not exercised")));
    }
    if closing.drifts.len() > MAX_RESULTS {
        let (all_of_them, most) = (count(closing.drifts.len(), "drift"), number(MAX_RESULTS));
        let text = format!("{all_of_them}, of which the first {most} are results: GitHub shows no more of a run");
        all.push(notification(Severity::Warning, &text));
    }
    all
}

/// What is encoded in a path; RFC 3986 lets some of it stand.
const NOT_IN_PATHS: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The path as a reference that is relative to the repository; of an absolute path, its URI.
fn uri(path: &str) -> String {
    let encoded = utf8_percent_encode(path.strip_prefix("./").unwrap_or(path), NOT_IN_PATHS).to_string();
    if encoded.starts_with('/') { format!("file://{encoded}") } else { encoded }
}

/// FNV-1a: the same in every run and on every machine.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_reference_whatever_it_holds() {
        for (path, reference) in [
            ("suites/oz-api.toml", "suites/oz-api.toml"),
            ("./things.toml", "things.toml"),
            ("../a b/100%.toml", "../a%20b/100%25.toml"),
            ("/srv/ö.toml", "file:///srv/%C3%B6.toml"),
            ("a:b.toml", "a%3Ab.toml"),
        ] {
            assert_eq!(uri(path), reference);
        }
    }

    #[test]
    fn braces_are_doubled_and_no_link_is_made() {
        assert_eq!(plain("{0} [x](http://evil) ${T}", 1000), "{{0}} [x]\\u{{28}}http://evil) ${{T}}");
    }

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(hash(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash("foobar"), 0x8594_4171_f739_67e8);
    }
}
