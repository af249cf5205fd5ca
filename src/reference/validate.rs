//! Values against their declarations. Finds what is wrong where; what to answer is for the APIs.

use serde_json::{Map, Value};

use super::operation::{Field, Kind, decode};

/// In which way a value is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Missing,
    Type,
    Value,
}

/// One wrong value.
#[derive(Debug)]
pub(super) struct Trouble {
    /// Member names from the outermost in; elements of a list share the list's.
    pub(super) path: Vec<&'static str>,
    pub(super) class: Class,
    pub(super) word: &'static str,
}

/// Collects what is wrong with one request.
pub(super) struct Validator {
    /// Takes digits in a string for an integer, and an empty string for nothing, as form libraries do.
    coerces: bool,
    path: Vec<&'static str>,
    pub(super) troubles: Vec<Trouble>,
}

impl Validator {
    pub(super) const fn new(coerces: bool) -> Self {
        Self { coerces, path: Vec::new(), troubles: Vec::new() }
    }

    /// The members of a JSON object.
    pub(super) fn object(&mut self, fields: &'static [Field], object: &Map<String, Value>) {
        for field in fields {
            self.path.push(field.name);
            match object.get(field.name) {
                None if field.required => self.trouble(Class::Missing, "REQUIRED"),
                Some(Value::String(text)) if field.required && self.coerces && text.is_empty() => {
                    self.trouble(Class::Missing, "REQUIRED");
                }
                Some(Value::Null) if field.required => self.trouble(Class::Type, "REQUIRED"),
                None | Some(Value::Null) => {}
                Some(value) => self.value(field.kind, value),
            }
            self.path.pop();
        }
    }

    fn value(&mut self, kind: Kind, value: &Value) {
        match (kind, value) {
            (Kind::Text, Value::String(_)) | (Kind::Boolean, Value::Bool(_)) | (Kind::Number, Value::Number(_)) => {}
            (Kind::Object(fields), Value::Object(object)) => self.object(fields, object),
            (Kind::List(kind), Value::Array(list)) => list.iter().for_each(|value| self.value(*kind, value)),
            (Kind::Integer(least), Value::Number(number)) if number.is_i64() || number.is_u64() => {
                if number.as_i64().is_some_and(|number| number < least) {
                    self.trouble(Class::Value, "TOO_LOW");
                }
            }
            (Kind::Integer(_), Value::String(text)) if self.coerces => self.text(kind, text),
            (Kind::Uuid | Kind::OneOf(_) | Kind::Sorting, Value::String(text)) => self.text(kind, text),
            _ => self.trouble(Class::Type, wrong_type(kind)),
        }
    }

    /// The parameters of a query. What no declaration names is let through, if it can be decoded at all.
    pub(super) fn query(&mut self, fields: &'static [Field], query: Option<&str>) {
        let mut seen = vec![false; fields.len()];
        for pair in query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name, true), decode(value, true));
            let declared = fields.iter().position(|field| name.as_deref() == Some(field.name));
            let Some(at) = declared else {
                if name.is_none() || value.is_none() {
                    self.trouble(Class::Value, "FORMAT_ERROR");
                }
                continue;
            };
            let field = &fields[at];
            self.path.push(field.name);
            match value {
                None => {
                    seen[at] = true;
                    self.trouble(Class::Value, "FORMAT_ERROR");
                }
                Some(value) if value.is_empty() && self.coerces => {}
                Some(value) => {
                    seen[at] = true;
                    self.text(field.kind, &value);
                }
            }
            self.path.pop();
        }
        for (field, seen) in fields.iter().zip(seen) {
            if field.required && !seen {
                self.path.push(field.name);
                self.trouble(Class::Missing, "REQUIRED");
                self.path.pop();
            }
        }
    }

    /// A value of the path; none for what could not be decoded.
    pub(super) fn segment(&mut self, name: &'static str, kind: Kind, value: Option<&str>) {
        self.path.push(name);
        match value {
            None => self.trouble(Class::Value, "FORMAT_ERROR"),
            Some(value) => self.text(kind, value),
        }
        self.path.pop();
    }

    fn text(&mut self, kind: Kind, text: &str) {
        let (class, fits) = match kind {
            Kind::Text => return,
            Kind::Uuid => (Class::Value, is_uuid(text)),
            Kind::OneOf(words) => (Class::Value, words.contains(&text)),
            Kind::Sorting => (Class::Value, is_sorting(text)),
            Kind::Boolean => (Class::Type, ["true", "false", "True", "False", "1", "0"].contains(&text)),
            Kind::Number => (Class::Type, text.parse::<f64>().is_ok_and(f64::is_finite)),
            Kind::Integer(least) => match text.parse::<i64>() {
                Ok(number) => (Class::Value, number >= least),
                Err(_) if is_digits(text) => (Class::Value, false),
                Err(_) => (Class::Type, false),
            },
            Kind::Object(_) | Kind::List(_) => (Class::Type, false),
        };
        if !fits {
            let word = if class == Class::Type { wrong_type(kind) } else { wrong_value(kind) };
            self.trouble(class, word);
        }
    }

    fn trouble(&mut self, class: Class, word: &'static str) {
        self.troubles.push(Trouble { path: self.path.clone(), class, word });
    }
}

fn is_digits(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

const fn wrong_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Integer(_) => "NOT_INTEGER",
        Kind::Number => "NOT_NUMBER",
        _ => "FORMAT_ERROR",
    }
}

const fn wrong_value(kind: Kind) -> &'static str {
    match kind {
        Kind::OneOf(_) => "NOT_ALLOWED_VALUE",
        _ => "WRONG_FORMAT",
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn is_sorting(text: &str) -> bool {
    text.split(',').all(|key| {
        let key = match key.strip_prefix('-') {
            Some(key) => key,
            None => key.strip_suffix("{asc}").or_else(|| key.strip_suffix("{desc}")).unwrap_or(key),
        };
        ["time_created", "time_updated", "resolution_status"].contains(&key)
    })
}
