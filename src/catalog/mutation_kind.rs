//! The ways in which a body is broken, one table of all. It knows no contract.

use serde::Deserialize;
use serde_json::{Value, json};

/// A way to break a body in one place.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The member is left out.
    Dropped,
    /// The member's name has a letter less.
    Renamed,
    /// The object has a member more.
    Extra,
    /// Null in its place.
    AsNull,
    /// A boolean in its place.
    AsBoolean,
    /// An integer in its place.
    AsInteger,
    /// A number with a fraction in its place.
    AsNumber,
    /// Its text in its place.
    AsString,
    /// An array of it in its place.
    AsArray,
    /// An object with it in its place.
    AsObject,
    /// An empty text in its place.
    EmptyString,
    /// An empty array in its place.
    EmptyArray,
    /// An empty object in its place.
    EmptyObject,
    /// A code of the same type that a closed catalogue does not have.
    UndocumentedCode,
}

/// Each kind with its word and what it does.
pub const KINDS: &[(Kind, &str, &str)] = &[
    (Kind::Dropped, "dropped", "the member is left out"),
    (Kind::Renamed, "renamed", "the member's name has a letter less"),
    (Kind::Extra, "extra", "the object has a member more"),
    (Kind::AsNull, "as-null", "null in its place"),
    (Kind::AsBoolean, "as-boolean", "a boolean in its place"),
    (Kind::AsInteger, "as-integer", "an integer in its place"),
    (Kind::AsNumber, "as-number", "a number with a fraction in its place"),
    (Kind::AsString, "as-string", "its text in its place"),
    (Kind::AsArray, "as-array", "an array of it in its place"),
    (Kind::AsObject, "as-object", "an object with it in its place"),
    (Kind::EmptyString, "empty-string", "an empty text in its place"),
    (Kind::EmptyArray, "empty-array", "an empty array in its place"),
    (Kind::EmptyObject, "empty-object", "an empty object in its place"),
    (Kind::UndocumentedCode, "undocumented-code", "a code that a closed catalogue does not have"),
];

impl Kind {
    /// The word that contracts use.
    #[must_use]
    pub fn word(self) -> &'static str {
        KINDS.iter().find(|(kind, ..)| *kind == self).map_or("", |(_, word, _)| word)
    }

    /// What stands in the place of the value; `None` where it is of that type already, or the kind puts nothing there.
    pub(crate) fn applied(self, value: &Value) -> Option<Value> {
        let text = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match self {
            Self::AsNull => (!value.is_null()).then_some(Value::Null),
            Self::AsBoolean => (!value.is_boolean()).then_some(Value::Bool(true)),
            Self::AsInteger => (!value.is_i64() && !value.is_u64()).then(|| text().parse::<i64>().unwrap_or(1).into()),
            Self::AsNumber => (!value.is_f64()).then(|| (text().parse::<i32>().map_or(1.0, f64::from) + 0.5).into()),
            Self::AsString => (!value.is_string()).then(|| text().into()),
            Self::AsArray => (!value.is_array()).then(|| json!([value])),
            Self::AsObject => (!value.is_object()).then(|| json!({ "value": value })),
            Self::EmptyString => Some(json!("")),
            Self::EmptyArray => Some(json!([])),
            Self::EmptyObject => Some(json!({})),
            Self::Dropped | Self::Renamed | Self::Extra | Self::UndocumentedCode => None,
        }
    }
}
