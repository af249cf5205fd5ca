//! Two mistakes in one request, on purpose: which of them is answered, no document says, and a client sees it all the same.
//!
//! Each pair is made of two plain faults, put on one after the other. A reply that fits either is right; which one it fits
//! is told by operation ([`crate::report::consistency`]).

use super::acceptance::Acceptance::Never;
use super::circumstance::first_refused;
use super::draft::{Draft, Subject, Variant};
use super::relation::{Like, Plain};
use super::row::{Fault, fault};
use crate::model::cause::Cause;

macro_rules! pair {
    ($id:literal, $cause:ident, $what:literal, $first:literal, $second:literal) => {
        fault!($id, $cause, Pairs, $what, $id, "no document says which of two mistakes is answered", |subject| pair(
            subject, $first, $second
        ))
    };
}

/// The table of this family.
pub static FAULTS: &[Fault] = &[
    pair!(
        "pair-credentials-absent-path-unknown",
        NoCredentials,
        "No credentials, and a path that no operation has.",
        "credentials-absent",
        "path-unknown"
    ),
    pair!(
        "pair-credentials-absent-method-unsupported",
        NoCredentials,
        "No credentials, and a method that the path does not have.",
        "credentials-absent",
        "method-unsupported"
    ),
    pair!(
        "pair-credentials-unknown-method-unsupported",
        InvalidCredentials,
        "Credentials that nobody has, and a method that the path does not have.",
        "credentials-unknown",
        "method-unsupported"
    ),
    pair!(
        "pair-credentials-absent-resource-unknown",
        NoCredentials,
        "No credentials, and a resource that does not exist.",
        "credentials-absent",
        "path-unknown-id"
    ),
    pair!(
        "pair-credentials-unknown-resource-unknown",
        InvalidCredentials,
        "Credentials that nobody has, and a resource that does not exist.",
        "credentials-unknown",
        "path-unknown-id"
    ),
    pair!(
        "pair-credentials-absent-id-ill-typed",
        NoCredentials,
        "No credentials, and an id that is not of its type.",
        "credentials-absent",
        "path-ill-typed-id"
    ),
    pair!(
        "pair-credentials-absent-body-malformed",
        NoCredentials,
        "No credentials, and a body that is no JSON.",
        "credentials-absent",
        "body-truncated"
    ),
    pair!(
        "pair-credentials-unknown-body-malformed",
        InvalidCredentials,
        "Credentials that nobody has, and a body that is no JSON.",
        "credentials-unknown",
        "body-truncated"
    ),
    pair!(
        "pair-credentials-absent-member-missing",
        NoCredentials,
        "No credentials, and a body without a required member.",
        "credentials-absent",
        "member-missing"
    ),
    pair!(
        "pair-credentials-absent-query-negative",
        NoCredentials,
        "No credentials, and a query below its minimum.",
        "credentials-absent",
        "query-negative"
    ),
    pair!(
        "pair-method-unsupported-body-malformed",
        WrongMethod,
        "A method that the path does not have, with content that is no JSON.",
        "method-unsupported",
        "body-truncated"
    ),
    pair!(
        "pair-method-unsupported-resource-unknown",
        WrongMethod,
        "A method that the path does not have, at a resource that does not exist.",
        "method-unsupported",
        "path-unknown-id"
    ),
    pair!(
        "pair-resource-unknown-body-malformed",
        UnknownResource,
        "A resource that does not exist, and a body that is no JSON.",
        "path-unknown-id",
        "body-truncated"
    ),
    pair!(
        "pair-resource-unknown-member-missing",
        UnknownResource,
        "A resource that does not exist, and a body without a required member.",
        "path-unknown-id",
        "member-missing"
    ),
    pair!(
        "pair-id-ill-typed-body-malformed",
        InvalidValue,
        "An id that is not of its type, and a body that is no JSON.",
        "path-ill-typed-id",
        "body-truncated"
    ),
];

/// One request with both mistakes, where the operation takes each of them.
fn pair(subject: &Subject<'_>, first: &'static str, second: &'static str) -> Vec<Variant> {
    let (Some(first), Some(second)) = (super::plain::find(first), super::plain::find(second)) else {
        return Vec::new();
    };
    // What is wrong with the suite as a whole goes to the request that stands for the suite.
    let (Some(one), Some(other)) = (refused(first, subject), refused(second, subject)) else { return Vec::new() };
    let causes = [one.instead.unwrap_or(first.cause), other.instead.unwrap_or(second.cause)];
    let plain = |fault: &Fault, variant: &Variant, cause: Cause| Plain {
        fault: fault.id,
        variant: variant.name.clone(),
        cause,
    };
    let like = Like::Either([plain(first, &one, causes[0]), plain(second, &other, causes[1])]);
    let also: Vec<_> = one.also.iter().chain([&causes[1]]).chain(&other.also).copied().collect();
    let unnamed = one.unnamed || other.unnamed;
    let mut variant = subject.variant("", Never, |draft| *draft = merged(draft, one.draft, other.draft)).also(&also);
    variant.instead = Some(causes[0]);
    variant.like = Some(like);
    variant.unnamed = unnamed;
    vec![variant]
}

/// The fault's first refused variant; of the methods, one that changes as little else as it can.
fn refused(fault: &Fault, subject: &Subject<'_>) -> Option<Variant> {
    // What stands for the suite as a whole has no operation that would want the credential.
    if subject.operation.is_none() && fault.id == "credentials-absent" && !subject.base.credential.is_empty() {
        return Some(subject.variant("", Never, |draft| draft.credential.clear()));
    }
    if fault.id != "method-unsupported" {
        return first_refused(fault, subject);
    }
    let variants = (fault.apply)(subject);
    let tame = |variant: &Variant| ["PUT", "PATCH", "POST"].contains(&variant.draft.method.as_str());
    variants.into_iter().find(|variant| variant.acceptance == Never && tame(variant))
}

/// The base with what each of the two changed. A wrong method is sent without content; here the content is the other mistake.
fn merged(base: &Draft, one: Draft, other: Draft) -> Draft {
    let content = if other.body == base.body { one.clone() } else { other.clone() };
    Draft {
        method: if one.method == base.method { other.method } else { one.method },
        path: if one.path == base.path { other.path } else { one.path },
        query: if one.query == base.query { other.query } else { one.query },
        credential: if one.credential == base.credential { other.credential } else { one.credential },
        content_type: content.content_type,
        content_encoding: content.content_encoding,
        body: content.body,
        json: content.json,
        ..base.clone()
    }
}
