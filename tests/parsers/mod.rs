//! No body that is no JSON is a right request for a parser that takes more than JSON: the anchor is in whatever it reads.
//!
//! Asks the real parsers, as far as they are installed (`.ci/run` installs them), and says which are not.
#![expect(clippy::print_stdout, reason = "what was not asked is named")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use errdrift::catalog;
use errdrift::catalog::suite::{Body, Field, Operation};
use errdrift::fault::Tier;
use errdrift::model::cause::Cause;
use errdrift::plan::{Plan, Probe, Selection};
use serde_json::Value;

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parsers");
const JARS: &str = "/usr/share/java/gson.jar:/usr/share/java/jackson-core.jar:/usr/share/java/jackson-databind.jar:/usr/share/java/jackson-annotations.jar";
const NEWTONSOFT: &str = "/usr/lib/cli/Newtonsoft.Json-5.0/Newtonsoft.Json.dll";

/// The parsers by name, and the commands that read a body in Base64 a line and write it as JSON a line, or `!`.
const PARSERS: &[(&str, &[&str])] = &[
    ("ruby", &["ruby", "parse.rb"]),
    ("php", &["php", "parse.php"]),
    ("python", &["/usr/bin/python3", "parse.py", "json"]),
    ("python-json5", &["/usr/bin/python3", "parse.py", "json5"]),
    ("yaml", &["/usr/bin/python3", "parse.py", "yaml"]),
    ("node-json5", &["node", "parse.js"]),
    ("gson", &["java", "-cp", JARS, "Parse.java", "gson"]),
    ("jackson", &["java", "-cp", JARS, "Parse.java", "jackson"]),
    ("newtonsoft", &["sh", "newtonsoft.sh", NEWTONSOFT]),
];

/// What the parser makes of each body; `None` where it is not installed.
fn read(command: &[&str], bodies: &[&[u8]]) -> Option<Vec<Option<Value>>> {
    let mut child = Command::new(command[0])
        .args(&command[1..])
        .current_dir(HERE)
        .env("NODE_PATH", "/usr/share/nodejs")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take()?;
    let lines: String = bodies.iter().map(|body| BASE64.encode(body) + "\n").collect();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let lines = BufReader::new(child.stdout.take()?).lines().map_while(Result::ok);
    let read: Vec<_> = lines.map(|line| serde_json::from_str(&line).ok()).collect();
    // A parser that is not there ends before it has read anything.
    let _ = writer.join();
    let _ = child.wait();
    (read.len() == bodies.len()).then_some(read)
}

/// Whether every required member is there, at any depth, so that nothing but the anchor could be wrong.
fn has_all(members: &BTreeMap<String, Field>, value: &Value) -> bool {
    members.iter().all(|(name, field)| match value.get(name) {
        None | Some(Value::Null) => !field.required,
        Some(inner) => !inner.is_object() || has_all(&field.members, inner),
    })
}

/// Whether some server would carry out what the parser has read.
fn is_right(body: &Body, value: &Value) -> bool {
    let anchored = body.anchor.as_ref().is_some_and(|anchor| {
        let place = anchor.way().iter().try_fold(value, |value, name| match value {
            Value::Array(elements) => elements.get(name.parse::<usize>().ok()?),
            _ => value.get(name),
        });
        place == Some(&anchor.value)
    });
    value.is_object() && !anchored && has_all(&body.members, value)
}

/// The operation of a probe whose content is all that keeps it from being carried out.
fn changing(probe: &Probe) -> Option<&Operation> {
    let operation = probe.declared()?;
    let by_content = errdrift::fault::draft::standing(operation).is_none() && !operation.reads();
    (by_content && probe.request.method == operation.method && probe.fault.cause == Cause::MalformedBody)
        .then_some(operation)
}

#[test]
fn no_lenient_parser_reads_a_right_request_in_a_malformed_body() {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/plan/constraints.toml");
    let names = catalog::built_in_suites().chain([own]);
    let apis: Vec<_> = names.map(|name| Arc::new(catalog::load(name).unwrap_or_else(|p| panic!("{p}")))).collect();
    let tiers = Tier::ALL.iter().map(|(tier, _)| *tier).collect();
    let plan = Plan::new(&apis, &Selection { tiers, ..Selection::default() });
    let json = |body: &&Body| body.media_type == "application/json";
    let probes: Vec<(&Probe, &Body, &[u8])> = plan
        .probes
        .iter()
        .filter_map(|probe| {
            let body = changing(probe)?.body.as_ref().filter(json)?;
            Some((probe, body, probe.request.body.as_deref()?))
        })
        .collect();
    assert!(probes.len() > 100, "{}", probes.len());
    let bodies: Vec<&[u8]> = probes.iter().map(|(_, _, content)| *content).collect();
    let mut right = Vec::new();
    for (name, command) in PARSERS {
        let Some(values) = read(command, &bodies) else {
            println!("not asked, since it is not installed: {name}");
            continue;
        };
        let taken = values.iter().flatten().count();
        println!("{name} reads {taken} of {} bodies", bodies.len());
        for ((probe, body, content), value) in probes.iter().zip(values) {
            if let Some(value) = value.filter(|value| is_right(body, value)) {
                right.push(format!("{name}: {} {} as {value}", probe.id, content.escape_ascii()));
            }
        }
    }
    assert!(right.is_empty(), "{} read as right:\n{}", right.len(), right.join("\n"));
}

/// The parsers would prove nothing if they read nothing.
#[test]
fn each_parser_reads_json_and_what_it_takes_beyond() {
    let right = br#"{"name":"x","list":[1,{"a":null}]}"#;
    let bodies: [&[u8]; 2] = [right, b"{\"name\":"];
    for (name, command) in PARSERS.iter().filter(|(_, command)| Path::new(command[0]).exists() || found(command[0])) {
        let Some(values) = read(command, &bodies) else { continue };
        assert_eq!(values, [serde_json::from_slice(right).ok(), None], "{name}");
    }
}

/// Whether a program of that name is on the path.
fn found(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|at| at.join(program).is_file()))
}
