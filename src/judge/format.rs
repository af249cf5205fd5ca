//! Formats of errors that another standard describes, by the members that they have.

use serde_json::{Map, Value};

/// A format: what it is called, the members that it has, and all that it may have.
struct Format {
    name: &'static str,
    has: &'static [&'static str],
    may_have: &'static [&'static str],
}

/// The most telling first. What frameworks answer by themselves is known with them: [`super::origin`].
static FORMATS: &[Format] = &[
    Format {
        name: "a problem document (RFC 9457)",
        has: &["title", "status"],
        may_have: &["type", "detail", "instance", "errors"],
    },
    Format {
        name: "a problem document (RFC 9457)",
        has: &["type", "title"],
        may_have: &["detail", "instance", "status"],
    },
    Format {
        name: "an OAuth 2.0 error (RFC 6749)",
        has: &["error", "error_description"],
        may_have: &["error_uri", "state"],
    },
    Format { name: "a gRPC status", has: &["code", "message", "details"], may_have: &[] },
    Format {
        name: "a JSON:API or GraphQL document of errors",
        has: &["errors"],
        may_have: &["jsonapi", "meta", "links", "data", "extensions"],
    },
];

/// What a body of those members is called; `None` where many formats have them.
pub(super) fn of(object: &Map<String, Value>) -> Option<&'static str> {
    let known = |format: &Format, name: &str| format.has.contains(&name) || format.may_have.contains(&name);
    let fits = |format: &&Format| {
        format.has.iter().all(|name| object.contains_key(*name)) && object.keys().all(|name| known(format, name))
    };
    FORMATS.iter().find(fits).map(|format| format.name)
}
