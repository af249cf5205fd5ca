//! The body: whether it is strict JSON, and whether it conforms to the contract's schema.

use std::borrow::Cow;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::case::Case;
use super::code::CODE_UNDOCUMENTED;
use super::describe;
use super::finding::Finding;
use super::format;
use super::found::Found;
use super::interoperable::{Repaired, repair};
use super::json::{NEEDS_JSON, is_plain, walk};
use super::reading::Reading;
use super::rule::rules;
use crate::catalog::contract::{CodePlace, CodeSet};
use crate::catalog::schema;
use crate::catalog::schema::Violation;
use crate::model::content::Unpacked;
use crate::model::exchange::Reply;
use crate::model::place::Place;
use crate::model::pointer::{pointed, unescaped};
use crate::model::secret::Mask;
use crate::model::verdict::Severity;
use crate::model::{answer, content};

rules! {
    BODY_EMPTY = Error "body-empty" {
        what: "The error has no body.",
        why: "The client has nothing to show, to log or to decide by.",
        example: "401 with Content-Length: 0",
        source: "the contract's body schema; RFC 9110, section 15.5",
    }
    BODY_NOT_JSON = Error "body-not-json" {
        what: "The body is not JSON.",
        why: "The client's JSON parser fails, and the real error is hidden behind a parse error.",
        example: "404 with <html><h1>Not Found</h1></html>",
        source: "the contract's body schema; RFC 8259",
    }
    BODY_NOT_UTF_8 = Error "body-not-utf-8" {
        what: "The JSON text is not UTF-8.",
        why: "Parsers fail, or turn letters into replacement characters.",
        example: "a body in UTF-16, or a message with a byte FF",
        source: "RFC 8259, section 8.1: MUST be UTF-8",
    }
    BODY_BYTE_ORDER_MARK = Error "body-byte-order-mark" {
        what: "The JSON text begins with a byte order mark.",
        why: "Many parsers fail on the first byte.",
        example: "EF BB BF {\"error_code\": 3, …}",
        source: "RFC 8259, section 8.1: MUST NOT add",
    }
    BODY_BYTES_AFTER_VALUE = Error "body-bytes-after-value" {
        what: "Bytes follow the JSON value.",
        why: "Strict parsers fail, lenient ones ignore the rest.",
        example: "{\"error_code\": 3, …}</body>",
        source: "RFC 8259, section 2",
    }
    BODY_INTEGER_NOT_PLAIN = Error "body-integer-not-plain" {
        what: "An integer is written with a fraction or an exponent.",
        why: "JSON Schema takes 3.0 for an integer; typed parsers (Java, Go, Rust, C#) do not.",
        example: "{\"error_code\": 3.0, …}",
        source: "the contract's body schema: an integer; RFC 8259, section 6",
        needs: NEEDS_JSON,
    }
    SCHEMA_VIOLATION = Error "schema-violation" {
        what: "The body does not conform to the contract's schema: a member is missing, or of another type.",
        why: "Typed clients fail to read the error, untyped ones take the wrong branch.",
        example: "{\"error_code\": \"3\", …}: a string where an integer is promised",
        source: "the contract's body schema",
        needs: NEEDS_JSON,
    }
    FORMAT_FOREIGN = Error "format-foreign" {
        what: "The body is an object of another format: it has none of the documented members.",
        why: "Clients find neither code nor message: to them the error is no error of this API.",
        example: "{\"detail\": \"Not found.\"}, as a framework answers by itself",
        source: "the contract's body schema",
        needs: NEEDS_JSON,
    }
    MEMBER_UNDOCUMENTED = Warning "member-undocumented" {
        what: "The body has a member that the document does not have.",
        why: "Clients that forbid unknown members fail; others come to depend on what nobody promised.",
        example: "error_details beside error_code",
        source: "the contract's body schema is closed",
        needs: NEEDS_JSON,
    }
    CONVENTION_BROKEN = Warning "convention-broken" {
        what: "A value is not what the document's own examples and descriptions suggest.",
        why: "It is legal and of little use: an empty message tells nothing.",
        example: "{\"error\": {\"code\": \"X\", \"message\": \"\"}}",
        source: "the contract's conventions",
    }
}

/// Numbers of one body that are held against the schema for how they are written.
const MAX_NAMES_ASKED: usize = 20;

/// Reads a whole body as JSON and goes on after what can be repaired. What a coding hides is the header's finding alone.
pub(crate) fn read(reply: &Reply, unpacked: &Unpacked, mask: &Mask) -> Reading {
    let mut reading = Reading::default();
    let Some(body) = unpacked.plain(&reply.body) else { return reading };
    if body.iter().all(u8::is_ascii_whitespace) {
        reading.defects.push(Found::new(&BODY_EMPTY, Place::VALUE).expected("a JSON object").actual("no body"));
        return reading;
    }
    let text = decode(reply, body, &mut reading.defects);
    let first = match first(&text, mask) {
        Ok(first) => first,
        Err(why) => {
            // A page that is no JSON is in its own charset.
            reading.defects.retain(|defect| *defect.rule != BODY_NOT_UTF_8);
            let why = why.map_or_else(String::new, |error| format!(" ({error})"));
            let actual = format!("{}{why}", described(reply, body, mask));
            reading.defects.push(Found::new(&BODY_NOT_JSON, Place::VALUE).expected("a JSON object").actual(actual));
            return reading;
        }
    };
    if !first.rest.is_empty() {
        let actual = format!("{} bytes more: {}", first.rest.len(), describe::quoted(&mask.text(first.rest)));
        let found = Found::new(&BODY_BYTES_AFTER_VALUE, Place::VALUE).expected("nothing after the JSON value");
        reading.defects.push(found.actual(actual));
    }
    reading.defects.extend(first.told);
    // What is written plainly is found faster than what is not.
    if !is_plain(&first.value)
        && let Ok(raw) = serde_json::from_str::<&RawValue>(first.value.trim())
    {
        walk(raw, &mut String::new(), mask, &mut reading);
    }
    reading.json = Some(first.json);
    reading
}

/// A body as JSON, where it is any.
pub(crate) fn json(reply: &Reply) -> Option<Value> {
    read(reply, &Unpacked::of(reply), &Mask::default()).json
}

/// The first JSON value of a text.
struct First<'t> {
    json: Value,
    /// How it is written, with what stands for what parsers refuse.
    value: Cow<'t, str>,
    /// What comes after it.
    rest: &'t str,
    /// What parsers refuse in it.
    told: Vec<Finding>,
}

/// The first JSON value; an error where the text is not JSON, with what is wrong in it where that is one character.
fn first<'t>(text: &'t str, mask: &Mask) -> Result<First<'t>, Option<serde_json::Error>> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let (json, value, end, told) = if let Ok(json) = values.next().ok_or(None)? {
        let end = values.byte_offset();
        (json, Cow::Borrowed(&text[..end]), end, Vec::new())
    } else {
        let Repaired { text, end, told } = repair(text, mask)?;
        (serde_json::from_str(&text)?, Cow::Owned(text), end, told)
    };
    let rest = text[end..].trim_matches([' ', '\t', '\r', '\n']);
    // "404 page not found" is a text that begins with a number, no number with bytes after it.
    if !rest.is_empty() && !json.is_object() && !json.is_array() {
        return Err(None);
    }
    Ok(First { json, value, rest, told })
}

/// What is no JSON in a few words, as it is read and without secrets.
fn described(reply: &Reply, body: &[u8], mask: &Mask) -> String {
    let read = content::text(reply, body).map_or_else(|| body.to_vec(), |(_, text)| text.into_bytes());
    let shown = mask.masked(&read, false).unwrap_or(read);
    describe::described(&Reply { body: shown, ..Reply::default() }, body.len())
}

/// The byte order mark in UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// The text of a body that should be UTF-8, with a defect where it is not.
fn decode(reply: &Reply, body: &[u8], defects: &mut Vec<Finding>) -> String {
    let mut defect = |rule, expected: &str, actual: String| {
        defects.push(Found::new(rule, Place::VALUE).expected(expected).actual(actual));
    };
    let mut body = body;
    if body.starts_with(MARK) {
        defect(&BODY_BYTE_ORDER_MARK, "JSON without a byte order mark", "EF BB BF before the JSON text".to_owned());
    }
    while let Some(rest) = body.strip_prefix(MARK) {
        body = rest;
    }
    if let Some((what, text)) = content::text(reply, body) {
        defect(&BODY_NOT_UTF_8, "UTF-8", what);
        return text;
    }
    match std::str::from_utf8(body) {
        Ok(text) => text.to_owned(),
        Err(error) => {
            let at = error.valid_up_to();
            defect(&BODY_NOT_UTF_8, "UTF-8", format!("byte {:02X} at offset {at}", body[at]));
            String::from_utf8_lossy(body).into_owned()
        }
    }
}

/// What the contract's schema and conventions find in the body.
pub(crate) fn findings(case: &Case<'_>, reading: &Reading) -> Vec<Finding> {
    let Some(json) = case.json else { return Vec::new() };
    let mut findings: Vec<_> = case.schema().violations(json).into_iter().map(|v| violation(case, v)).collect();
    findings.extend(json.as_object().and_then(|object| foreign(case, object)));
    // Each one is asked of the whole body.
    for (at, written) in reading.unplain.iter().take(MAX_NAMES_ASKED) {
        if demands_integer(case, json, at) {
            let found = Found::new(&BODY_INTEGER_NOT_PLAIN, Place::pointer(case.mask().pointer(at)))
                .expected("an integer in digits");
            findings.push(found.actual(format!("`{}`", describe::cut(&case.mask().text(written)))));
        }
    }
    for (convention, schema) in case.contract.file.convention.iter().zip(&case.contract.conventions) {
        let Some(value) = pointed(json, &convention.at) else { continue };
        // What the schema finds is no matter of convention.
        if findings.iter().any(|finding| *finding.at == *convention.at) {
            continue;
        }
        findings.extend(schema.violations(value).into_iter().map(|violation| {
            Found::new(&CONVENTION_BROKEN, Place::pointer(&convention.at))
                .severity(convention.strength.severity())
                .facet(violation.keyword.as_str())
                .expected(violation.expected.as_str())
                .source(convention.source.as_str())
                .actual(actual(case, value, &violation))
        }));
    }
    findings
}

/// An object of another format. What is wrong with it otherwise follows from that.
fn foreign(case: &Case<'_>, object: &Map<String, Value>) -> Option<Finding> {
    let documented = case.schema().documented("");
    let required: Vec<_> = documented.iter().filter(|member| member.required).map(|member| member.name).collect();
    if object.is_empty() || required.is_empty() || documented.iter().any(|member| object.contains_key(member.name)) {
        return None;
    }
    let quoted =
        |names: &mut dyn Iterator<Item = &str>| names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let names: Vec<_> = object.keys().take(MAX_NAMES).map(|name| case.mask().name(name)).collect();
    let more = if object.len() > MAX_NAMES { ", …" } else { "" };
    let members = quoted(&mut names.iter().map(String::as_str)) + more;
    let format = case.origin.product.or_else(|| format::of(object));
    let actual = format.map_or_else(|| members.clone(), |format| format!("{format}: {members}"));
    let found = Found::new(&FORMAT_FOREIGN, Place::VALUE)
        .class(format.or(names.first().map(String::as_str)).unwrap_or_default());
    Some(found.expected(format!("an object with {}", quoted(&mut required.into_iter()))).actual(describe::cut(&actual)))
}

/// The most members of a body of another format that are named.
const MAX_NAMES: usize = 8;

fn violation(case: &Case<'_>, violation: Violation) -> Finding {
    let file = &case.contract.file;
    let at = Place::pointer(case.mask().pointer(&violation.at));
    let actual = case.json.map_or_else(String::new, |json| actual(case, json, &violation));
    if violation.keyword == "additionalProperties" || violation.keyword == "unevaluatedProperties" {
        let own = file.undocumented_members.as_ref();
        let forbidden = own.is_some_and(|own| own.forbidden.contains(&violation.at));
        let severity =
            if forbidden { Severity::Error } else { own.map_or(Severity::Warning, |own| own.strength.severity()) };
        let name = unescaped(at.rsplit('/').next().unwrap_or_default());
        let found = Found::new(&MEMBER_UNDOCUMENTED, at).severity(severity).expected(format!("no member `{name}`"));
        let found = own.map(|own| own.source.clone()).into_iter().fold(found, Found::source);
        return found.actual(actual);
    }
    if let Some(code) = contracts_code(case, &violation).filter(|code| code.set == CodeSet::Closed)
        && matches!(violation.keyword.as_str(), "minimum" | "maximum" | "enum" | "const")
    {
        let found = Found::new(&CODE_UNDOCUMENTED, at).severity(code.strength.severity()).source(code.source.as_str());
        return found.class(actual.as_str()).expected("a code of the catalogue").actual(actual);
    }
    let source = source(case, &violation);
    let there = case.json.and_then(|json| json.pointer(&violation.at)).filter(|_| violation.keyword != "required");
    Found::new(&SCHEMA_VIOLATION, at)
        .class(there.map_or("missing", answer::kind))
        .facet(violation.keyword)
        .expected(violation.expected)
        .source(source)
        .actual(actual)
}

/// What is in the violated place of the value, without secrets.
fn actual(case: &Case<'_>, value: &Value, violation: &Violation) -> String {
    let there = value.pointer(&violation.at).filter(|_| violation.keyword != "required");
    there.map_or_else(|| violation.actual.clone(), |value| schema::told(value, |json| case.mask().json(value, json)))
}

/// The contract's code, where it is what is violated: another body has none but what its own schema says.
fn contracts_code<'c>(case: &Case<'c>, violation: &Violation) -> Option<&'c CodePlace> {
    case.contract.file.code.as_ref().filter(|code| case.form.is_none() && code.at == violation.at)
}

/// Where the schema says so, with the document's own line for the code, else with the schema's description of the member.
fn source(case: &Case<'_>, violation: &Violation) -> String {
    let place = if violation.place.is_empty() { "/" } else { violation.place.as_str() };
    let described = |place: &str| case.schema().part(place)?.get("description")?.as_str().map(str::to_owned);
    let parent = violation.place.rsplit_once('/').map_or("", |(parent, _)| parent);
    let required = violation.at.rsplit('/').next().map(|name| format!("{parent}/properties/{name}"));
    let quote = contracts_code(case, violation).map(|code| code.source.clone());
    let quote = quote
        .or_else(|| described(&required.filter(|_| violation.keyword == "required")?))
        .or_else(|| described(parent))
        .or_else(|| case.form.map(|form| form.promise.source.clone()));
    let file = case.schema_file();
    quote.map_or_else(|| format!("{file}, {place}"), |quote| format!("{quote} ({file}, {place})"))
}

/// Whether the schema takes an integer in that place and no fraction.
fn demands_integer(case: &Case<'_>, json: &Value, at: &str) -> bool {
    let fraction = json.pointer(at).and_then(Value::as_f64).map(|number| number + 0.5);
    let mut other = json.clone();
    let (Some(place), Some(fraction)) = (other.pointer_mut(at), fraction) else { return false };
    *place = fraction.into();
    let broken = |json: &Value| case.schema().violations(json).iter().any(|violation| violation.at == at);
    !broken(json) && broken(&other)
}

/// Replies that fire these rules: severity, rule and place, the probe, and what came. All are silent on what is promised.
#[cfg(test)]
pub(super) fn fires() -> Vec<super::tests::prelude::Row> {
    use super::tests::prelude::*;

    let utf_16 =
        |text: &[u8]| String::from_utf8_lossy(text).encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    vec![
        ("error body-empty", OFFSET, Outcome::Reply(typed(400, "application/json", ""))),
        ("error body-not-json", OFFSET, Outcome::Reply(typed(400, "text/html", NGINX))),
        ("error body-not-json", OFFSET, Outcome::Reply(text(400, "404 page not found\n"))),
        ("error body-not-utf-8", OFFSET, Outcome::Reply(text(400, utf_16(&oz(400, 4).body)))),
        (
            "error body-not-utf-8",
            OFFSET,
            Outcome::Reply(text(400, *b"{\"error_code\":4,\"error_message\":\"\xe9t\xe9\"}")),
        ),
        ("error body-byte-order-mark", OFFSET, around(b"\xef\xbb\xbf", b"")),
        ("error body-bytes-after-value", OFFSET, around(b"", b"</body>")),
        ("error body-integer-not-plain /error_code", OFFSET, code("4.0")),
        ("error body-integer-not-plain /error_code", OFFSET, code("4e0")),
        ("error schema-violation /error_code", OFFSET, code("\"4\"")),
        ("error schema-violation /error_code", OFFSET, code("4.5")),
        ("error schema-violation /error_message", OFFSET, Outcome::Reply(reply(400, &json!({"error_code": 4})))),
        ("error schema-violation", OFFSET, Outcome::Reply(text(400, "[]"))),
        ("error format-foreign", OFFSET, Outcome::Reply(reply(400, &json!({"detail": "Not found."})))),
        (
            "warning member-undocumented /error_details",
            OFFSET,
            Outcome::Reply(reply(400, &json!({"error_code": 4, "error_message": "x", "error_details": null}))),
        ),
        ("warning convention-broken /error_message", OFFSET, message("")),
    ]
}
