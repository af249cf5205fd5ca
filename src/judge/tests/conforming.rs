//! No false alarm: whatever way a promised reply is written, nothing is said of it.

use super::promised;
use super::support::{PROBES, judged, lines, owing, worst};
use crate::model::cause::Cause;
use crate::model::exchange::{Outcome, Reply};
use crate::model::verdict::{Severity, Verdict};
use crate::plan::Probe;
use serde_json::{Value, json};

/// How JSON text may be written without a change of what it says.
#[derive(Clone, Copy)]
struct Style {
    /// White space between tokens.
    space: &'static str,
    /// Whether members come in the opposite order.
    reversed: bool,
    /// Whether every character of a text is escaped.
    escaped: bool,
}

const PLAIN: Style = Style { space: "", reversed: false, escaped: false };

fn written(value: &Value, style: Style) -> String {
    let space = style.space;
    let text = |text: &str| {
        if !style.escaped {
            return Value::from(text).to_string();
        }
        let units = text.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
        format!("\"{}\"", units.collect::<String>())
    };
    match value {
        Value::String(string) => text(string),
        Value::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(|element| written(element, style)).collect();
            format!("[{space}{}{space}]", elements.join(&format!("{space},{space}")))
        }
        Value::Object(members) => {
            let member =
                |(name, value): (&String, &Value)| format!("{}{space}:{space}{}", text(name), written(value, style));
            let mut members: Vec<_> = members.iter().map(member).collect();
            if style.reversed {
                members.reverse();
            }
            format!("{{{space}{}{space}}}", members.join(&format!("{space},{space}")))
        }
        other => other.to_string(),
    }
}

/// Content types under which JSON may come.
const MEDIA_TYPES: &[&str] = &[
    "application/json",
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
    "Application/JSON; charset=\"UTF-8\"",
];

const STYLES: &[Style] = &[
    PLAIN,
    Style { space: " \r\n\t", reversed: false, escaped: false },
    Style { space: "", reversed: true, escaped: false },
    Style { space: " ", reversed: true, escaped: true },
];

/// The promised body, with what the document leaves free.
fn bodies(probe: &Probe, body: &Value) -> Vec<Value> {
    let mut bodies = vec![body.clone()];
    if probe.api.suite.id == "oz-api" {
        for details in
            [json!(null), json!("text"), json!(1.0), json!([1, null]), json!({"a": {"b": 2.5e3}}), json!(true)]
        {
            let mut body = body.clone();
            body["details"] = details;
            bodies.push(body);
        }
        let mut body = body.clone();
        body["error_message"] = json!("Сообщение «об ошибке» \u{1f600} \"\\/");
        bodies.push(body);
    } else {
        let mut bare = body.clone();
        bare["error"].as_object_mut().unwrap().shift_remove("message");
        bodies.push(bare);
    }
    bodies
}

fn answered(probe: &Probe, status: u16, media_type: &str, body: String) -> Reply {
    let headers = vec![("content-type".to_owned(), media_type.as_bytes().to_vec())];
    let reply = Reply { status, headers, body: body.into_bytes(), ..Reply::default() };
    owing(probe, reply)
}

#[test]
fn a_reply_that_keeps_the_promise_is_met_by_silence_however_it_is_written() {
    let mut alarms = Vec::new();
    for (index, probe) in PROBES.iter().enumerate() {
        let (status, body) = promised::answer(probe, probe.cause);
        let bodies = bodies(probe, &body);
        // Over the probes, every body meets every style and every media type.
        for body in [&bodies[0], &bodies[index % bodies.len()]] {
            let style = STYLES[index % STYLES.len()];
            let media_type = MEDIA_TYPES[index % MEDIA_TYPES.len()];
            let reply = answered(probe, status, media_type, written(body, style));
            let judgement = judged(probe, Outcome::Reply(reply), false);
            if !judgement.findings.is_empty() || judgement.verdict() != Verdict::Pass {
                alarms.push(format!("{} ({}): {body}: {:?}", probe.id, probe.cause, lines(&judgement)));
            }
        }
    }
    assert!(alarms.is_empty(), "{} alarms\n{}", alarms.len(), alarms[..alarms.len().min(30)].join("\n"));
}

#[test]
fn an_answer_to_another_cause_that_describes_the_request_is_no_error() {
    let mut alarms = Vec::new();
    for probe in PROBES.iter() {
        for cause in &probe.expectation.also {
            let (status, body) = promised::answer(probe, *cause);
            let reply = answered(probe, status, "application/json", written(&body, PLAIN));
            let judgement = judged(probe, Outcome::Reply(reply), false);
            // Wrong credentials that something else outranks are warned of.
            let late = probe.cause.is_about_credentials() && !cause.is_about_credentials();
            let most = late.then_some(Severity::Warning);
            if worst(&judgement) > most {
                alarms.push(format!("{} as {cause}: {:?}", probe.id, lines(&judgement)));
            }
        }
    }
    assert!(alarms.is_empty(), "{} alarms\n{}", alarms.len(), alarms[..alarms.len().min(30)].join("\n"));
}

#[test]
fn a_status_that_the_oz_page_leaves_free_is_not_judged() {
    let free = [400, 401, 403, 404, 409, 418, 422, 451];
    for probe in PROBES.iter().filter(|probe| probe.api.suite.id == "oz-api") {
        let (_, body) = promised::answer(probe, probe.cause);
        let fixed = [Cause::UnknownResource, Cause::UnknownPath, Cause::WrongMethod];
        if fixed.contains(&probe.cause) {
            continue;
        }
        for status in free {
            let judgement =
                judged(probe, Outcome::Reply(answered(probe, status, "application/json", body.to_string())), false);
            assert!(judgement.findings.is_empty(), "{} {status}: {:?}", probe.id, lines(&judgement));
        }
    }
}
