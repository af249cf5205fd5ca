//! What an operation takes: its content, its anchor, and the fields of bodies, queries and paths.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::expects::is_json;
use crate::model::cause::Cause;
use crate::model::pointer::unescaped;

/// What an operation takes as its content.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// `application/json`, a type that ends in `+json`, or `multipart/form-data`.
    pub media_type: String,
    /// Whether the operation does without it.
    #[serde(default)]
    pub optional: bool,
    /// The members of the JSON object, or the parts of the form.
    #[serde(default)]
    pub members: BTreeMap<String, Field>,
    /// Whether members beyond the declared ones are part of the format: an object of free keys.
    #[serde(default)]
    pub free: bool,
    /// A member whose value no correct server accepts, to carry with what a lenient one may take for right.
    #[serde(default)]
    pub anchor: Option<Anchor>,
    /// The most bytes that the operation takes, where the document says so.
    #[serde(default)]
    pub limit: Option<u64>,
}

impl Body {
    /// Whether it is JSON, by its own type or by the suffix of another one (RFC 6839, section 3.1).
    #[must_use]
    pub fn is_json(&self) -> bool {
        is_json(&self.media_type)
    }
}

/// A broken member that makes every request with it wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// The member's name at the body's top level, or a JSON Pointer to it. For a form part, its name.
    pub member: String,
    /// The value that is wrong beyond doubt. For a form part, its text.
    pub value: Value,
    /// The cause that it has.
    pub cause: Cause,
}

impl Anchor {
    /// The names on the way to the member, from the root (RFC 6901, section 4).
    #[must_use]
    pub fn way(&self) -> Vec<String> {
        let Some(rest) = self.member.strip_prefix('/') else { return vec![self.member.clone()] };
        rest.split('/').map(unescaped).collect()
    }
}

/// The type of a field.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// Any text.
    String,
    /// A UUID in text (RFC 9562).
    Uuid,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A JSON object; of free keys where it declares no members.
    Object,
    /// A JSON array.
    Array,
    /// JSON text in a form part.
    Json,
    /// A file in a form part.
    File,
}

/// A parameter, a member or a form part.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Whether a correct request has it.
    #[serde(default)]
    pub required: bool,
    /// The value in errdrift's own well-formed requests. In a path: of a resource that does not exist, unless `exists`.
    #[serde(default)]
    pub example: Option<Value>,
    /// In a path: whether the example is there on every deployment, so that it is not what is wrong with a request.
    #[serde(default)]
    pub exists: bool,
    /// Whether a correct server may take a value that is ill-typed or unknown and find nothing.
    #[serde(default)]
    pub lenient: bool,
    /// The least value.
    #[serde(default)]
    pub minimum: Option<i64>,
    /// The greatest value.
    #[serde(default)]
    pub maximum: Option<i64>,
    /// The least length in characters.
    #[serde(default)]
    pub min_length: Option<u64>,
    /// The greatest length in characters.
    #[serde(default)]
    pub max_length: Option<u64>,
    /// The only values.
    #[serde(default, rename = "enum")]
    pub values: Vec<String>,
    /// A value that breaks a format that the types do not have a name for.
    #[serde(default)]
    pub malformed: Option<Value>,
    /// The members of an object, or of the JSON in a form part.
    #[serde(default)]
    pub members: BTreeMap<String, Field>,
    /// The elements of an array.
    #[serde(default)]
    pub items: Option<Box<Field>>,
}
