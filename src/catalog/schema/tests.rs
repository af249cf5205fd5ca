//! Schemas that explode are reported at once, and those that only refer to themselves go on to work.

use serde_json::{Value, json};

use super::*;

fn refused(schema: &Value) -> String {
    match Schema::compile("it", schema) {
        Ok(_) => panic!("{schema} compiles"),
        Err(error) => error,
    }
}

fn chain(length: usize, link: impl Fn(Value) -> Value) -> Value {
    let part = |n: usize| link(json!({"$ref": format!("#/$defs/d{}", n + 1)}));
    let mut parts: serde_json::Map<_, _> = (0..length).map(|n| (format!("d{n}"), part(n))).collect();
    parts.insert(format!("d{length}"), json!({}));
    json!({"$ref": "#/$defs/d0", "$defs": parts})
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!(1), |inner, _| json!({"x": inner}))
}

#[test]
fn a_reference_that_never_steps_into_the_instance_is_refused_by_its_place() {
    for (schema, at) in [
        (json!({"$ref": "#"}), "/$ref"),
        (json!({"$id": "https://example.com/a.json", "$ref": "a.json"}), "/$ref"),
        (json!({"allOf": [{}, {"$ref": "#"}]}), "/allOf/1/$ref"),
        (json!({"not": {"$ref": "#"}}), "/not/$ref"),
        (json!({"if": {}, "then": {"$ref": "#"}}), "/then/$ref"),
        (json!({"dependentSchemas": {"a": {"$ref": "#"}}}), "/dependentSchemas/a/$ref"),
        (json!({"properties": {"a/b": {"anyOf": [{"$ref": "#/properties/a~1b"}]}}}), "/properties/a~1b/anyOf/0/$ref"),
        (
            json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"oneOf": [{"$ref": "#/$defs/a"}]}}}),
            "/$defs/b/oneOf/0/$ref",
        ),
        (json!({"$defs": {"a": {"$anchor": "a", "allOf": [{"$ref": "#a"}]}}}), "/$defs/a/allOf/0/$ref"),
        (json!({"$dynamicAnchor": "n", "allOf": [{"$dynamicRef": "#n"}]}), "/allOf/0/$dynamicRef"),
        (json!({"x": {"y": {"$ref": "#/x/y"}}, "$ref": "#/x/y"}), "/x/y/$ref"),
    ] {
        let error = refused(&schema);
        assert!(error.contains(&format!(": {at}: leads back to ")), "{schema}: {error}");
    }
}

#[test]
fn references_that_double_are_refused_by_their_place() {
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let error = refused(&chain(30, |next| json!({keyword: [next.clone(), next]})));
        assert!(error.contains("/$defs/d") && error.contains("again and again"), "{error}");
    }
    let error = refused(&chain(30, |next| json!({"if": next.clone(), "then": next.clone(), "else": next})));
    assert!(error.contains("/$defs/d"), "{error}");
    assert!(refused(&chain(5_000, |next| next)).contains("one within the other"));
}

#[test]
fn what_doubles_at_each_step_into_any_instance_is_refused_by_its_place() {
    for (one, other) in [
        (json!(["properties", "x"]), json!(["properties", "x"])),
        (json!(["properties", "x"]), json!(["patternProperties", "x"])),
        (json!(["patternProperties", "^a"]), json!(["patternProperties", "^b"])),
    ] {
        let error = refused(&chain(20, |next| {
            let to = |way: &Value| json!({way[0].as_str().unwrap(): {way[1].as_str().unwrap(): next}});
            json!({"allOf": [to(&one), to(&other)]})
        }));
        assert!(error.contains("/$defs/d20: is asked for"), "{error}");
    }
    assert!(refused(&chain(20, |next| json!({"items": next, "contains": next}))).contains("/$defs/d20"));
    assert!(
        refused(&chain(
            20,
            |next| json!({"additionalProperties": {"$ref": next["$ref"]}, "patternProperties": {"": next}})
        ))
        .contains("/$defs/d20")
    );
    // A member is either declared or another one, and an element listed or after those.
    let either = chain(20, |next| json!({"properties": {"x": next}, "additionalProperties": next}));
    assert!(Schema::compile("it", &either).unwrap().accepts(&nested(20)));
    let either = chain(20, |next| json!({"prefixItems": [next, next], "items": next}));
    Schema::compile("it", &either).unwrap();
}

#[test]
fn what_doubles_with_each_step_into_an_instance_is_told_of_the_instance() {
    let twice = |next: &Value| json!({"allOf": [{"properties": {"x": next}}, {"properties": {"x": next}}]});
    let round = json!({"$ref": "#/$defs/t", "$defs": {"t": twice(&json!({"$ref": "#/$defs/t"}))}});
    let lists = json!({"$ref": "#/$defs/t", "$defs": {"t": {"anyOf": [
        {"type": "string", "properties": {"x": {"$ref": "#/$defs/t"}}}, {"additionalProperties": {"$ref": "#/$defs/t"}}]}}});
    for schema in [round, lists] {
        let schema = Schema::compile("it", &schema).unwrap();
        assert!(schema.accepts(&nested(5)));
        assert!(!schema.accepts(&nested(60)));
        let violations = schema.violations(&nested(60));
        assert!(violations.len() == 1 && violations[0].actual.contains("steps"), "{violations:?}");
    }
}

#[test]
fn schemas_that_refer_to_themselves_step_by_step_go_on_to_work() {
    let tree = json!({"type": "object", "properties": {"x": {"$ref": "#"}, "children": {"items": {"$ref": "#"}}}});
    let union = json!({"anyOf": [{"type": "integer"},
        {"properties": {"op": {"const": "and"}, "x": {"$ref": "#"}}},
        {"properties": {"op": {"const": "or"}, "x": {"$ref": "#"}}}]});
    let (tree, union) = (Schema::compile("it", &tree).unwrap(), Schema::compile("it", &union).unwrap());
    let wide = json!({"children": vec![json!({"x": {}, "children": [{}, {}]}); 10_000]});
    assert!(tree.accepts(&wide));
    assert_eq!(tree.violations(&nested(50))[0].at, "/x".repeat(50));
    assert!(union.accepts(&nested(8)));
    // Each way through it is another one, and none is gone twice.
    let wide = chain(40, |next| json!({"properties": {"x": next, "y": next}}));
    assert!(Schema::compile("it", &wide).unwrap().accepts(&nested(40)));
    let meta: Value = serde_json::from_str(include_str!("../../../schemas/suite.schema.json")).unwrap();
    Schema::compile("it", &meta).unwrap();
    Schema::compile("it", &json!({"properties": {"a": {"$ref": "https://json-schema.org/draft/2020-12/schema"}}}))
        .unwrap();
}

#[test]
fn patterns_that_take_too_much_memory_are_refused() {
    for schema in [json!({"pattern": "(a{1000}){1000}"}), json!({"patternProperties": {"(a{1000}){1000}": {}}})] {
        assert!(refused(&schema).contains("a{1000}"));
    }
}
