//! What an operation can bear: here alone it is decided on which request a fault is put, and whether it is sent at all.
//!
//! A fault that no correct server accepts is put on the operation's correct request. What some server may take for right
//! goes to an operation that changes something only on a request that is refused all the same, because it names what does
//! not exist or carries the operation's anchor.

use crate::catalog::Api;
use crate::cause::Cause;
use crate::fault::draft::{self, Draft, Subject, Variant};
use crate::fault::method::same_path;
use crate::fault::{Acceptance, Fault};
use crate::suite::Operation;

/// What a fault is put on: the operation's correct request, and the one with its anchor.
pub(super) struct Bases<'a> {
    operation: Option<&'a Operation>,
    pub(super) correct: Subject<'a>,
    pub(super) anchored: Option<Subject<'a>>,
}

/// A variant as it is sent.
pub(super) struct Borne {
    pub(super) variant: Variant,
    /// Whether a lenient server may answer with a success.
    pub(super) tolerated: bool,
    /// What else describes the request than what the fault itself says.
    pub(super) also: Vec<Cause>,
}

const UNREAD: &str =
    "a lenient server may not read the body, and the operation needs none: it might carry out the request";
const UNANCHORED: &str =
    "some server may take it for right, and nothing else is wrong with it: it might carry out the request";

impl<'a> Bases<'a> {
    pub(super) fn new(api: &'a Api, operation: Option<&'a Operation>) -> Self {
        let suite = &api.suite;
        let first_of_path = operation.is_some_and(|operation| {
            let first = suite.operation.iter().find(|other| same_path(&other.path, &operation.path));
            first.is_some_and(|first| first.id == operation.id)
        });
        let subject = |base| Subject { suite, operation, first_of_path, base };
        let correct = operation.map_or_else(|| of_suite(api), |operation| Draft::of(suite, operation));
        let anchored = operation.and_then(|operation| Draft::anchored(suite, operation));
        Self { operation, correct: subject(correct), anchored: anchored.map(subject) }
    }

    /// The variant as the operation can bear it; `anchored` are the same fault's variants on the anchored request.
    ///
    /// # Errors
    /// Why it is withheld.
    pub(super) fn bear(&self, fault: &Fault, variant: &Variant, anchored: &[Variant]) -> Result<Borne, &'static str> {
        let sent = |variant: &Variant, tolerated, also| Ok(Borne { variant: variant.clone(), tolerated, also });
        let Some(operation) = self.operation else { return sent(variant, false, Vec::new()) };
        let standing = draft::standing(operation);
        let by_path = draft::names_nothing(operation) && !variant.unnamed;
        let also = Self::also(operation, fault, by_path);
        if variant.acceptance == Acceptance::Never {
            return sent(variant, false, also);
        }
        let guarded = variant.acceptance == Acceptance::Guarded;
        if draft::is_safe(operation) {
            return sent(variant, !guarded && (standing.is_none() || variant.unnamed), also);
        }
        let requires = operation.body.as_ref().is_some_and(|body| body.members.values().any(|field| field.required));
        let unread = variant.acceptance == Acceptance::Unread;
        let by_body =
            operation.refused.is_some() && (!unread || requires) && self.still_names_nothing(operation, variant);
        if guarded && (by_path || by_body) {
            return sent(variant, false, also);
        }
        if by_path || by_body {
            // No document says which code an account has that does not exist.
            let silent = standing.is_some_and(Cause::is_about_credentials);
            let variant = if silent { variant.clone().form_only() } else { variant.clone() };
            return sent(&variant, false, also.into_iter().chain(standing).collect());
        }
        if unread && !requires {
            return Err(UNREAD);
        }
        let anchor = operation.body.as_ref().and_then(|body| body.anchor.as_ref()).ok_or(UNANCHORED)?;
        let same = anchored.iter().find(|other| other.name == variant.name).ok_or(UNANCHORED)?;
        if !draft::carries_anchor(&same.draft, anchor) {
            return Err(UNANCHORED);
        }
        // What does not parse has no values that could be wrong.
        let anchored = if guarded && fault.cause == Cause::MalformedBody { None } else { Some(anchor.cause) };
        sent(same, false, also.into_iter().chain(anchored).collect())
    }

    /// What describes every request of the operation, whatever the fault.
    fn also(operation: &Operation, fault: &Fault, by_path: bool) -> Vec<Cause> {
        let mut also = Vec::new();
        // What the path names is looked up by any server; what the body names, only by one that does not mind the
        // credentials first.
        let referred = operation.refused.as_ref().is_some_and(|refusal| refusal.cause == Cause::UnknownResource);
        if by_path || (fault.cause.is_about_credentials() && referred) {
            also.push(Cause::UnknownResource);
        }
        // A deployment may want a credential where the suite knows of none.
        if operation.credential.is_none() {
            also.push(Cause::NoCredentials);
        }
        also
    }

    /// Whether what the body names still does not exist: a required member that the fault has replaced may name something.
    fn still_names_nothing(&self, operation: &Operation, variant: &Variant) -> bool {
        // An account that does not exist is not made to by another value.
        if operation.refused.as_ref().is_none_or(|refusal| refusal.cause != Cause::UnknownResource) {
            return true;
        }
        let (Some(body), Some(correct)) = (&operation.body, &self.correct.base.json) else { return false };
        // Text that is no JSON value any more is made from text that had the members.
        let Some(json) = &variant.draft.json else { return true };
        let mut required = body.members.iter().filter(|(_, field)| field.required);
        required.all(|(name, _)| json.get(name).is_none_or(|value| correct.get(name) == Some(value)))
    }
}

/// The request that faults of a suite as a whole are put on: a read with the suite's first credential.
fn of_suite(api: &Api) -> Draft {
    let credential = api.suite.operation.iter().find_map(|operation| operation.credential.as_ref());
    let credential = credential.and_then(|name| api.suite.credentials.get(name));
    Draft {
        method: "GET".into(),
        path: api.suite.prefix.clone(),
        accept: "application/json".into(),
        credential: credential.map_or_else(Vec::new, |credential| draft::carried(credential, &credential.valid)),
        ..Draft::default()
    }
}
