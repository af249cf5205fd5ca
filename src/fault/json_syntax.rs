//! Faults of JSON text (RFC 8259): a body that is almost JSON, under a JSON type.
//!
//! Some parsers take extensions of JSON, or stop after the first value (RFC 8259, section 9): such a fault is an error of the
//! caller all the same, and guarded.

use super::acceptance::Acceptance;
use super::acceptance::Acceptance::{Guarded, Lenient, Never, Unread};
use super::draft::{Subject, Variant};
use super::row::{Fault, fault};

/// The table of this family. `$` stands for the operation's correct members.
pub static FAULTS: &[Fault] = &[
    fault!("body-empty", MalformedBody, "No byte of content under a JSON type.", "", "RFC 8259, section 2", |s| whole(
        s,
        &[("", "")]
    )),
    fault!("body-whitespace", MalformedBody, "White space alone.", " \\n\\t", "RFC 8259, section 2", |s| whole(
        s,
        &[("", " \n\t ")]
    )),
    fault!(
        "body-truncated",
        MalformedBody,
        "The JSON text cut after its first byte, in a name, after a colon, and before its last brace.",
        "{\"alias\":",
        "RFC 8259, section 2",
        truncated
    ),
    fault!(
        "body-bytes-after-value",
        MalformedBody,
        "Bytes after the JSON value.",
        "{…}errdrift",
        "RFC 8259, section 2",
        |s| texts(s, Guarded, |json| vec![("word", format!("{json}errdrift")), ("brace", format!("{json}}}"))])
    ),
    fault!(
        "body-second-value",
        MalformedBody,
        "A second JSON value after the first.",
        "{…}{…}",
        "RFC 8259, section 2",
        |s| { texts(s, Guarded, |json| vec![("", format!("{json}\n{json}"))]) }
    ),
    fault!(
        "body-single-quotes",
        MalformedBody,
        "Strings in single quotes.",
        "{'alias':'x'}",
        "RFC 8259, section 7",
        |s| texts(s, Guarded, |json| vec![("", json.replace('"', "'"))])
    ),
    fault!("body-unquoted-name", MalformedBody, "A name without quotes.", "{errdrift:1}", "RFC 8259, section 4", |s| {
        member(s, Guarded, &[("", "errdrift:1")])
    }),
    fault!(
        "body-trailing-comma",
        MalformedBody,
        "A comma after the last member.",
        "{\"alias\":\"x\",}",
        "RFC 8259, section 4",
        |s| texts(s, Guarded, |json| vec![("", format!("{},}}", inner(json)))])
    ),
    fault!(
        "body-missing-comma",
        MalformedBody,
        "No comma between two members.",
        "{\"a\":1 \"b\":2}",
        "RFC 8259, section 4",
        |s| { texts(s, Never, |json| vec![("", format!("{} \"errdrift\":1}}", inner(json)))]) }
    ),
    fault!(
        "body-missing-colon",
        MalformedBody,
        "No colon between name and value.",
        "{\"a\" 1}",
        "RFC 8259, section 4",
        |s| member(s, Never, &[("", "\"errdrift\" 1")])
    ),
    fault!("body-comment", MalformedBody, "A comment.", "{/* x */\"a\":1}", "RFC 8259, section 2", |s| member(
        s,
        Guarded,
        &[("block", "/* errdrift */\"errdrift\":1"), ("line", "// errdrift\n\"errdrift\":1")]
    )),
    fault!(
        "body-not-a-number",
        MalformedBody,
        "NaN, Infinity and -Infinity as values; some parsers take them.",
        "{\"a\":NaN}",
        "RFC 8259, section 6",
        |s| member(
            s,
            Lenient,
            &[
                ("nan", "\"errdrift\":NaN"),
                ("infinity", "\"errdrift\":Infinity"),
                ("minus-infinity", "\"errdrift\":-Infinity")
            ]
        )
    ),
    fault!(
        "body-malformed-number",
        MalformedBody,
        "A leading zero, a plus sign, a bare dot before or behind, an empty exponent, hexadecimal.",
        "{\"a\":01}",
        "RFC 8259, section 6",
        |s| member(
            s,
            Guarded,
            &[
                ("leading-zero", "\"errdrift\":01"),
                ("plus", "\"errdrift\":+1"),
                ("dot-before", "\"errdrift\":.5"),
                ("dot-behind", "\"errdrift\":1."),
                ("exponent", "\"errdrift\":1e"),
                ("hexadecimal", "\"errdrift\":0x1F"),
            ]
        )
    ),
    fault!(
        "body-foreign-literal",
        MalformedBody,
        "A literal of another language.",
        "{\"a\":True}",
        "RFC 8259, section 3",
        |s| member(
            s,
            Guarded,
            &[("true", "\"errdrift\":True"), ("none", "\"errdrift\":None"), ("undefined", "\"errdrift\":undefined")]
        )
    ),
    fault!(
        "body-bad-escape",
        MalformedBody,
        "An escape that JSON does not have, and one that is cut.",
        "{\"a\":\"\\\\x41\"}",
        "RFC 8259, section 7",
        // Parsers of JSON5 and YAML know the one.
        |s| [
            member(s, Guarded, &[("unknown", "\"errdrift\":\"\\x41\"")]),
            member(s, Never, &[("cut", "\"errdrift\":\"\\u12\"")])
        ]
        .concat()
    ),
    fault!(
        "body-raw-control",
        MalformedBody,
        "A control character in a string, unescaped.",
        "{\"a\":\"<01>\"}",
        "RFC 8259, section 7",
        |s| member(s, Guarded, &[("control", "\"errdrift\":\"\u{1}\""), ("newline", "\"errdrift\":\"\n\"")])
    ),
    fault!(
        "body-unclosed",
        MalformedBody,
        "A string, an array and an object that are not closed.",
        "{\"a\":[1",
        "RFC 8259, section 2",
        |s| texts(s, Never, |json| {
            let open = |value: &str| format!("{},\"errdrift\":{value}", inner(json));
            vec![("string", open("\"x}")), ("array", open("[1}")), ("object", open("{\"a\":1}"))]
        })
    ),
    fault!(
        "body-mismatched-bracket",
        MalformedBody,
        "A bracket closed by the other kind.",
        "{\"a\":[1}]",
        "RFC 8259, section 2",
        |s| texts(s, Never, |json| vec![("", format!("{}]", inner(json)))])
    ),
    fault!(
        "body-foreign-syntax",
        MalformedBody,
        "XML, YAML and form text under a JSON type.",
        "<a>1</a>",
        "RFC 8259, section 2",
        // Some services read YAML as well.
        |s| [
            texts(s, Never, |_| vec![("xml", "<?xml version=\"1.0\"?><errdrift>1</errdrift>".to_owned())]),
            texts(s, Guarded, |json| vec![("yaml", yaml(json))]),
            texts(s, Never, |_| vec![("form", "errdrift=1&b=2".to_owned())])
        ]
        .concat()
    ),
    fault!(
        "body-byte-order-mark",
        MalformedBody,
        "A byte order mark before the text: \"implementations … MAY ignore\" it.",
        "EF BB BF {…}",
        "RFC 8259, section 8.1",
        |s| open(s, |json| vec![("", [b"\xef\xbb\xbf", json.as_bytes()].concat())])
    ),
    fault!(
        "body-utf-16",
        MalformedBody,
        "The text in UTF-16, with and without a byte order mark.",
        "FF FE 7B 00 …",
        "RFC 8259, section 8.1",
        // Who reads it as UTF-8 finds an object whose names nobody knows.
        |s| bytes(s, Unread, |json| {
            let units = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
            vec![("little-endian", units(json)), ("marked", units(&format!("\u{feff}{json}")))]
        })
        .into_iter()
        .map(Variant::form_only)
        .collect()
    ),
    fault!(
        "body-invalid-utf-8",
        MalformedBody,
        "A byte that is no UTF-8, in a string.",
        "{\"a\":\"<FF>\"}",
        "RFC 8259, section 8.1",
        |s| open(s, |json| vec![("", [inner(json).as_bytes(), b",\"errdrift\":\"\xff\"}"].concat())])
    ),
    fault!(
        "body-lone-surrogate",
        MalformedBody,
        "An escaped surrogate without its other half.",
        "{\"a\":\"\\\\ud800\"}",
        "RFC 8259, section 8.2",
        |s| open(s, |json| vec![("", format!("{},\"errdrift\":\"\\ud800\"}}", inner(json)).into_bytes())])
    ),
    fault!(
        "body-huge-number",
        MalformedBody,
        "A number beyond what a double holds, and one of 400 digits.",
        "{\"a\":1e400}",
        "RFC 8259, section 6",
        |s| open(s, |json| {
            let with = |number: &str| format!("{},\"errdrift\":{number}}}", inner(json)).into_bytes();
            vec![("exponent", with("1e400")), ("digits", with(&"1".repeat(400)))]
        })
    ),
    fault!(
        "body-deep-nesting",
        MalformedBody,
        "Arrays nested 200 deep.",
        "{\"a\":[[[[…]]]]}",
        "RFC 8259, section 9",
        |s| nested(s, 200)
    ),
    fault!(
        "body-deeper-nesting",
        MalformedBody,
        Extended,
        "Arrays nested 20,000 deep.",
        "{\"a\":[[[[…]]]]}",
        "RFC 8259, section 9",
        |s| nested(s, 20_000)
    ),
];

/// The text of an object without its closing brace.
fn inner(json: &str) -> &str {
    json.strip_suffix('}').unwrap_or(json)
}

/// The base's JSON text; an object with at least one member.
fn json(subject: &Subject<'_>) -> Option<String> {
    subject.json_body()?;
    let mut value = subject.base.json.clone()?;
    let object = value.as_object_mut()?;
    if object.is_empty() {
        object.insert("errdrift-probe".into(), true.into());
    }
    Some(value.to_string())
}

fn bytes(
    subject: &Subject<'_>,
    acceptance: Acceptance,
    make: impl FnOnce(&str) -> Vec<(&'static str, Vec<u8>)>,
) -> Vec<Variant> {
    let Some(json) = json(subject) else { return Vec::new() };
    // What an operation does without, a server may not even look at.
    let optional = subject.json_body().is_some_and(|body| body.optional);
    let acceptance = if optional { Unread } else { acceptance };
    let variant = |(name, body): (&str, Vec<u8>)| subject.variant(name, acceptance, |draft| draft.set_body(body));
    make(&json).into_iter().map(variant).collect()
}

fn texts(
    subject: &Subject<'_>,
    acceptance: Acceptance,
    make: impl FnOnce(&str) -> Vec<(&'static str, String)>,
) -> Vec<Variant> {
    bytes(subject, acceptance, |json| make(json).into_iter().map(|(name, text)| (name, text.into_bytes())).collect())
}

/// What JSON leaves to the implementation: only the form of an error is judged.
fn open(subject: &Subject<'_>, make: impl FnOnce(&str) -> Vec<(&'static str, Vec<u8>)>) -> Vec<Variant> {
    bytes(subject, Lenient, make).into_iter().map(Variant::form_only).collect()
}

/// The correct members with a broken one before them.
fn member(subject: &Subject<'_>, acceptance: Acceptance, broken: &[(&'static str, &'static str)]) -> Vec<Variant> {
    texts(subject, acceptance, |json| {
        let rest = json.strip_prefix('{').unwrap_or(json);
        broken.iter().map(|(name, member)| (*name, format!("{{{member},{rest}"))).collect()
    })
}

/// A text in place of the whole body that an operation without required members may take for no body.
fn whole(subject: &Subject<'_>, bodies: &[(&'static str, &str)]) -> Vec<Variant> {
    let required = subject.json_body().is_some_and(|body| body.members.values().any(|field| field.required));
    let acceptance = if required { Never } else { Unread };
    texts(subject, acceptance, |_| bodies.iter().map(|(name, body)| (*name, (*body).to_owned())).collect())
}

/// The members as a block of YAML, in which every JSON value is one, and a list in its own style.
fn yaml(json: &str) -> String {
    let members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    let line = |(name, value): (&String, &serde_json::Value)| format!("{name}: {value}\n");
    format!("errdrift: 1\n{}list:\n  - a\n", members.iter().map(line).collect::<String>())
}

fn truncated(subject: &Subject<'_>) -> Vec<Variant> {
    texts(subject, Never, |json| {
        let colon = json.find(':').unwrap_or(1);
        vec![
            ("first-byte", json[..1].to_owned()),
            ("in-name", json[..3].to_owned()),
            ("behind-colon", json[..=colon].to_owned()),
            ("before-end", inner(json).to_owned()),
        ]
    })
}

fn nested(subject: &Subject<'_>, depth: usize) -> Vec<Variant> {
    open(subject, |json| {
        let text = format!("{},\"errdrift\":{}{}}}", inner(json), "[".repeat(depth), "]".repeat(depth));
        vec![("", text.into_bytes())]
    })
}
