//! Faults of the method (RFC 9110, section 9).

use super::acceptance::Acceptance;
use super::draft;
use super::draft::{Subject, Variant};
use super::row::{Fault, Tier};
use crate::model::cause::Cause;

/// The standard methods that a path may lack. OPTIONS and HEAD are answered by servers on their own; CONNECT has another
/// request target (RFC 9110, section 9.3.6).
const STANDARD: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"];

/// Methods that are registered as safe (IANA's registry of HTTP methods) and that an API rarely has: a server that knows one
/// changes nothing.
pub(crate) const REGISTERED: &[&str] = &["SEARCH", "REPORT", "PROPFIND", "QUERY"];

/// The table of this family.
pub static FAULTS: &[Fault] = &[
    Fault {
        id: "method-unsupported",
        cause: Cause::WrongMethod,
        tier: Tier::Core,
        what: "A standard method that the path does not have, without content; PUT and POST with content that is no JSON, in case the path has them.",
        example: "PATCH /api/version",
        source: "RFC 9110, section 15.5.6",
        apply: unsupported,
    },
    Fault {
        id: "method-invented",
        cause: Cause::WrongMethod,
        tier: Tier::Core,
        what: "A well-formed method that nobody has registered.",
        example: "ERRDRIFT /api/version",
        source: "RFC 9110, section 9.1",
        apply: invented,
    },
    Fault {
        id: "method-registered",
        cause: Cause::WrongMethod,
        tier: Tier::Core,
        what: "A method that is registered as safe and that the path does not have.",
        example: "PROPFIND /api/version",
        source: "RFC 9110, section 15.5.6; RFC 4918; RFC 5323; RFC 3253",
        apply: registered,
    },
    Fault {
        id: "method-lower-case",
        cause: Cause::WrongMethod,
        tier: Tier::Core,
        what: "The operation's own method in lower case: methods are case-sensitive, and a lenient server may not mind.",
        example: "get /api/version",
        source: "RFC 9110, section 9.1",
        apply: lower_case,
    },
];

fn unsupported(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(operation) = subject.operation.filter(|_| subject.first_of_path) else { return Vec::new() };
    let path = operation.path.as_str();
    let mut variants = Vec::new();
    for method in STANDARD.iter().filter(|method| !subject.suite.has_method(path, method)) {
        let variant = with_method(subject, method, method);
        let carries = !variant.draft.credential.is_empty();
        variants.push(variant);
        // Whether the path has the method after all, only an answer to a request without a credential may tell.
        let missing = matches!(*method, "PATCH" | "DELETE") && draft::names_nothing(operation);
        if carries && *method != "GET" && !missing && !subject.suite.lists_all_methods(path) {
            let name = format!("{method}.without-credentials");
            let mut bare = with_method(subject, &name, method);
            bare.draft.credential.clear();
            variants.push(bare.also(&[Cause::NoCredentials]));
        }
    }
    variants
}

fn invented(subject: &Subject<'_>) -> Vec<Variant> {
    if !subject.first_of_path {
        return Vec::new();
    }
    vec![with_method(subject, "", "ERRDRIFT")]
}

fn with_method(subject: &Subject<'_>, name: &str, method: &str) -> Variant {
    let variant = subject.variant(name, Acceptance::Never, |draft| {
        method.clone_into(&mut draft.method);
        draft.body = None;
        draft.content_type = None;
        // "A client MUST NOT generate fields in a TRACE request containing sensitive data" (RFC 9110, section 9.3.8). And a
        // DELETE of a whole collection, should there be one that the suite does not know of, is asked for by nobody.
        if method == "TRACE" || (method == "DELETE" && !subject.operation.is_some_and(draft::names_nothing)) {
            draft.credential.clear();
        }
    });
    // Without a credential its absence is as right an answer.
    if variant.draft.credential.is_empty() { variant.also(&[Cause::NoCredentials]) } else { variant }
}

fn registered(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(operation) = subject.operation.filter(|_| subject.first_of_path) else { return Vec::new() };
    let lacks = |method: &&&str| !subject.suite.has_method(&operation.path, method);
    REGISTERED.iter().filter(lacks).map(|method| with_method(subject, method, method)).collect()
}

fn lower_case(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(operation) = subject.operation.filter(|_| subject.first_of_path) else { return Vec::new() };
    let variant = subject.variant("", Acceptance::Lenient, |draft| draft.method = operation.method.to_lowercase());
    vec![if variant.draft.credential.is_empty() { variant.also(&[Cause::NoCredentials]) } else { variant }]
}
