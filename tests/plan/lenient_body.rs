//! Whether a lenient server takes a body for right: what it converts, what it passes over, what it cannot.

use super::lenient_json::{Json, parse};
use errdrift::catalog::suite::{Body, Field, FieldType};

/// What a lenient server reads of a body: the members, by their declared names.
pub(crate) type Members = Vec<(String, Json)>;

/// The members of the body, or `None` where no server takes it.
pub(crate) fn read(body: &Body, bytes: Option<&[u8]>, content_type: &str) -> Option<Members> {
    let bytes = bytes.unwrap_or_default();
    let members =
        if body.media_type == "multipart/form-data" { form(body, bytes, content_type)? } else { root(body, bytes)? };
    accepts_members(&body.members, &members).then_some(members)
}

/// The root: an object, or whatever else may stand for an absent one where nothing is required.
fn root(body: &Body, bytes: &[u8]) -> Option<Members> {
    let needed = body.members.values().any(|field| field.required);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return (!needed).then(Vec::new);
    }
    match parse(bytes)? {
        Json::Object(members) => Some(members),
        Json::Null if !needed => Some(Vec::new()),
        Json::Array(elements) if !needed && elements.is_empty() => Some(Vec::new()),
        _ if body.optional => Some(Vec::new()),
        _ => None,
    }
}

/// The parts, JSON ones parsed. Form data need not end, and without a delimiter there are no parts.
fn form(body: &Body, bytes: &[u8], content_type: &str) -> Option<Members> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let named = content_type.split("boundary=").nth(1).map(|boundary| format!("--{}", boundary.trim_matches('"')));
    // Under another type a server may look at the bytes.
    let Some(delimiter) = named.or_else(|| text.lines().next().map(str::to_owned)) else { return Some(Vec::new()) };
    let mut members = Vec::new();
    for part in text.split(&delimiter).skip(1) {
        let Some((head, content)) = part.split_once("\r\n\r\n") else { continue };
        let Some(name) = head.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()) else { continue };
        let content = content.strip_suffix("\r\n").unwrap_or(content);
        let declared = body.members.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
        let value = match declared {
            // Text that is no JSON is what every server minds; any JSON it may pass over.
            Some((_, field)) if field.kind == FieldType::Json => parse(content.as_bytes())?,
            _ => Json::Text(content.to_owned()),
        };
        members.push((name.to_owned(), value));
    }
    Some(members)
}

/// The value of a name, in any case; the last of several, or the first.
pub(crate) fn values<'m>(members: &'m [(String, Json)], name: &str) -> Vec<&'m Json> {
    members.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
}

fn accepts_members<'f>(
    declared: impl IntoIterator<Item = (&'f String, &'f Field)>,
    members: &[(String, Json)],
) -> bool {
    declared.into_iter().all(|(name, field)| {
        let given = values(members, name);
        if given.is_empty() { !field.required } else { given.into_iter().any(|value| accepts(field, value)) }
    })
}

/// Whether some server takes the value for the field, by conversion or by passing over what is optional.
fn accepts(field: &Field, value: &Json) -> bool {
    if *value == Json::Null {
        return !field.required;
    }
    let converts = match field.kind {
        FieldType::String | FieldType::File => matches!(value, Json::Text(_) | Json::Number(_) | Json::Bool(_)),
        FieldType::Uuid => matches!(value, Json::Text(text) if is_uuid(text)),
        FieldType::Integer | FieldType::Number => number(value).is_some(),
        FieldType::Boolean => !matches!(value, Json::Array(_) | Json::Object(_)),
        FieldType::Array => match (value, &field.items) {
            (Json::Array(elements), Some(items)) => elements.iter().all(|element| accepts(items, element)),
            // PHP knows no difference between a list and an object: the elements are the values of its members.
            (Json::Object(members), Some(items)) => {
                members.iter().all(|(_, value)| accepts(items, value)) || accepts(items, value)
            }
            // A single element stands for an array of it.
            (single, Some(items)) => accepts(items, single),
            _ => true,
        },
        // PHP knows no difference between an empty array and an empty object.
        FieldType::Object => match value {
            Json::Object(members) => accepts_members(&field.members, members),
            Json::Array(elements) => elements.is_empty() && accepts_members(&field.members, &[]),
            _ => false,
        },
        // What a part holds beside an object, some server passes over, and what is wrong inside it.
        FieldType::Json => !field.required || matches!(value, Json::Object(_)),
    };
    converts && (!field.required || within(field, value))
}

/// Whether the value keeps the constraints; of an optional member, a server may pass over one that does not.
fn within(field: &Field, value: &Json) -> bool {
    let Json::Text(text) = value else {
        let Some(number) = number(value).filter(|_| matches!(field.kind, FieldType::Integer | FieldType::Number))
        else {
            return true;
        };
        #[expect(clippy::cast_precision_loss, reason = "bounds are small")]
        return field.minimum.is_none_or(|least| number >= least as f64)
            && field.maximum.is_none_or(|most| number <= most as f64);
    };
    let length = text.chars().count() as u64;
    let malformed = field.malformed.as_ref().and_then(serde_json::Value::as_str);
    (field.values.is_empty() || field.values.iter().any(|known| known.eq_ignore_ascii_case(text)))
        && field.min_length.is_none_or(|least| length >= least)
        && field.max_length.is_none_or(|most| length <= most)
        && malformed != Some(text)
}

/// The number that a lenient server makes of a value.
pub(crate) fn number(value: &Json) -> Option<f64> {
    match value {
        Json::Number(number) => Some(*number),
        Json::Bool(value) => Some(f64::from(u8::from(*value))),
        Json::Text(text) => text.trim().parse().ok(),
        _ => None,
    }
}

pub(crate) fn is_uuid(text: &str) -> bool {
    let digits = text.trim_matches(['{', '}']).replace('-', "");
    digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}
