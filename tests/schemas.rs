//! The built-in files: right and whole, the bodies that their schemas take and refuse, and meta-schemas that agree with
//! the types.

use std::collections::BTreeSet;

use errdrift::catalog;
use errdrift::catalog::schema::Schema;
use errdrift::catalog::{BUILT_IN, contract as c, suite as s};
use errdrift::model::verdict::Severity;
use errdrift::policy::waiver as w;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn built_in(name: &str) -> Value {
    let path = format!("schemas/{name}");
    let (_, text) = BUILT_IN.iter().find(|(built_in, _)| *built_in == path).unwrap();
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_built_in_suites_are_right_and_whole() {
    for (name, operations, codes) in [("oz-api", 45, 13), ("escrow-box", 18, 4)] {
        let api = catalog::load(name).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(
            (api.suite.id.as_str(), api.suite.operation.len(), api.contract.file.catalogue.len()),
            (name, operations, codes)
        );
        assert_eq!(api.warnings.0, []);
        assert!(api.suite.operation.iter().any(|operation| operation.control.is_some()), "{name} has no control");
    }
    let built_in: Vec<_> = catalog::built_in_suites().collect();
    assert_eq!(built_in, ["escrow-box", "oz-api"]);
}

#[test]
fn body_schemas_take_their_examples_and_the_documents_own_samples() {
    let samples = [
        ("oz-api", r#"{"error_code": 0, "error_message": "Unknown server side error occurred", "details": null}"#),
        ("oz-api", r#"{"error_code": 12, "error_message": "", "details": [1, {"a": null}]}"#),
        (
            "escrow-box",
            r#"{"error": {"code": "SOME_CODE", "message": "Some description of the error", "fields": {"someField": "SOME_CODE"}}}"#,
        ),
        ("escrow-box", r#"{"error": {"code": "NOT_ALLOWED", "message": "Authorization credentials are required"}}"#),
        (
            "escrow-box",
            r#"{"error": {"code": "NOT_ALLOWED", "message": "Wrong authorization credentials have been passed to headers"}}"#,
        ),
        ("escrow-box", r#"{"error": {"code": "NOT_ALLOWED", "message": "Client is not ACTIVE"}}"#),
        ("escrow-box", r#"{"error": {"code": "UNKNOWN_ERROR", "message": "Internal server error"}}"#),
        (
            "escrow-box",
            r#"{"error": {"code": "X", "fields": {"cards": [null, {"id": "REQUIRED"}], "handler": "FORMAT_ERROR"}}}"#,
        ),
    ];
    for (name, sample) in samples {
        let body = catalog::load(name).unwrap().contract.body;
        assert_eq!(body.violations(&serde_json::from_str(sample).unwrap()), [], "{sample}");
        for example in built_in(&format!("{name}.body.schema.json"))["examples"].as_array().unwrap() {
            assert!(body.accepts(example), "{example}");
        }
    }
}

/// Bodies that are wrong in one way: the contract, the body, and the pointer and the keyword that must say so.
const BAD_BODIES: &[(&str, &str, &str, &str)] = &[
    ("oz-api", "[]", "", "type"),
    ("oz-api", "null", "", "type"),
    ("oz-api", r#""error""#, "", "type"),
    ("oz-api", r#"{"error_message": "m"}"#, "/error_code", "required"),
    ("oz-api", r#"{"error_code": 3}"#, "/error_message", "required"),
    ("oz-api", r#"{"error_code": "3", "error_message": "m"}"#, "/error_code", "type"),
    ("oz-api", r#"{"error_code": null, "error_message": "m"}"#, "/error_code", "type"),
    ("oz-api", r#"{"error_code": 3.5, "error_message": "m"}"#, "/error_code", "type"),
    ("oz-api", r#"{"error_code": true, "error_message": "m"}"#, "/error_code", "type"),
    ("oz-api", r#"{"error_code": 13, "error_message": "m"}"#, "/error_code", "maximum"),
    ("oz-api", r#"{"error_code": -1, "error_message": "m"}"#, "/error_code", "minimum"),
    ("oz-api", r#"{"error_code": 3, "error_message": null}"#, "/error_message", "type"),
    ("oz-api", r#"{"error_code": 3, "error_message": {"en": "m"}}"#, "/error_message", "type"),
    (
        "oz-api",
        r#"{"error_code": 3, "error_message": "m", "error_details": null}"#,
        "/error_details",
        "additionalProperties",
    ),
    ("oz-api", r#"{"Error_Code": 3, "error_code": 3, "error_message": "m"}"#, "/Error_Code", "additionalProperties"),
    ("escrow-box", "[]", "", "type"),
    ("escrow-box", "{}", "/error", "required"),
    ("escrow-box", r#"{"error": null}"#, "/error", "type"),
    ("escrow-box", r#"{"error": "NOT_ALLOWED"}"#, "/error", "type"),
    ("escrow-box", r#"{"error": {"message": "m"}}"#, "/error/code", "required"),
    ("escrow-box", r#"{"error": {"code": 400}}"#, "/error/code", "type"),
    ("escrow-box", r#"{"error": {"code": null}}"#, "/error/code", "type"),
    ("escrow-box", r#"{"error": {"code": ""}}"#, "/error/code", "minLength"),
    ("escrow-box", r#"{"error": {"code": "X", "message": null}}"#, "/error/message", "type"),
    ("escrow-box", r#"{"error": {"code": "X", "fields": null}}"#, "/error/fields", "type"),
    ("escrow-box", r#"{"error": {"code": "X", "fields": "FORMAT_ERROR"}}"#, "/error/fields", "type"),
    ("escrow-box", r#"{"error": {"code": "X", "fields": [{"a": "X"}]}}"#, "/error/fields", "type"),
    ("escrow-box", r#"{"error": {"code": "X", "fields": {"a": null}}}"#, "/error/fields/a", "type"),
    ("escrow-box", r#"{"error": {"code": "X", "fields": {"a": 1}}}"#, "/error/fields/a", "type"),
    ("escrow-box", r#"{"error": {"code": "X", "fields": {"a": false}}}"#, "/error/fields/a", "type"),
    ("escrow-box", r#"{"error": {"code": "X", "fields": {"a": ""}}}"#, "/error/fields/a", "minLength"),
    ("escrow-box", r#"{"error": {"code": "X", "fields": {"a": {"b": 1}}}}"#, "/error/fields/a/b", "type"),
    ("escrow-box", r#"{"error": {"code": "X", "fields": {"a": [1]}}}"#, "/error/fields/a/0", "type"),
    ("escrow-box", r#"{"error": {"code": "X", "fields": {"a": [{"b": null}]}}}"#, "/error/fields/a/0/b", "type"),
    ("escrow-box", r#"{"error": {"code": "X", "details": {}}}"#, "/error/details", "additionalProperties"),
    ("escrow-box", r#"{"status": 0, "error": {"code": "X"}}"#, "/status", "additionalProperties"),
];

#[test]
fn body_schemas_refuse_each_bad_body_in_its_place() {
    for contract in catalog::built_in_suites() {
        let body = catalog::load(contract).unwrap().contract.body;
        for (_, text, at, keyword) in BAD_BODIES.iter().filter(|(name, ..)| *name == contract) {
            let violations = body.violations(&serde_json::from_str(text).unwrap());
            let found: Vec<_> = violations.into_iter().map(|v| (v.at, v.keyword)).collect();
            assert_eq!(found, [((*at).to_owned(), (*keyword).to_owned())], "{text}");
        }
    }
}

/// The names between backquotes in what serde says of a name that it does not know.
fn known_to<T: DeserializeOwned>(unknown: &Value) -> BTreeSet<String> {
    let error = serde_json::from_value::<T>(unknown.clone()).map(|_| ()).unwrap_err().to_string();
    let (_, expected) = error.split_once("expected ").unwrap_or_else(|| panic!("{error}"));
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn members_of<T: DeserializeOwned>() -> BTreeSet<String> {
    known_to::<T>(&json!({"no such member": 0}))
}

fn variants_of<T: DeserializeOwned>() -> BTreeSet<String> {
    known_to::<T>(&json!("no such variant"))
}

/// Each object of a meta-schema with the members of its type, each enumeration with the words of its type.
#[test]
fn the_meta_schemas_and_the_types_have_the_same_members_and_words() {
    let contract = built_in("contract.schema.json");
    let suite = built_in("suite.schema.json");
    let waivers = built_in("waivers.schema.json");
    for (meta, at, members) in [
        (&waivers, "", members_of::<w::WaiverFile>()),
        (&waivers, "/$defs/waiver", members_of::<w::Waiver>()),
        (&contract, "", members_of::<c::ContractFile>()),
        (&contract, "/properties/code", members_of::<c::CodePlace>()),
        (&contract, "/properties/message", members_of::<c::MessagePlace>()),
        (&contract, "/properties/fields", members_of::<c::FieldsPlace>()),
        (&contract, "/properties/undocumented_members", members_of::<c::UndocumentedMembers>()),
        (&contract, "/properties/severity/additionalProperties", members_of::<c::Override>()),
        (&contract, "/properties/convention/items", members_of::<c::Convention>()),
        (&contract, "/properties/unnoticed/items", members_of::<c::Unnoticed>()),
        (&contract, "/properties/catalogue/items", members_of::<c::Entry>()),
        (&contract, "/$defs/promises", members_of::<c::CausePromise>()),
        (&contract, "/$defs/codes", members_of::<c::Promise<Value>>()),
        (&contract, "/$defs/statuses", members_of::<c::Promise<c::Status>>()),
        (&contract, "/$defs/messages", members_of::<c::Promise<String>>()),
        (&suite, "", members_of::<s::Suite>()),
        (&suite, "/$defs/credential", members_of::<s::Credential>()),
        (&suite, "/$defs/secret", members_of::<s::Secret>()),
        (&suite, "/$defs/operation", members_of::<s::Operation>()),
        (&suite, "/$defs/operation/properties/refused", members_of::<s::Refusal>()),
        (&suite, "/$defs/body", members_of::<s::Body>()),
        (&suite, "/$defs/body/properties/anchor", members_of::<s::Anchor>()),
        (&suite, "/$defs/field", members_of::<s::Field>()),
    ] {
        let object = meta.pointer(at).unwrap();
        let properties = object["properties"].as_object().unwrap();
        assert_eq!(properties.keys().cloned().collect::<BTreeSet<_>>(), members, "{at}");
        assert_eq!(object["additionalProperties"], false, "{at} is open");
        for (name, member) in properties {
            let described = member.get("description").is_some() || member.get("$ref").is_some();
            assert!(described, "{at}/properties/{name} has no description");
        }
    }
    let causes: BTreeSet<_> = errdrift::model::cause::CAUSES.iter().map(|(_, word, _)| (*word).to_owned()).collect();
    for (meta, at, words) in [
        (&contract, "/properties/code/properties/set/enum", variants_of::<c::CodeSet>()),
        (&contract, "/properties/severity/additionalProperties/properties/severity/enum", variants_of::<Severity>()),
        (&contract, "/properties/catalogue/items/properties/means/enum", variants_of::<c::Meaning>()),
        (&contract, "/$defs/strength/enum", variants_of::<c::Strength>()),
        (&contract, "/$defs/mutation/enum", variants_of::<errdrift::judge::mutation::Kind>()),
        (&contract, "/$defs/cause/enum", causes.clone()),
        (&suite, "/$defs/cause/enum", causes.clone()),
        (&waivers, "/$defs/waiver/properties/cause/enum", causes.clone()),
        (&suite, "/$defs/credential/properties/scheme/enum", variants_of::<s::Scheme>()),
        (&suite, "/$defs/operation/properties/effect/enum", variants_of::<s::Effect>()),
        (&suite, "/$defs/field/properties/type/enum", variants_of::<s::FieldType>()),
    ] {
        let listed: BTreeSet<_> =
            meta.pointer(at).unwrap().as_array().unwrap().iter().map(|w| w.as_str().unwrap().to_owned()).collect();
        assert_eq!(listed, words, "{at}");
    }
    let lines: BTreeSet<_> =
        contract["properties"]["cause"]["properties"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(lines, causes);
}

#[test]
fn the_meta_schemas_and_the_types_want_the_same_members() {
    let strongly =
        json!({"any_of": ["404"], "none_of": ["5xx"], "tolerated": ["4xx"], "strength": "must", "source": "s"});
    let contract = json!({
        "id": "x", "title": "X", "document": "d", "body": "b.json", "envelope": "/error",
        "code": {"at": "/code", "set": "open", "strength": "must", "source": "s"},
        "message": {"at": "/message"},
        "fields": {"at": "/fields", "strength": "silent", "source": "s"},
        "undocumented_members": {"strength": "usually", "source": "s", "forbidden": ["/data"]},
        "severity": {"a-rule": {"severity": "note", "source": "s"}},
        "convention": [{"at": "/code", "schema": {"minLength": 1}, "strength": "must", "source": "s"}],
        "unnoticed": [{"at": "/details/*", "mutation": ["dropped", "as-null"], "why": "w"}, {"at": "", "mutation": "extra", "why": "w"}],
        "catalogue": [{"code": 1, "name": "N", "meaning": "m", "status": strongly, "message": "m", "causes": ["forbidden"], "means": "unhandled", "provoked": false}],
        "cause": {"forbidden": {"code": {"any_of": [1], "strength": "must", "source": "s"}, "class": strongly, "status": strongly,
            "message": {"any_of": ["m"], "none_of": ["n"], "tolerated": ["o"], "strength": "must", "source": "s"},
            "outranked": "usually", "silent": "s", "ungoverned": ["404"], "gateway": "usually"}}
    });
    let field = json!({"type": "json", "required": true, "example": 1, "exists": true, "lenient": true, "minimum": 1, "maximum": 2, "min_length": 1,
        "max_length": 2, "enum": ["a"], "malformed": "m", "members": {"a": {"type": "string"}}, "items": {"type": "string"}});
    let secret = json!({"token": "${T}", "login": "l", "password": "p"});
    let suite = json!({
        "id": "x", "title": "X", "contract": "x", "prefix": "/api",
        "credentials": {"c": {"scheme": "token", "header": "X-A", "valid": secret, "unknown": secret, "expired": secret, "forbidden": secret}},
        "operation": [{"id": "a.b", "method": "GET", "path": "/api/{a}", "effect": "none", "credential": "c", "credentials_unsure": "w", "privileged": true,
            "control": true, "refused": {"cause": "forbidden", "why": "w"}, "path_parameters": {"a": field}, "query": {"a": field}, "query_required": true,
            "body": {"media_type": "application/json", "optional": true, "members": {"a": field}, "free": true,
                "anchor": {"member": "a", "value": 1, "cause": "wrong-type"}}, "source": "s"}]
    });
    agree::<c::ContractFile>("contract.schema.json", &contract);
    agree::<s::Suite>("suite.schema.json", &suite);
    let waivers = json!({"waiver": [{"signature": "s", "suite": "x", "rule": "r", "operation": "a.*", "cause": "forbidden", "layer": "none", "at": "/a",
        "owner": "o", "reason": "r", "link": "l", "expires": "2027-01-31", "max": 3}]});
    agree::<w::WaiverFile>("waivers.schema.json", &waivers);
}

/// The meta-schema and the type take the document, and agree on it without each of its members.
fn agree<T: DeserializeOwned>(name: &str, document: &Value) {
    let meta = Schema::compile(name, &built_in(name)).unwrap();
    assert_eq!(meta.violations(document), []);
    serde_json::from_value::<T>(document.clone()).map(|_| ()).unwrap();
    for pointer in members("", document) {
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        let mut without = document.clone();
        without.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(member);
        assert_eq!(meta.accepts(&without), serde_json::from_value::<T>(without.clone()).is_ok(), "without {pointer}");
    }
}

/// The pointers of all members of all objects.
fn members(at: &str, value: &Value) -> Vec<String> {
    let inner: Vec<_> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (format!("{at}/{name}"), value)).collect(),
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(index, value)| (format!("{at}/{index}"), value)).collect()
        }
        _ => return Vec::new(),
    };
    let own = if value.is_object() { inner.iter().map(|(at, _)| at.clone()).collect() } else { Vec::new() };
    inner.into_iter().fold(own, |mut all, (at, value)| {
        all.extend(members(&at, value));
        all
    })
}

#[test]
fn a_suite_promises_in_the_words_of_a_contract() {
    let defs = |name: &str| {
        let text = std::fs::read_to_string(format!("{}/schemas/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["$defs"].clone()
    };
    let (suite, contract) = (defs("suite.schema.json"), defs("contract.schema.json"));
    for name in ["strength", "source", "code", "status", "cause", "promises", "codes", "statuses", "messages"] {
        assert!(!suite[name].is_null() && suite[name] == contract[name], "{name}");
    }
}
