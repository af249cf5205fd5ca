//! Bodies on both sides: what a request says its body is, and an error body from its template. Decides nothing.
//!
//! A template is text with the placeholders `<<code>>`, `<<message>>` (a JSON string), `<<text>>` (the message's own
//! text), `<<fields>>` (a comma and the member, or nothing), `<<credential>>` and `<<path>>` (as sent, escaped for JSON).

use serde_json::{Map, Value};

use super::draft::Draft;
use super::operation::Reference;
use super::request::Request;

/// The media type with the text after it, when there is exactly one and it is well-formed.
pub(super) fn media_type<'a>(request: &Request<'a>) -> Option<(&'a str, &'a str)> {
    let mut all = request.all("content-type");
    let only = all.next().filter(|_| all.next().is_none())?;
    let text = std::str::from_utf8(only).ok()?;
    let (kind, parameters) = text.split_once(';').unwrap_or((text, ""));
    Some((kind.trim(), parameters))
}

/// A parameter of a media type.
pub(super) fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    parameters.split(';').find_map(|parameter| {
        let (key, value) = parameter.trim().split_once('=')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim_matches('"'))
    })
}

/// Whether the body is said to be JSON in UTF-8.
pub(super) fn is_json(request: &Request<'_>) -> bool {
    media_type(request).is_some_and(|(kind, parameters)| {
        let charset = parameter(parameters, "charset").unwrap_or("utf-8");
        kind.eq_ignore_ascii_case("application/json")
            && ["utf-8", "utf8", "us-ascii"].iter().any(|known| charset.eq_ignore_ascii_case(known))
    })
}

/// Whether the body is sent as it is, not compressed.
pub(super) fn is_plain(request: &Request<'_>) -> bool {
    request.all("content-encoding").all(|coding| coding.trim_ascii().eq_ignore_ascii_case(b"identity"))
}

/// Whether a member, if it is there, names what exists.
pub(super) fn names(object: &Map<String, Value>, reference: &Reference) -> bool {
    let (Some(first), rest) = (reference.member.first(), reference.member.get(1..).unwrap_or_default()) else {
        return true;
    };
    let member = rest.iter().try_fold(object.get(*first), |value, name| value.map(|value| value.get(*name)));
    match member.flatten() {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text == reference.known,
        Some(Value::Number(number)) => number.to_string() == reference.known,
        Some(_) => false,
    }
}

/// Writes a template out for one refusal.
pub(super) fn fill(template: &str, draft: &Draft, request: Option<&Request<'_>>) -> Vec<u8> {
    let mut filled = Vec::with_capacity(template.len() + 128);
    let mut rest = template;
    while let Some((before, (name, after))) =
        rest.split_once("<<").and_then(|(before, after)| Some((before, after.split_once(">>")?)))
    {
        filled.extend_from_slice(before.as_bytes());
        match name {
            "code" => filled.extend_from_slice(draft.code.as_bytes()),
            "message" => quote(&draft.message, &mut filled),
            "text" => filled.extend_from_slice(draft.message.as_bytes()),
            "fields" => {
                if let Some(fields) = &draft.fields {
                    filled.extend_from_slice(b",\"fields\":");
                    filled.extend_from_slice(fields.as_bytes());
                }
            }
            "credential" => unquoted(&credential(request), &mut filled),
            "path" => unquoted(request.map_or("/", |request| request.path), &mut filled),
            _ => {}
        }
        rest = after;
    }
    filled.extend_from_slice(rest.as_bytes());
    filled
}

fn credential(request: Option<&Request<'_>>) -> String {
    let header = request
        .and_then(|request| request.header("x-forensic-access-token").or_else(|| request.header("authorization")))
        .unwrap_or_default();
    String::from_utf8_lossy(header).into_owned()
}

fn quote(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    unquoted(text, out);
    out.push(b'"');
}

fn unquoted(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
}
