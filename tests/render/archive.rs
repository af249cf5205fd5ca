//! The exchanges as HAR.

use serde_json::{Value, json};

use super::fixture::{HOSTILE, closing, hostile, mixed, opening, report};
use super::published::conforms_to_har;
use errdrift::model::printable::hides;
use errdrift::report::ProbeResult;

fn entries(results: &[ProbeResult]) -> Vec<Value> {
    let text = report("har", &opening(), results, &closing(results, false));
    assert!(!text.contains(|c| hides(c) && c != '\n'), "characters that nobody sees");
    assert_eq!(text.lines().count(), results.len() + 2, "one exchange a line");
    let archive = conforms_to_har(&text);
    archive["log"]["entries"].as_array().unwrap().clone()
}

#[test]
fn an_exchange_is_an_entry_with_its_probe_and_verdict() {
    let entries = entries(&mixed());
    let first = &entries[1];
    assert_eq!(first["_probe"], "oz-api/folders.list/query-negative/offset");
    assert_eq!(first["_verdict"], "fail");
    assert_eq!(first["startedDateTime"], "2026-11-22T06:00:00Z");
    assert_eq!(
        (&first["time"], &first["timings"]),
        (&json!(1.25), &json!({"send": 0.0, "wait": 1.25, "receive": 0.0}))
    );
    assert_eq!(first["request"]["queryString"], json!([{"name": "offset", "value": "-1"}]));
    assert_eq!(first["request"]["headers"][1], json!({"name": "x-forensic-access-token", "value": "${OZ_TOKEN}"}));
    assert_eq!(first["response"]["status"], 400);
    assert_eq!(first["response"]["content"]["mimeType"], "application/json");
    assert_eq!(first["response"]["content"]["size"], 57);
}

#[test]
fn a_silence_is_an_entry_with_status_0_and_its_error() {
    let results = mixed();
    let at = results.iter().position(|result| result.silence.is_some()).unwrap();
    let response = &entries(&results)[at]["response"];
    assert_eq!(response["status"], 0);
    assert_eq!(response["_error"], "closed without a reply: connection reset");
}

#[test]
fn scripted_bytes_are_in_the_comment_of_their_request() {
    let mut results = mixed();
    let request = results[0].request.as_mut().unwrap();
    request.raw = Some("GET  / HTTP/1.1\r\n".to_owned());
    let comment = &entries(&results)[0]["request"]["comment"];
    assert_eq!(comment, "these bytes left in the place of this request: GET  / HTTP/1.1\\u{d}\\u{a}");
}

#[test]
fn bytes_that_are_no_text_are_kept_in_base64() {
    let mut results = mixed();
    let request = results[0].request.as_mut().unwrap();
    (request.body, request.body_base64) = (Some("\u{fffd}".to_owned()), Some("/w==".to_owned()));
    let reply = results[0].reply.as_mut().unwrap();
    (reply.body, reply.body_base64, reply.body_bytes) = ("\u{fffd}".to_owned(), Some("/w==".to_owned()), 1);
    let entry = &entries(&results)[0];
    assert_eq!(entry["request"]["postData"]["comment"], "the content is no UTF-8; in Base64: /w==");
    let content = &entry["response"]["content"];
    assert_eq!(
        (&content["encoding"], &content["text"], &content["size"]),
        (&json!("base64"), &json!("/w=="), &json!(1))
    );
}

#[test]
fn an_archive_keeps_what_a_hostile_target_sent() {
    let entries = entries(&hostile(100_000));
    assert_eq!(entries[0]["response"]["content"]["text"], HOSTILE);
    let names = entries[0]["response"]["headers"].as_array().unwrap().iter().map(|header| &header["name"]);
    assert!(names.into_iter().any(|name| name == HOSTILE));
    assert_eq!(entries[3]["response"]["_error"], HOSTILE);
}
