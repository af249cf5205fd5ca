//! Violations in words, and schemas that are not valid.

use serde_json::json;

use super::*;

fn compiled(schema: &Value) -> Schema {
    Schema::compile("the schema", schema).unwrap_or_else(|error| panic!("{error}"))
}

fn violations(schema: &Value, instance: &Value) -> Vec<(String, String, String, String)> {
    compiled(schema).violations(instance).into_iter().map(|v| (v.at, v.keyword, v.expected, v.actual)).collect()
}

fn row(at: &str, keyword: &str, expected: &str, actual: &str) -> (String, String, String, String) {
    (at.to_owned(), keyword.to_owned(), expected.to_owned(), actual.to_owned())
}

#[test]
fn every_missing_and_every_unknown_member_is_a_violation_of_its_own() {
    let schema = json!({"required": ["a", "b", "c/d"], "properties": {"a": {}, "b": {}, "c/d": {}},
        "additionalProperties": false});
    let found = violations(&schema, &json!({"x": 1, "y": null}));
    assert_eq!(
        found,
        [
            row("/a", "required", "a member `a`", "no such member"),
            row("/b", "required", "a member `b`", "no such member"),
            row("/c~1d", "required", "a member `c/d`", "no such member"),
            row("/x", "additionalProperties", "no member `x`", "an integer, 1"),
            row("/y", "additionalProperties", "no member `y`", "null"),
        ]
    );
}

#[test]
fn expected_and_actual_are_readable() {
    for (schema, instance, keyword, expected, actual) in [
        (json!({"type": "integer"}), json!("3"), "type", "an integer", "a string, \"3\""),
        (json!({"type": ["string", "null"]}), json!(1.5), "type", "null or a string", "a number, 1.5"),
        (json!({"maximum": 12}), json!(13), "maximum", "at most 12", "an integer, 13"),
        (json!({"minLength": 1}), json!(""), "minLength", "at least 1 character", "a string, \"\""),
        (json!({"minProperties": 2}), json!({}), "minProperties", "at least 2 members", "an object, {}"),
        (json!({"enum": ["a", "b"]}), json!(true), "enum", "one of \"a\", \"b\"", "a boolean, true"),
        (json!({"pattern": "^a$"}), json!("b"), "pattern", "text that matches ^a$", "a string, \"b\""),
        (json!({"format": "uuid"}), json!("b"), "format", "text in the format uuid", "a string, \"b\""),
        (json!({"properties": {"a": false}}), json!({"a": []}), "falseSchema", "nothing here", "an array, []"),
    ] {
        let found = violations(&schema, &instance);
        assert_eq!(found.len(), 1, "{schema}: {found:?}");
        assert_eq!((&*found[0].1, &*found[0].2, &*found[0].3), (keyword, expected, actual), "{schema}");
    }
}

#[test]
fn the_place_of_a_violation_is_in_the_schema_even_through_a_reference() {
    let schema = json!({"properties": {"a": {"$ref": "#/$defs/text"}}, "$defs": {"text": {"type": "string"}}});
    let compiled = compiled(&schema);
    let found = compiled.violations(&json!({"a": 1}));
    assert_eq!(found[0].place, "/$defs/text/type");
    assert_eq!(compiled.part(&found[0].place), Some(&json!("string")));
}

#[test]
fn a_long_value_is_cut() {
    let found = violations(&json!({"type": "integer"}), &json!("ü".repeat(5_000)));
    assert!(found[0].3.ends_with("ü…"));
    assert!(found[0].3.chars().count() < 4_200);
}

#[test]
fn a_schema_that_would_need_the_network_a_new_format_or_backtracking_does_not_compile() {
    for (schema, word) in [
        (json!({"$ref": "https://example.com/schema.json"}), "example.com"),
        (json!({"format": "uiud"}), "uiud"),
        (json!({"pattern": "(?=a)b"}), "(?=a)b"),
        (json!({"type": "sting"}), "sting"),
    ] {
        let Err(error) = Schema::compile("body.json", &schema) else { panic!("{schema} compiles") };
        assert!(error.starts_with("body.json is no valid JSON Schema: ") && error.contains(word), "{error}");
    }
}
