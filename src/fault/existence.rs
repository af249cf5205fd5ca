//! What exists, asked for without the right to it: nothing of the answer may tell it from what does not exist.
//!
//! Only reads, and never with a credential that has the right. The suite names the resource (`known`).

use std::collections::BTreeMap;

use super::acceptance::Acceptance;
use super::acceptance::Acceptance::{Guarded, Never, Right};
use super::credentials::has_no_right;
use super::draft;
use super::draft::{Draft, Subject, Variant, carried};
use super::relation::{Like, Plain};
use super::row::{Fault, fault};
use crate::catalog::suite::Operation;
use crate::model::cause::Cause;
use crate::model::secret::percent_encoded;

/// The table of this family.
pub static FAULTS: &[Fault] = &[
    fault!(
        "known-without-credentials",
        NoCredentials,
        "A resource that exists, without credentials.",
        "GET /api/folders/${OZ_KNOWN_FOLDER} without a token",
        "RFC 9110, section 15.5.5: a server may hide that a resource exists",
        absent
    ),
    fault!(
        "known-with-unknown-credentials",
        InvalidCredentials,
        "A resource that exists, with a credential that nobody has.",
        "GET /api/folders/${OZ_KNOWN_FOLDER} with an invented token",
        "RFC 9110, section 15.5.5: a server may hide that a resource exists",
        unknown
    ),
    fault!(
        "known-forbidden",
        Forbidden,
        "A resource that exists, with a credential that has no right to it.",
        "GET /api/folders/${OZ_KNOWN_FOLDER} with a weaker token",
        "RFC 9110, section 15.5.5: a server may hide that a resource exists",
        forbidden
    ),
];

/// The operation's request at the resource that exists.
fn known(subject: &Subject<'_>) -> Option<String> {
    let operation = subject.operation.filter(|operation| draft::is_safe(operation))?;
    let all = operation.path_parameters.iter().all(|(name, field)| field.exists || operation.known.contains_key(name));
    (all && operation.has_known()).then(|| path_at(operation, &operation.known))
}

/// The operation's path at these ids.
#[must_use]
pub fn path_at(operation: &Operation, ids: &BTreeMap<String, String>) -> String {
    let encoded = |text: &String| String::from_utf8_lossy(&percent_encoded(text.as_bytes())).into_owned();
    draft::path(operation, |name, field| ids.get(name).map_or_else(|| draft::text_of(field), encoded))
}

/// What is asked for as the fault of that id asks for nothing.
fn unseen(
    subject: &Subject<'_>,
    (fault, cause): (&'static str, Cause),
    acceptance: Acceptance,
    change: impl FnOnce(&mut Draft),
) -> Option<Variant> {
    let path = known(subject)?;
    let mut variant = subject.variant("", acceptance, |draft| {
        draft.path = path;
        change(draft);
    });
    variant.like = Some(Like::Unseen(Plain { fault, variant: String::new(), cause }));
    Some(variant)
}

fn absent(subject: &Subject<'_>) -> Vec<Variant> {
    let as_absent = ("credentials-absent", Cause::NoCredentials);
    let variant =
        subject.credential().and_then(|_| unseen(subject, as_absent, Never, |draft| draft.credential.clear()));
    variant.into_iter().collect()
}

fn unknown(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(credential) = subject.credential() else { return Vec::new() };
    let carry = |draft: &mut Draft| draft.credential = carried(credential, &credential.unknown);
    unseen(subject, ("credentials-unknown", Cause::InvalidCredentials), Never, carry).into_iter().collect()
}

fn forbidden(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(credential) = subject.credential() else { return Vec::new() };
    let Some(secret) = &credential.forbidden else { return Vec::new() };
    // What the weaker credential sees is held against what it sees of nothing.
    if super::plain::find("credentials-forbidden").is_none_or(|fault| (fault.apply)(subject).is_empty()) {
        return Vec::new();
    }
    let carry = |draft: &mut Draft| draft.credential = carried(credential, secret);
    let as_forbidden = ("credentials-forbidden", Cause::Forbidden);
    let variant = if has_no_right(subject, credential) {
        unseen(subject, as_forbidden, Guarded, carry)
    } else {
        // It may have the right. What it names exists, so that the path does not refuse it; a server may say that it does not.
        let variant = unseen(subject, as_forbidden, Right, carry);
        variant.map(|variant| variant.unnamed().also(&[Cause::UnknownResource]))
    };
    variant.into_iter().collect()
}
