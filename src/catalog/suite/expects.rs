//! What the success of a control looks like: by that the API is known from a login page, a single-page application, or a
//! server that answers everything.

use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// What the success of a control looks like. By default any 2xx with JSON, or without a body.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Expects {
    /// Its statuses; any 2xx where there are none.
    #[serde(default)]
    pub status: Vec<u16>,
    /// Its media type, without parameters; `application/json` or one that ends in `+json` where it is absent.
    #[serde(default)]
    pub media_type: Option<String>,
    /// Members that its body has, by name or JSON Pointer.
    #[serde(default)]
    pub members: Vec<String>,
}

/// `control = true`, or `control = { expects = { … } }`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Declared {
    Plain(bool),
    Formed {
        #[serde(default)]
        expects: Expects,
    },
}

/// Whether the operation's correct request is sent, and what its success looks like.
pub(super) fn control<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Expects>, D::Error> {
    match Declared::deserialize(deserializer) {
        Ok(Declared::Plain(sent)) => Ok(sent.then(Expects::default)),
        Ok(Declared::Formed { expects }) => Ok(Some(expects)),
        Err(_) => Err(D::Error::custom("expected `true`, or `{ expects = { … } }`")),
    }
}

/// Whether a media type without parameters is JSON (RFC 8259; RFC 6839, section 3.1).
#[must_use]
pub fn is_json(media_type: &str) -> bool {
    matches!(media_type, "application/json" | "text/json") || media_type.ends_with("+json")
}
