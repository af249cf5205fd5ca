//! Never harm the target: the one place where it is decided what may be sent to it.
//!
//! A request *may change something* by its method (all but GET, HEAD and OPTIONS, and TRACE without credentials, RFC 9110,
//! section 9.2.1) or by what its operation does. Such a request leaves only if something is wrong with it that no correct
//! server can overlook; the [`Guard`] of each probe says what that is. Where nothing is, the fault is put on the operation's
//! request with its *anchor*, a member that is wrong beyond doubt, or is withheld and named.
//!
//! What counts as impossible to overlook, and why:
//!
//! * **No right credential**, where the operation requires one. An invented credential counts too, but not where the request
//!   would create what it names: where anybody may sign up by the first request, an invented pair is a right one.
//! * **What is declared required**, of an operation that creates only where it is `documented`: of a suite that guesses, a
//!   service may store what is left. An operation that may create something and is not documented always carries the anchor,
//!   credentials or not.
//! * **A resource that does not exist**, but only where the method cannot create it. PUT creates what it names (RFC 9110,
//!   section 9.3.4), and so does what is declared `upserts`. What is declared `creates` may create on demand what it needs on
//!   the way. For these the path proves nothing.
//! * **A declared refusal**: the body names an account or a thing that does not exist.
//! * **The anchor**, where the server reads the body at all. It may not read a body under a wrong media type or length: there
//!   the anchor counts only where something in the body is required as well.
//! * **The fault itself**, where no correct server accepts it ([`Acceptance::Never`]): required members that are missing,
//!   content that no parser takes. Not for what creates the thing that it names: of a suite that says too much is required,
//!   a PUT would store the rest.
//!
//! Bodies that no server can accept leave for a thing that exists where the user names one that may be lost (`scratch`), at
//! operations that change or create and no others: none that moves money, deletes, or creates what it names. Nothing else is
//! sent there: what is only missing or of a wrong type may be stored by a service whose suite says too much.
//!
//! What the suite writes itself (`[[probe]]`) is its author's word, as is the `effect` that it declares: what is `none` changes
//! nothing even where it is accepted. Anything else leaves only where the run asks for `own-changing` by its name.
//!
//! A method that the suite does not list is another matter: a suite is a part of an API, so the path may well have it.
//! * GET, HEAD, OPTIONS and bare TRACE change nothing. Nor do methods that nobody has registered and those that are registered as
//!   safe, unless the server takes every method for POST; so where a POST of the path needs no content they carry its
//!   anchor, or no credential.
//! * PATCH and DELETE leave for what does not exist. Otherwise, and PUT and POST always, they leave without a credential where
//!   every operation of the path requires one, the target's own `Allow` does not list them, and the target refuses to be asked
//!   without one; with the right one only where the suite lists all methods of the path
//!   (`complete`, `methods`), PUT and POST then with content that no parser takes; or, that failing, once the target's own
//!   `Allow` has ruled the method out.
//! * DELETE of what may exist never carries a credential: nobody asks for a collection to be emptied.

use super::guard::{Admitted, Guard, RuledOut, Withheld, acts_on_anything, requires};
use crate::catalog::Api;
use crate::catalog::suite::{Operation, is_json, same_path};
use crate::fault::draft::{Draft, Subject, Variant};
use crate::fault::method::REGISTERED;
use crate::fault::{Acceptance, Fault, anchor, draft, existence};
use crate::model::cause::{CAUSES, Cause};

/// What a fault is put on: the operation's correct request, and the one with its anchor.
pub(super) struct Bases<'a> {
    api: &'a Api,
    operation: Option<&'a Operation>,
    pub(super) correct: Subject<'a>,
    pub(super) anchored: Option<Subject<'a>>,
}

impl<'a> Bases<'a> {
    pub(super) fn new(api: &'a Api, operation: Option<&'a Operation>) -> Self {
        let suite = &api.suite;
        let first_of_path = operation.is_some_and(|operation| {
            let first = suite.operation.iter().find(|other| same_path(&other.path, &operation.path));
            first.is_some_and(|first| first.id == operation.id)
        });
        let subject = |base| Subject { suite, operation, first_of_path, base };
        let correct = operation.map_or_else(|| of_suite(api), |operation| Draft::of(suite, operation));
        let anchored = operation.and_then(|operation| anchor::anchored(suite, operation));
        Self { api, operation, correct: subject(correct), anchored: anchored.map(subject) }
    }

    /// The variant as it may be sent; `anchored` are the same fault's variants on the anchored request.
    ///
    /// # Errors
    /// Why it is withheld.
    pub(super) fn admit(&self, fault: &Fault, variant: &Variant, anchored: &[Variant]) -> Result<Admitted, Withheld> {
        let Some(operation) = self.operation else { return self.outside(variant) };
        if let Some(skip) = self.api.suite.skip.iter().find(|skip| skip.fits(&operation.id, fault.id)) {
            return Err(Withheld::Skipped(skip.reason.clone()));
        }
        if variant.acceptance == Acceptance::Declared {
            return Ok(Admitted::new(variant, Guard::Declared, Vec::new()));
        }
        if !variant.draft.method.eq_ignore_ascii_case(&operation.method) {
            return self.foreign(operation, fault, variant);
        }
        let mut also = also(operation, fault, draft::names_nothing(operation) && !variant.unnamed);
        if operation.reads() {
            if variant.draft.method != operation.method
                && let Some((variant, guard)) = self.taken_for_post(operation, variant, &mut also)?
            {
                return Ok(Admitted { tolerated: true, ..Admitted::new(&variant, guard, also) });
            }
            let refused = draft::standing(operation).is_some() && !variant.unnamed;
            let wrong = matches!(variant.acceptance, Acceptance::Never | Acceptance::Guarded);
            return Ok(Admitted { tolerated: !wrong && !refused, ..Admitted::new(variant, Guard::Reads, also) });
        }
        let admitted = self.changing(operation, fault, variant, anchored, also)?;
        Ok(self.at_scratch(operation, fault, admitted))
    }

    /// A body that no server can accept, at what may be lost: there it is read before the path is found to name nothing.
    fn at_scratch(&self, operation: &Operation, fault: &Fault, mut admitted: Admitted) -> Admitted {
        let (variant, correct) = (&mut admitted.variant, &self.correct.base.path);
        let unread = variant.acceptance == Acceptance::Unread;
        // What is compared with such a body is sent where that is.
        let is_malformed = variant.instead.unwrap_or(fault.cause) == Cause::MalformedBody;
        let path = &variant.draft.path;
        let by_path = path.trim_end_matches('/') == correct.trim_end_matches('/') && variant.draft.script.is_none();
        let is_refused = unread || variant.acceptance == Acceptance::Never;
        if is_refused && by_path && is_malformed && operation.has_scratch() {
            let there = existence::path_at(operation, &operation.scratch);
            variant.draft.path = match (correct.strip_prefix(path.as_str()), path.strip_prefix(correct.as_str())) {
                (Some("/"), _) => there.trim_end_matches('/').to_owned(),
                (_, Some("/")) => there + "/",
                _ => there,
            };
            (admitted.guard, admitted.tolerated) = (Guard::Fault, admitted.tolerated || unread);
        }
        admitted
    }

    /// What belongs to no operation: a path that nobody knows may be created by POST.
    fn outside(&self, variant: &Variant) -> Result<Admitted, Withheld> {
        if asks_only(&variant.draft) {
            return Ok(Admitted::new(variant, Guard::Reads, Vec::new()));
        }
        if self.correct.base.credential.is_empty() {
            return Err(Withheld::Unguarded);
        }
        Ok(Admitted::new(&without_credential(variant), Guard::NoCredential, vec![Cause::NoCredentials]))
    }

    /// A request of an operation that changes something, by the operation's own method.
    fn changing(
        &self,
        operation: &Operation,
        fault: &Fault,
        variant: &Variant,
        anchored: &[Variant],
        also: Vec<Cause>,
    ) -> Result<Admitted, Withheld> {
        let body = operation.body.as_ref();
        let carried = body.and_then(|body| Some((body, body.anchor.as_ref()?)));
        let carried = carried.and_then(|(body, anchor)| {
            let same = anchored.iter().find(|other| other.name == variant.name)?;
            let any_case = !operation.needs_anchor() && requires(body);
            anchor::is_carried(&same.draft, body, anchor, any_case).then_some((same, anchor))
        });
        let by_anchor = operation.needs_anchor();
        let (guarded, unread) = (variant.acceptance == Acceptance::Guarded, variant.acceptance == Acceptance::Unread);
        // What does not parse has no values that could be wrong.
        let unparsed = fault.cause == Cause::MalformedBody && (guarded || variant.acceptance == Acceptance::Never);
        if let Some((same, _)) = carried.filter(|_| unparsed) {
            return Ok(Admitted::new(same, Guard::Anchor, also));
        }
        if variant.acceptance == Acceptance::Never
            && let Some(guard) = self.by_itself(operation, variant, by_anchor)
        {
            return Ok(Admitted::new(variant, guard, also));
        }
        let by_path = draft::is_refused_by_path(operation) && !variant.unnamed;
        let requires = body.is_some_and(requires);
        let by_body =
            operation.refused.is_some() && (!unread || requires) && self.still_names_nothing(operation, variant);
        if by_path || (by_body && !by_anchor) {
            let guard = if by_path { Guard::UnknownResource } else { Guard::Refusal };
            if guarded {
                return Ok(Admitted::new(variant, guard, also));
            }
            let standing = draft::standing(operation);
            // No document says which code an account has that does not exist.
            let silent = standing.is_some_and(Cause::is_about_credentials);
            let variant = if silent { variant.clone().form_only() } else { variant.clone() };
            return Ok(Admitted::new(&variant, guard, also.into_iter().chain(standing).collect()));
        }
        if unread && (!requires || by_anchor) {
            return Err(Withheld::Unread);
        }
        let (same, anchor) = carried.ok_or(Withheld::Unguarded)?;
        let standing = (!(guarded && fault.cause == Cause::MalformedBody)).then_some(anchor.cause);
        Ok(Admitted::new(same, Guard::Anchor, also.into_iter().chain(standing).collect()))
    }

    /// Whether what the fault itself makes wrong is enough.
    fn by_itself(&self, operation: &Operation, variant: &Variant, by_anchor: bool) -> Option<Guard> {
        let (draft, correct) = (&variant.draft, &self.correct.base);
        let is_bare =
            draft.credential.iter().all(|(_, value)| value.masked().is_empty()) && draft.query == correct.query;
        let credential_differs = draft.credential != correct.credential && operation.credential.is_some();
        // Who creates what is named by a documented operation at least wants a credential, though perhaps not a known one.
        if credential_differs && (!by_anchor || (is_bare && operation.documented)) {
            return Some(Guard::NoCredential);
        }
        if by_anchor {
            return None;
        }
        // Where the path is all that is wrong, whoever creates on demand has nothing to mind.
        let content = |draft: &Draft| (draft.body.clone(), draft.content_type.clone(), draft.content_encoding.clone());
        let path_alone = content(draft) == content(correct) && draft.query == correct.query && draft.script.is_none();
        if path_alone && operation.may_create() {
            return operation.refused.is_some().then_some(Guard::Refusal);
        }
        let by_path = path_alone && draft::names_nothing(operation);
        Some(if by_path { Guard::UnknownResource } else { Guard::Fault })
    }

    /// A method that is not the operation's: one that the path does not have, as far as the suite knows.
    fn foreign(&self, operation: &Operation, fault: &Fault, variant: &Variant) -> Result<Admitted, Withheld> {
        let suite = &self.api.suite;
        let method = variant.draft.method.as_str();
        let listed = suite.lists_all_methods(&operation.path);
        let names_nothing = draft::names_nothing(operation) && !variant.unnamed;
        let mut also = also(operation, fault, names_nothing);
        // Of a path that may have the method, only the form of an answer can be judged.
        let standard = STANDARD.contains(&method);
        let doubtful = !listed && (standard || REGISTERED.contains(&method));
        let admitted = |variant: &Variant, guard, also| {
            // Whatever such a method may mind in a request without content is as right an answer.
            let causes = CAUSES.iter().map(|(cause, ..)| *cause).collect::<Vec<_>>();
            let doubted = |variant: &Variant| variant.clone().form_only().also(&causes);
            let variant = if doubtful && standard { doubted(variant) } else { variant.clone() };
            // That no credential is enough nobody knows of a method that may be there.
            let bare = doubtful && standard && guard == Guard::NoCredential;
            let ruled_out = bare.then(|| RuledOut::new(suite, operation, &self.correct.base, method, true));
            let tolerated = doubtful || variant.acceptance == Acceptance::Right;
            Admitted { tolerated, ruled_out, ..Admitted::new(&variant, guard, also) }
        };
        if asks_only(&variant.draft) {
            return Ok(admitted(variant, Guard::Reads, also));
        }
        let required = self.requires_credential(operation);
        let is_right = variant.draft.credential == self.correct.base.credential && operation.credential.is_some();
        let is_bare = variant.draft.credential.is_empty();
        if let Some((variant, guard)) = self.taken_for_post(operation, variant, &mut also)? {
            return Ok(admitted(&variant, guard, also));
        }
        if !standard {
            return Ok(admitted(variant, Guard::NoSuchMethod, also));
        }
        let creates = matches!(method, "PUT" | "POST");
        if names_nothing && !creates {
            return Ok(admitted(variant, Guard::UnknownResource, also));
        }
        if is_bare && required {
            return Ok(admitted(variant, Guard::NoCredential, also));
        }
        if listed {
            if creates && (is_right || is_bare) && variant.draft.body.is_none() {
                also.push(Cause::MalformedBody);
                return Ok(admitted(&with_content_that_no_parser_takes(variant), Guard::Fault, also));
            }
            return Ok(admitted(variant, Guard::NoSuchMethod, also));
        }
        if !is_right && !is_bare && required && !creates {
            return Ok(admitted(variant, Guard::NoCredential, also));
        }
        let ruled_out = RuledOut::new(suite, operation, &self.correct.base, method, false);
        Ok(Admitted { tolerated: false, ruled_out: Some(ruled_out), ..Admitted::new(variant, Guard::RuledOut, also) })
    }

    /// Whether every operation of the path requires a credential.
    fn requires_credential(&self, operation: &Operation) -> bool {
        let requires = |other: &Operation| other.credential.is_some() && other.credentials_unsure.is_none();
        self.api.suite.on_path(&operation.path).all(requires)
    }

    /// The variant as it may be sent where a server takes every method that it does not know for POST, and a POST of the path
    /// is carried out whatever its content: with that operation's anchor, else without a credential. `None` where there is no
    /// such POST.
    fn taken_for_post(
        &self,
        operation: &Operation,
        variant: &Variant,
        also: &mut Vec<Cause>,
    ) -> Result<Option<(Variant, Guard)>, Withheld> {
        let Some(post) = self.api.suite.on_path(&operation.path).find(|other| acts_on_anything(other)) else {
            return Ok(None);
        };
        let listed = self.api.suite.lists_all_methods(&operation.path);
        // Of a method that the path may have, nobody knows what it minds.
        let may_carry = match variant.draft.method.as_str() {
            "PUT" | "DELETE" => false,
            "PATCH" => listed || draft::names_nothing(operation),
            _ => true,
        };
        if may_carry
            && variant.draft.body.is_none()
            && let Some(same) = self.with_anchor_of(post, variant)
        {
            return Ok(Some((same, Guard::Anchor)));
        }
        let required = self.requires_credential(operation);
        if required && variant.draft.credential != self.correct.base.credential {
            return Ok(Some((variant.clone(), Guard::NoCredential)));
        }
        let is_put = variant.draft.method == "PUT" && variant.draft.body.is_none();
        if listed && takes_json(post) && is_put {
            also.push(Cause::MalformedBody);
            return Ok(Some((with_content_that_no_parser_takes(variant), Guard::Fault)));
        }
        if listed && takes_json(post) && is_no_json(&variant.draft) {
            return Ok(Some((variant.clone(), Guard::Fault)));
        }
        if !required {
            return Err(Withheld::TakenForPost);
        }
        also.push(Cause::NoCredentials);
        Ok(Some((without_credential(variant), Guard::NoCredential)))
    }

    /// The variant with the anchored JSON of an operation as its content.
    fn with_anchor_of(&self, operation: &Operation, variant: &Variant) -> Option<Variant> {
        operation.body.as_ref().filter(|body| body.is_json())?;
        let anchored = anchor::anchored(&self.api.suite, operation)?;
        let mut variant = variant.clone();
        variant.draft.set_json(anchored.json?);
        Some(variant)
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

/// Methods that servers know (RFC 9110, section 9; RFC 5789).
const STANDARD: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// Whether the request asks for nothing but an answer.
fn asks_only(draft: &Draft) -> bool {
    match draft.method.as_str() {
        "GET" | "HEAD" | "OPTIONS" => true,
        "TRACE" => draft.credential.is_empty(),
        _ => false,
    }
}

/// Whether the operation reads its content as JSON.
fn takes_json(operation: &Operation) -> bool {
    operation.body.as_ref().is_some_and(|body| body.is_json() && !body.optional)
}

/// Whether the content is labelled JSON and is not JSON.
fn is_no_json(draft: &Draft) -> bool {
    let called = draft.content_type.as_deref().is_some_and(is_json);
    let parses = |body: &Vec<u8>| serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok();
    called && draft.body.as_ref().is_some_and(|body| !body.is_empty() && !parses(body))
}

fn without_credential(variant: &Variant) -> Variant {
    let mut variant = variant.clone();
    variant.draft.credential.clear();
    variant
}

fn with_content_that_no_parser_takes(variant: &Variant) -> Variant {
    let mut variant = variant.clone();
    variant.draft.content_type = Some("application/json".to_owned());
    variant.draft.set_body("{\"errdrift\":");
    variant
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

/// The request that faults of a suite as a whole are put on: a read with the suite's first credential.
fn of_suite(api: &Api) -> Draft {
    let credential = api.suite.operation.iter().find_map(|operation| operation.credential.as_ref());
    let credential = credential.and_then(|name| api.suite.credentials.get(name));
    Draft {
        method: "GET".into(),
        path: api.suite.prefix.clone(),
        accept: "application/json".into(),
        common: api.suite.fields(),
        credential: credential.map_or_else(Vec::new, |credential| draft::carried(credential, &credential.valid)),
        ..Draft::default()
    }
}
