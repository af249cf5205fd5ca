//! Where in a reply something was found.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

/// Where in a reply something was found: a part of it, a header field, or a value of its JSON body by its pointer.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Place(Cow<'static, str>);

/// What precedes the name of a header field.
const HEADER: &str = "header:";

impl Place {
    /// The reply as such, or that there is none.
    pub const REPLY: Self = Self(Cow::Borrowed("reply"));
    /// The status code.
    pub const STATUS: Self = Self(Cow::Borrowed("status"));
    /// The line before the header fields.
    pub const STATUS_LINE: Self = Self(Cow::Borrowed("status-line"));
    /// The status line and the header fields.
    pub const HEAD: Self = Self(Cow::Borrowed("head"));
    /// The contract's code, wherever the contract has it.
    pub const CODE: Self = Self(Cow::Borrowed("code"));
    /// The Content-Type.
    pub const CONTENT_TYPE: Self = Self(Cow::Borrowed("header:content-type"));
    /// The body, whatever it is.
    pub const BODY: Self = Self(Cow::Borrowed("body"));
    /// The body as a JSON value.
    pub const VALUE: Self = Self(Cow::Borrowed(""));
    /// The message, wherever the contract has it.
    pub const MESSAGE: Self = Self(Cow::Borrowed("message"));
    /// The reply that follows on the same connection.
    pub const NEXT: Self = Self(Cow::Borrowed("next"));

    /// A value of the JSON body, by its pointer (RFC 6901).
    #[must_use]
    pub fn pointer(at: impl Into<String>) -> Self {
        Self(Cow::Owned(at.into()))
    }

    /// A header field.
    #[must_use]
    pub fn header(name: &str) -> Self {
        Self(Cow::Owned(format!("{HEADER}{}", name.to_ascii_lowercase())))
    }

    /// The name of the header field, where it is one.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.strip_prefix(HEADER)
    }

    /// The same with its text masked or cut.
    #[must_use]
    pub fn written(&self, text: impl FnOnce(&str) -> String) -> Self {
        Self(Cow::Owned(text(&self.0)))
    }

    /// The same place with array indices as `*`, as signatures and waivers say it: the same break in two elements is one
    /// drift.
    #[must_use]
    pub fn anywhere(&self) -> String {
        let part = |part: &str| {
            let is_index = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            // A member that is named by a credential has no name of its own.
            let variable = part.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
            let is_variable =
                variable.is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || "_%?…".contains(c)));
            if is_index || is_variable { "*".to_owned() } else { part.to_owned() }
        };
        self.0.split('/').map(part).collect::<Vec<_>>().join("/")
    }
}

impl Deref for Place {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
