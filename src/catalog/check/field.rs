//! Whether the declaration of a field agrees with itself.

use serde_json::Value;

use super::mistakes::Mistakes;
use crate::catalog::schema::describe;
use crate::catalog::suite::{Field, FieldType};
use crate::model::pointer::member;

/// Where a field is declared.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Site {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header field.
    Header,
    /// At the top of a form.
    Part,
    /// In a JSON value.
    Json,
}

/// Every mistake in the declaration, which stands at `at`.
pub(crate) fn check(field: &Field, site: Site, at: &str, mistakes: &mut Mistakes<'_>) {
    kind(field, site, at, mistakes);
    limits(field, at, mistakes);
    if let Some(example) = &field.example
        && let Some(misfit) = misfit(field, example)
    {
        mistakes.wrong(
            format!("{at}/example"),
            format!("the example is not of the declared type: {misfit}"),
            "write one that is",
        );
    }
    if (field.required || site == Site::Path) && !is_exemplified(field) {
        mistakes.wrong(
            at,
            "a well-formed request needs this field, and it has no example",
            "write `example = …` with a value that is plainly a test's",
        );
    }
    for (name, declared) in &field.members {
        check(declared, Site::Json, &format!("{at}{}", member("/members", name)), mistakes);
    }
    if let Some(items) = &field.items {
        check(items, Site::Json, &format!("{at}/items"), mistakes);
    }
}

/// The type belongs where the field is, and the keywords belong to the type.
fn kind(field: &Field, site: Site, at: &str, mistakes: &mut Mistakes<'_>) {
    use FieldType::{Array, File, Integer, Json, Number, Object, String, Uuid};
    let (belongs, help) = match field.kind {
        Json | File => (site == Site::Part, "it is for the parts of a form; in JSON write \"object\" or \"array\""),
        Object => (matches!(site, Site::Json), "in a form write \"json\"; a path or a query has no objects"),
        Array => (matches!(site, Site::Json | Site::Query), "in a form write \"json\"; a path has no arrays"),
        _ => (true, ""),
    };
    if !belongs {
        mistakes.wrong(format!("{at}/type"), "this type does not occur here", help);
    }
    if field.exists && site != Site::Path {
        mistakes.wrong(format!("{at}/exists"), "only what a path names can exist", "leave it out");
    }
    let text = matches!(field.kind, String | Uuid);
    let number = matches!(field.kind, Integer | Number);
    let keywords = [
        ("minimum", field.minimum.is_some(), number, "numbers"),
        ("maximum", field.maximum.is_some(), number, "numbers"),
        ("min_length", field.min_length.is_some(), text, "text"),
        ("max_length", field.max_length.is_some(), text, "text"),
        ("enum", !field.values.is_empty(), text, "text"),
        ("members", !field.members.is_empty(), matches!(field.kind, Object | Json), "objects"),
        ("items", field.items.is_some(), matches!(field.kind, Array | Json), "arrays"),
    ];
    for (name, present, fits, of) in keywords {
        if present && !fits {
            mistakes.wrong(
                format!("{at}/{name}"),
                format!("`{name}` is for {of}"),
                "leave it out, or write another `type`",
            );
        }
    }
}

fn limits(field: &Field, at: &str, mistakes: &mut Mistakes<'_>) {
    if let (Some(least), Some(greatest)) = (field.minimum, field.maximum)
        && least > greatest
    {
        mistakes.wrong(
            format!("{at}/maximum"),
            format!("no number is at least {least} and at most {greatest}"),
            "exchange them",
        );
    }
    if let (Some(least), Some(greatest)) = (field.min_length, field.max_length)
        && least > greatest
    {
        mistakes.wrong(
            format!("{at}/max_length"),
            format!("no text has at least {least} and at most {greatest} characters"),
            "exchange them",
        );
    }
    for (index, value) in field.values.iter().enumerate() {
        if field.values[..index].contains(value) {
            mistakes.wrong(format!("{at}/enum/{index}"), format!("`{value}` stands twice"), "leave one out");
        }
    }
}

/// Whether a well-formed value of the field can be written down.
pub(crate) fn is_exemplified(field: &Field) -> bool {
    let by_members =
        || field.members.values().filter(|member| member.required).all(is_exemplified) && !field.members.is_empty();
    let by_items = || field.items.as_ref().is_some_and(|items| is_exemplified(items));
    field.example.is_some() || by_members() || by_items()
}

/// What is wrong with a value of the field, if anything is.
pub(crate) fn misfit(field: &Field, value: &Value) -> Option<String> {
    let found = || Some(format!("expected {}, found {}", noun(field.kind), describe(value)));
    match (field.kind, value) {
        (FieldType::Integer, Value::Number(number)) if number.is_f64() => found(),
        (FieldType::Integer | FieldType::Number, Value::Number(number)) => {
            let number = number.as_f64().unwrap_or_default();
            let beyond = |limit: Option<i64>, sign: f64| limit.filter(|limit| (number - precise(*limit)) * sign > 0.0);
            let below = beyond(field.minimum, -1.0).map(|limit| format!("expected at least {limit}, found {value}"));
            below.or_else(|| beyond(field.maximum, 1.0).map(|limit| format!("expected at most {limit}, found {value}")))
        }
        (FieldType::Uuid, Value::String(text)) if !is_uuid(text) => found(),
        (FieldType::String | FieldType::Uuid, Value::String(text)) => {
            let length = text.chars().count() as u64;
            if !field.values.is_empty() && !field.values.contains(text) {
                return Some(format!("expected one of {}, found \"{text}\"", field.values.join(", ")));
            }
            let short = field
                .min_length
                .filter(|least| length < *least)
                .map(|least| format!("expected at least {least} characters, found {length}"));
            short.or_else(|| {
                let greatest = field.max_length.filter(|greatest| length > *greatest)?;
                Some(format!("expected at most {greatest} characters, found {length}"))
            })
        }
        (FieldType::Boolean, Value::Bool(_)) | (FieldType::File, Value::String(_)) => None,
        (FieldType::Object, Value::Object(_)) | (FieldType::Array, Value::Array(_)) | (FieldType::Json, _) => {
            parts(field, value)
        }
        _ => found(),
    }
}

/// What is wrong with the members or elements of a value.
fn parts(field: &Field, value: &Value) -> Option<String> {
    let members = field.members.iter().find_map(|(name, declared)| match value.get(name) {
        Some(value) => misfit(declared, value).map(|misfit| format!("`{name}`: {misfit}")),
        None if declared.required => Some(format!("`{name}` is missing")),
        None => None,
    });
    let elements = || {
        let items = field.items.as_ref()?;
        value.as_array()?.iter().find_map(|element| misfit(items, element))
    };
    members.or_else(elements)
}

fn noun(kind: FieldType) -> &'static str {
    match kind {
        FieldType::String => "text",
        FieldType::Uuid => "a UUID",
        FieldType::Integer => "a whole number",
        FieldType::Number => "a number",
        FieldType::Boolean => "true or false",
        FieldType::Object => "an object",
        FieldType::Array => "an array",
        FieldType::Json => "JSON",
        FieldType::File => "a file's text",
    }
}

/// The 8-4-4-4-12 form of RFC 9562.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A limit beside a number that may have a fraction; limits in suites are far below where this loses a digit.
#[expect(clippy::cast_precision_loss, reason = "limits are small")]
fn precise(limit: i64) -> f64 {
    limit as f64
}
