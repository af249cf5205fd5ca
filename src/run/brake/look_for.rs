//! What to look for at a target that accepted what it must refuse: in words that a person can act on. Pure.

use std::time::SystemTime;

use crate::catalog::suite::Effect;
use crate::plan::Probe;
use crate::report::record::Recorder;
use crate::report::{MayHaveChanged, RecordedRequest};

/// The most of a body that is reported, in characters.
const MAX_BODY: usize = 200;

/// The request in the list of those that may have changed the target, without secrets.
pub(crate) fn entry(probe: &Probe, recorder: &Recorder, left: SystemTime, status: Option<u16>) -> MayHaveChanged {
    let recorded = recorder.request(probe);
    MayHaveChanged {
        probe: probe.id.clone(),
        operation: probe.operation.clone(),
        effect: probe.declared().map_or("unknown", |operation| operation.effect.word()).to_owned(),
        time: humantime::format_rfc3339_millis(left).to_string(),
        status,
        look_for: format!("{}{}", deed(probe), named(&recorded)),
        method: recorded.method,
        url: recorded.url,
    }
}

/// What the target may have done.
fn deed(probe: &Probe) -> String {
    let method = probe.request.method.as_str();
    let operation = probe.declared().filter(|operation| operation.method == method);
    let Some(operation) = operation else {
        let what = match method.to_ascii_uppercase().as_str() {
            "PUT" => "something created or replaced at this path",
            "POST" => "something created below this path",
            "PATCH" => "something changed at this path",
            "DELETE" => "something deleted at this path",
            _ => return format!("whatever the target does on {method} at this path"),
        };
        return format!("{what}, by a method that is not the operation's");
    };
    let id = &operation.id;
    match operation.effect {
        Effect::None => format!("anything that {id} changes, which only reads by its suite"),
        Effect::Session => format!("a session that {id} opened or renewed"),
        Effect::Creates => format!("something that {id} created"),
        Effect::Upserts => format!("something that {id} created or replaced"),
        Effect::Changes => format!("something that {id} changed"),
        Effect::Deletes => format!("something that {id} deleted"),
        Effect::MovesMoney => format!("money that {id} moved"),
    }
}

/// What the request's body named.
fn named(request: &RecordedRequest) -> String {
    let Some(body) = request.body.as_deref().filter(|body| !body.trim().is_empty()) else { return String::new() };
    let shown: String = body.chars().take(MAX_BODY).collect();
    let rest = if body.chars().nth(MAX_BODY).is_some() { "…" } else { "" };
    format!(", with the body {shown}{rest}")
}
