//! Wrong requests that only who knows the business can write: a limit that is exceeded, a state that is wrong, what is there
//! already.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::effect::Effect;
use crate::catalog::contract::CausePromise;
use crate::model::cause::Cause;

/// A wrong request of the user's own: the operation's correct request, with what is changed in it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnProbe {
    /// Its name, the last part of its probe's id.
    pub id: String,
    /// The operation's id.
    pub operation: String,
    /// The cause that its reply is held against.
    pub cause: Cause,
    /// Why a correct server refuses it.
    pub why: String,
    /// What it would do to the target's state if it were accepted. What is not `none` is sent only where it is asked for by the
    /// fault's name.
    pub effect: Effect,
    /// Values by their places: `/body` and a JSON Pointer into the JSON body, `/query/NAME`, `/path/NAME`, `/header/NAME`.
    #[serde(default)]
    pub set: BTreeMap<String, Value>,
    /// Places whose values are left out.
    #[serde(default)]
    pub remove: Vec<String>,
    /// The content as text, in place of the operation's own.
    #[serde(default)]
    pub raw: Option<String>,
    /// The variables of the environment that stand in it: they are masked like credentials.
    #[serde(skip)]
    pub variables: Vec<String>,
    /// What is promised for this very request; what it leaves open is promised for the cause.
    #[serde(default)]
    pub expect: Option<CausePromise>,
}

/// A place in a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part<'p> {
    /// A JSON Pointer into the body.
    Body(&'p str),
    /// A query parameter.
    Query(&'p str),
    /// A path parameter.
    Path(&'p str),
    /// A header field.
    Header(&'p str),
}

impl<'p> Part<'p> {
    /// Reads a place; `None` where it is none.
    #[must_use]
    pub fn parse(text: &'p str) -> Option<Self> {
        let (part, rest) = text.strip_prefix('/')?.split_once('/')?;
        match part {
            "body" => Some(Self::Body(&text["/body".len()..])),
            "query" if !rest.is_empty() => Some(Self::Query(rest)),
            "path" if !rest.is_empty() => Some(Self::Path(rest)),
            "header" if !rest.is_empty() => Some(Self::Header(rest)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_names_a_part_of_the_request_and_what_is_in_it() {
        assert_eq!(Part::parse("/body/card/id"), Some(Part::Body("/card/id")));
        assert_eq!(Part::parse("/query/page"), Some(Part::Query("page")));
        assert_eq!(Part::parse("/path/id"), Some(Part::Path("id")));
        assert_eq!(Part::parse("/header/If-Match"), Some(Part::Header("If-Match")));
        for none in ["", "/", "body/card", "/body", "/query/", "/cookie/x", "card"] {
            assert_eq!(Part::parse(none), None, "{none}");
        }
    }
}
