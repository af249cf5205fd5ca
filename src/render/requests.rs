//! The dry run: every planned request as it would leave, with secrets as variables. Nothing is sent.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::model::exchange::{Part, Request, Script};
use crate::model::printable::hides;
use crate::plan::{Plan, Probe};

/// The most of a request's content that is shown, in bytes; its length is reported.
const MAX_CONTENT: usize = 2_000;
/// What stands for the host, which only a run names.
const HOST: &str = "HOST";

/// All requests of a plan, one after the other: the controls, then the probes, each with the reason why it may be sent.
#[must_use]
pub fn text(plan: &Plan) -> String {
    let controls = plan.controls.iter().map(|control| {
        let name = format!("control {}/{}", control.api.suite.id, control.operation);
        block(&name, "it only reads", &control.request)
    });
    let probes = plan.probes.iter().map(|probe| block(&probe.id, &reason(probe), &probe.request));
    controls.chain(probes).collect::<Vec<_>>().join("\n")
}

/// A probe's request for programs: its parts, or the bytes of one that no HTTP library sends.
#[must_use]
pub fn value(probe: &Probe) -> Value {
    let request = &probe.request;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if let Some(script) = &request.script {
        return json!({ "raw": text(&scripted(script)) });
    }
    let headers: Vec<_> = request.headers.iter().map(|(name, value)| json!([name, text(&value.masked())])).collect();
    let body = request.body.as_ref().map(|body| text(body));
    json!({ "method": request.method, "target": request.target, "headers": headers, "body": body })
}

/// Why a probe may be sent, and what must be known first.
fn reason(probe: &Probe) -> String {
    match &probe.ruled_out {
        Some(ruled_out) => format!("only if the target's own Allow lacks {}", ruled_out.method),
        None => probe.guard.to_string(),
    }
}

fn block(name: &str, reason: &str, request: &Request) -> String {
    let mut block = format!("# {name} ({reason})\n");
    if let Some(script) = &request.script {
        shown(&mut block, &scripted(script), true);
    } else {
        let _ = writeln!(block, "{} {} HTTP/1.1\nhost: {HOST}", visible(&request.method), visible(&request.target));
        for (name, value) in &request.headers {
            let _ = writeln!(block, "{name}: {}", visible(&String::from_utf8_lossy(&value.masked())));
        }
        if let Some(body) = &request.body {
            let _ = writeln!(block, "content-length: {}\n", body.len());
            shown(&mut block, body, false);
        }
    }
    block
}

/// The bytes of a script, with words for what is no byte.
fn scripted(script: &Script) -> Vec<u8> {
    let part = |part: &Part| match part {
        Part::Bytes(bytes) => bytes.masked(),
        Part::Authority => HOST.into(),
        Part::Prefix => Vec::new(),
        Part::Pause(time) => format!("[{time:?} of silence]").into_bytes(),
    };
    let mut bytes: Vec<u8> = script.parts.iter().flat_map(part).collect();
    if script.half_close {
        bytes.extend_from_slice(b"[the sending half is closed]");
    }
    bytes
}

/// Appends bytes so that each can be seen: line by line, the ends of lines as well where they matter.
fn shown(block: &mut String, bytes: &[u8], with_ends: bool) {
    let kept = &bytes[..bytes.len().min(MAX_CONTENT)];
    let text = match std::str::from_utf8(kept) {
        Ok(text) => text.to_owned(),
        Err(_) => kept.escape_ascii().to_string().replace("\\n", "\n"),
    };
    for line in text.split_inclusive('\n') {
        let content = line.strip_suffix('\n').unwrap_or(line);
        let content = if with_ends { content } else { content.strip_suffix('\r').unwrap_or(content) };
        let end = if with_ends && line.ends_with('\n') { "\\n" } else { "" };
        let _ = writeln!(block, "{}{end}", visible(content));
    }
    if kept.len() < bytes.len() {
        let _ = writeln!(block, "[… {} bytes in all]", bytes.len());
    }
}

/// The text with what hides or moves anything written as an escape.
fn visible(text: &str) -> String {
    let letter = |c: char| match c {
        '\r' => "\\r".to_owned(),
        c if hides(c) => format!("\\u{{{:x}}}", u32::from(c)),
        c => c.to_string(),
    };
    text.chars().map(letter).collect()
}
