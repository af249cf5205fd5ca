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

    /// The same place with what varies from reply to reply as `*`, as signatures say it: array indices, ids and numbers in
    /// names, names that are credentials. The same break in two elements is one drift.
    #[must_use]
    pub fn pattern(&self) -> String {
        self.parts(|part| is_variable(part).then_some(Cow::Borrowed("*")).or_else(|| numbered(part).map(Cow::Owned)))
    }

    /// The same place with array indices and credentials alone as `*`, as waivers and errdrift 0.1 say it.
    #[must_use]
    pub fn anywhere(&self) -> String {
        self.parts(|part| (is_index(part) || is_credential(part)).then_some(Cow::Borrowed("*")))
    }

    fn parts(&self, written: impl Fn(&str) -> Option<Cow<'_, str>>) -> String {
        let parts = self.0.split('/').enumerate();
        // What precedes the first slash is no member.
        let parts = parts.map(|(index, part)| written(part).filter(|_| index > 0).unwrap_or(Cow::Borrowed(part)));
        parts.collect::<Vec<_>>().join("/")
    }
}

fn is_variable(part: &str) -> bool {
    let hexadecimal = part.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    let is_id = part.len() >= 8 && hexadecimal && part.bytes().any(|b| b.is_ascii_digit());
    is_index(part) || is_credential(part) || is_id
}

fn is_index(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())
}

/// A member that is named by a credential has no name of its own.
fn is_credential(part: &str) -> bool {
    let variable = part.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    variable.is_some_and(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || "_%?…".contains(c)))
}

/// A name with its numbers as `*`: of `item17` and `item18`, neither has a promise of its own. `None` where it has none.
fn numbered(part: &str) -> Option<String> {
    let mut name = String::new();
    for c in part.chars() {
        match c {
            '0'..='9' if name.ends_with('*') => {}
            '0'..='9' => name.push('*'),
            c => name.push(c),
        }
    }
    // An escaped character of a pointer is no number (RFC 6901, section 3).
    (!part.contains('~') && name != part).then_some(name)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_varies_in_a_place_from_reply_to_reply_is_a_star_in_its_pattern() {
        for (at, pattern, anywhere) in [
            ("/errors/0/code", "/errors/*/code", "/errors/*/code"),
            ("/m17_3", "/m*_*", "/m17_3"),
            (
                "/errors/5b1f0c52-9d3e-4f7a-8c61-e2d4a7b90f36",
                "/errors/*",
                "/errors/5b1f0c52-9d3e-4f7a-8c61-e2d4a7b90f36",
            ),
            ("/facade", "/facade", "/facade"),
            ("/${OZ_TOKEN}", "/*", "/*"),
            ("/x~1y", "/x~1y", "/x~1y"),
            ("header:x-b3-traceid", "header:x-b3-traceid", "header:x-b3-traceid"),
        ] {
            let place = Place::pointer(at);
            assert_eq!((place.pattern().as_str(), place.anywhere().as_str()), (pattern, anywhere));
        }
    }
}
