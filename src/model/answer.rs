//! What a client can tell of an error reply: what two replies to the same mistake must share, and what an earlier run is
//! compared with.
//!
//! Pure. It knows no rule; what a difference weighs is said elsewhere.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::content;
use super::exchange::Reply;
use super::layer::Layer;

/// What a client can tell of a reply.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The contract's code, where the body has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Value>,
    /// The media type without its parameters, in lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Who probably wrote it.
    pub layer: Layer,
    /// The members of the body with their types, as `/error_code integer`, sorted; empty where the body is no JSON.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shape: Vec<String>,
    /// The message with numbers, ids and quoted parts masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

impl Answer {
    /// The answer in a few words: status, code and who wrote it where it was not the service.
    #[must_use]
    pub fn brief(&self) -> String {
        let mut text = self.status.to_string();
        if let Some(code) = &self.code {
            let _ = write!(text, " with code {code}");
        } else if self.shape.is_empty() {
            let kind = self.media_type.as_deref().unwrap_or("no media type");
            let _ = write!(text, " without a JSON body ({kind})");
        } else {
            text.push_str(" without a code");
        }
        if self.layer != Layer::Service {
            let _ = write!(text, " from a {}", self.layer.word());
        }
        text
    }
}

/// The media type of a reply without its parameters, in lower case.
#[must_use]
pub fn media_type(reply: &Reply) -> Option<String> {
    let value = reply.header("content-type")?;
    Some(content::media_type(&value).to_ascii_lowercase())
}

/// The most members of a body that are reported: a reply with thousands of them has no shape that anyone compares.
const MAX_MEMBERS: usize = 64;
/// The longest pointer that is reported, in bytes.
const MAX_POINTER: usize = 120;

/// The members of a body with their types, sorted; the elements of an array are one place. `name` says what a member is called
/// where it is reported.
#[must_use]
pub fn shape(body: &Value, name: impl Fn(&str) -> String) -> Vec<String> {
    let mut members = BTreeSet::new();
    walk(body, &mut String::new(), &name, &mut members);
    members.into_iter().collect()
}

fn walk(value: &Value, at: &mut String, called: &impl Fn(&str) -> String, members: &mut BTreeSet<String>) {
    if members.len() >= MAX_MEMBERS {
        return;
    }
    members.insert(format!("{at} {}", kind(value)));
    let length = at.len();
    let mut below = |name: &str, inner: &Value| {
        if length + name.len() < MAX_POINTER {
            super::pointer::push(at, name);
            walk(inner, at, called, members);
            at.truncate(length);
        }
    };
    match value {
        Value::Object(object) => object.iter().for_each(|(name, inner)| below(&called(name), inner)),
        Value::Array(elements) => elements.iter().for_each(|inner| below("*", inner)),
        _ => {}
    }
}

/// The JSON type, with whole numbers apart (JSON Schema, section 6.1.1).
#[must_use]
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.as_f64().is_some_and(|number| number.fract() == 0.0) => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The longest message of which a template is made, in characters.
const MAX_MESSAGE: usize = 300;

/// A message with what may differ between two replies of the same meaning masked as `…`: numbers, ids, times, names as code
/// writes them, and what stands in quotes.
#[must_use]
pub fn template(message: &str) -> String {
    let mut template = String::new();
    let message: String = message.chars().take(MAX_MESSAGE).collect();
    let mut rest = message.as_str();
    while let Some(first) = rest.chars().next() {
        let behind_word = template.ends_with(is_word);
        let (taken, masked) = if let Some(length) = variable(rest) {
            (length, true)
        } else if let Some(length) = quoted(rest).filter(|_| !behind_word) {
            (length, true)
        } else if is_word(first) {
            let length = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            let word = rest[..length].trim_end_matches(['.', ':', '-', '/']);
            let length = if word.is_empty() { length } else { word.len() };
            (length, varies(word))
        } else {
            (first.len_utf8(), false)
        };
        if !masked {
            template.push_str(&rest[..taken]);
        } else if !template.ends_with('…') {
            template.push('…');
        }
        rest = &rest[taken..];
    }
    template
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/' | '@')
}

/// Whether a word is a number, a time, an id or a name in code rather than a word of a language.
fn varies(word: &str) -> bool {
    let hexadecimal = word.len() >= 8 && word.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    hexadecimal || word.chars().any(|c| c.is_ascii_digit() || matches!(c, '_' | '.' | '/' | '@' | ':'))
}

/// The length of the masked secret that the text begins with: of two accounts, one may be named by a common word.
fn variable(text: &str) -> Option<usize> {
    let name = text.strip_prefix("${")?;
    let end = name.find('}').filter(|end| *end > 0)?;
    name[..end].starts_with(|c: char| c.is_ascii_uppercase()).then_some(end + 3)
}

/// The length of the quoted part that the text begins with.
fn quoted(text: &str) -> Option<usize> {
    let open = text.chars().next()?;
    let close = match open {
        '"' | '`' | '\'' => open,
        '«' => '»',
        '“' => '”',
        '‘' => '’',
        _ => return None,
    };
    let begin = open.len_utf8();
    let end = text[begin..].find(close)?;
    Some(begin + end + close.len_utf8())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_shape_is_the_members_with_their_types() {
        let body = json!({"error_code": 4, "details": {"x/y": [1, 2.5]}, "error_message": "no"});
        let expected = [
            " object",
            "/details object",
            "/details/x~1y array",
            "/details/x~1y/* integer",
            "/details/x~1y/* number",
            "/error_code integer",
            "/error_message string",
        ];
        assert_eq!(shape(&body, str::to_owned), expected);
        assert_eq!(
            shape(&json!({"error_message": "yes", "details": {"x/y": [2, 7.5]}, "error_code": 0}), str::to_owned),
            expected
        );
    }

    #[test]
    fn a_huge_body_has_a_bounded_shape() {
        let body: Value = (0..10_000).map(|n| (format!("m{n}"), json!(n))).collect::<serde_json::Map<_, _>>().into();
        assert!(shape(&body, str::to_owned).len() <= MAX_MEMBERS);
    }

    #[test]
    fn what_differs_between_replies_of_one_meaning_is_masked() {
        let cases = [
            ("Folder 5b1f0c52-9d3e-4f7a-8c61-e2d4a7b90f36 does not exist", "Folder … does not exist"),
            ("at 2026-11-22T12:00:00Z: value 17 is \"odd\"", "at …: value … is …"),
            ("No token was given", "No token was given"),
            ("field `offset` below 0", "field … below …"),
        ];
        for (message, expected) in cases {
            assert_eq!(template(message), expected);
        }
        assert_eq!(template("'a.b' of c_d"), "… of …");
        assert_eq!(template("it's not \"closed, isn't"), "it's not \"closed, isn't");
    }
}
