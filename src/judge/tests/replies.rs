//! Errors of another body than the contract's, by their status and their operation.

use serde_json::{Value, json};

use super::support::{judged, lines, owing, probe, reply};
use crate::model::exchange::Outcome;

fn told(status: u16, body: &Value) -> Vec<String> {
    let probe = probe("traced/things.get/path-unknown-id");
    lines(&judged(probe, Outcome::Reply(owing(probe, reply(status, body))), false))
}

#[test]
fn an_error_is_held_against_the_body_that_is_promised_for_its_status() {
    let no: [&str; 0] = [];
    let (holder, list) = (json!({"holder": "a clerk"}), json!({"errors": [{"code": "GONE"}]}));
    for status in [423, 451] {
        assert_eq!(told(status, &holder), no, "{status}");
        let others = told(status, &list);
        assert!(others.iter().any(|line| line.starts_with("error format-foreign")), "{status}: {others:?}");
        let ill_typed = told(status, &json!({"holder": 1}));
        assert!(ill_typed.iter().any(|line| line.starts_with("error schema-violation /holder")), "{ill_typed:?}");
    }
    let elsewhere = told(404, &holder);
    assert!(elsewhere.iter().any(|line| line.starts_with("error format-foreign")), "{elsewhere:?}");
}

#[test]
fn where_no_body_is_promised_for_a_status_any_is_right() {
    let no: [&str; 0] = [];
    assert_eq!(told(425, &json!(["what", "ever"])), no);
}
