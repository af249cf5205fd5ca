//! Formats of errors that are not the contract's, by the members that they have: what a framework answers by itself, or what
//! another standard says.

use serde_json::{Map, Value};

/// A format: what it is called, the members that it has, and all that it may have.
struct Format {
    name: &'static str,
    has: &'static [&'static str],
    may_have: &'static [&'static str],
}

/// The most telling first. From the products' own sources and from the standards.
static FORMATS: &[Format] = &[
    Format {
        name: "Spring Boot's error attributes",
        has: &["timestamp", "status", "error"],
        may_have: &["path", "message", "trace", "exception", "errors", "requestId"],
    },
    Format {
        name: "an ASP.NET problem document",
        has: &["type", "title", "status", "traceId"],
        may_have: &["errors", "detail", "instance"],
    },
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
        name: "Fastify's or hapi's error",
        has: &["statusCode", "error", "message"],
        may_have: &["code", "attributes"],
    },
    Format { name: "NestJS's error", has: &["statusCode", "message"], may_have: &["error"] },
    Format { name: "an error of Django REST framework or FastAPI", has: &["detail"], may_have: &[] },
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
    Format { name: "Quarkus's error", has: &["details", "stack"], may_have: &[] },
    Format { name: "Laravel's error", has: &["message", "exception", "file", "line"], may_have: &["trace"] },
    Format { name: "Laravel's validation error", has: &["message", "errors"], may_have: &[] },
];

/// What a body of those members is called; `None` where many formats have them.
pub(super) fn of(object: &Map<String, Value>) -> Option<&'static str> {
    let known = |format: &Format, name: &str| format.has.contains(&name) || format.may_have.contains(&name);
    let fits = |format: &&Format| {
        format.has.iter().all(|name| object.contains_key(*name)) && object.keys().all(|name| known(format, name))
    };
    FORMATS.iter().find(fits).map(|format| format.name)
}
