//! Lists of errors: each is held against the catalogue, the first against what was wrong with the request.

use serde_json::{Value, json};

use super::support::{judged, lines, owing, probe, reply};
use crate::model::exchange::Outcome;

fn told(errors: &Value) -> Vec<String> {
    let probe = probe("traced/things.get/path-unknown-id");
    lines(&judged(probe, Outcome::Reply(owing(probe, reply(404, &json!({"errors": errors})))), false))
}

#[test]
fn every_error_of_a_list_is_held_against_the_catalogue_and_the_first_against_the_cause() {
    let no: [&str; 0] = [];
    assert_eq!(told(&json!([{"code": "GONE"}])), no);
    assert_eq!(told(&json!([{"code": "GONE"}, {"code": "BAD", "message": "x"}])), no);
    assert_eq!(told(&json!([{"code": "BAD"}])), ["error code-unexpected /errors/*/code"]);
    assert_eq!(told(&json!([{"code": "X"}])), ["error code-undocumented /errors/*/code"]);
    assert_eq!(told(&json!([{"code": "GONE"}, {"code": "X"}])), ["error code-undocumented /errors/1/code"]);
    let ill_typed = told(&json!([{"code": 1}, {"code": "GONE"}]));
    assert!(ill_typed.iter().any(|line| line.starts_with("error schema-violation /errors/0/code")), "{ill_typed:?}");
}
