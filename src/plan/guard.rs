//! What [`super::safety`] says of a request: why it may be sent, what must be known of the target first, why it is withheld.

use crate::catalog::suite::{Body, Operation, Skip, Suite};
use crate::fault::draft::{Draft, Variant, is_refused_by_path};
use crate::model::cause::Cause;
use crate::model::exchange::Request;

/// Why a request may be sent: what no correct server can overlook, or that nothing is changed by it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Guard {
    /// It only reads.
    Reads,
    /// It carries no right credential, and one is required.
    NoCredential,
    /// It names a resource that does not exist and that it cannot create.
    UnknownResource,
    /// The suite declares that it is refused: what its body names does not exist.
    Refusal,
    /// It carries the operation's anchor.
    Anchor,
    /// No correct server accepts what the fault makes of it.
    Fault,
    /// No API has the method, or the suite lists all methods of the path.
    NoSuchMethod,
    /// The target itself says that the path does not have the method.
    RuledOut,
    /// The suite's author says that it is refused, or changes nothing.
    Declared,
}

impl Guard {
    /// All guards with their words, in order.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::Reads, "only reads"),
        (Self::NoCredential, "no right credential"),
        (Self::UnknownResource, "a resource that does not exist"),
        (Self::Refusal, "refused by declaration"),
        (Self::Anchor, "the anchor"),
        (Self::Fault, "the fault itself"),
        (Self::NoSuchMethod, "a method that is not there"),
        (Self::RuledOut, "a method that the target rules out"),
        (Self::Declared, "the suite's own word"),
    ];
}

impl std::fmt::Display for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(Self::ALL.iter().find(|(guard, _)| guard == self).map_or("", |(_, word)| word))
    }
}

/// Why a fault that fits an operation is not sent to it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Withheld {
    /// The body might not be read, and nothing in it is required.
    Unread,
    /// Nothing else is wrong with the request.
    Unguarded,
    /// The path has a POST that needs no content and no credential.
    TakenForPost,
    /// The suite says so, and why.
    Skipped(String),
    /// Only what can change nothing is sent in this run.
    ReadOnly,
}

impl std::fmt::Display for Withheld {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unread => f.write_str(
                "a lenient server may not read the body, and the operation needs none: it might carry out the request",
            ),
            Self::Unguarded => f.write_str(
                "some server may take it for right, and nothing else is wrong with it: it might carry out the request",
            ),
            Self::TakenForPost => f.write_str(
                "a server that takes every method for POST would carry it out: the path has a POST that needs neither content nor a credential",
            ),
            Self::Skipped(reason) => write!(f, "the suite skips it: {reason}"),
            Self::ReadOnly => f.write_str("left out by --read-only: it may change something"),
        }
    }
}

/// A variant as it may be sent.
#[derive(Clone, Debug)]
pub(super) struct Admitted {
    pub(super) variant: Variant,
    pub(super) guard: Guard,
    /// Whether a lenient server may answer with a success.
    pub(super) tolerated: bool,
    /// What else describes the request than what the fault itself says.
    pub(super) also: Vec<Cause>,
    /// What the target must have said first.
    pub(super) ruled_out: Option<RuledOut>,
}

impl Admitted {
    pub(super) fn new(variant: &Variant, guard: Guard, also: Vec<Cause>) -> Self {
        Self { variant: variant.clone(), guard, tolerated: false, also, ruled_out: None }
    }
}

/// A method that may only be sent once the target itself has said that the path does not have it: by the `Allow` of its answer
/// to OPTIONS, or of its 405 to a method that nobody has registered (RFC 9110, sections 9.3.7 and 15.5.6).
#[derive(Clone, Debug)]
pub struct RuledOut {
    /// The method.
    pub method: String,
    /// The methods that the path is known to have: an `Allow` without them is not about this path.
    pub known: Vec<String>,
    /// What is asked, one after the other until one answer tells. They change nothing.
    pub questions: [Request; 2],
    /// For a method that carries no credential: a read of the path without one. Where no `Allow` tells, it must be refused.
    pub anonymous: Option<Request>,
}

impl RuledOut {
    /// What must be known before the method is sent to the path of the operation, whose correct request this is.
    pub(super) fn new(suite: &Suite, operation: &Operation, correct: &Draft, method: &str, is_bare: bool) -> Self {
        let acts = suite.on_path(&operation.path).any(self::acts_on_anything);
        let known = suite.on_path(&operation.path).map(|other| other.method.clone()).collect();
        let question = |method: &str, carries: bool| {
            let credential = if carries { correct.credential.clone() } else { Vec::new() };
            let method = method.to_owned();
            Draft { method, credential, body: None, json: None, content_type: None, ..correct.clone() }.request()
        };
        // A server that takes every method for POST would carry out the question.
        let questions = [question("OPTIONS", true), question("ERRDRIFT", !acts)];
        Self { method: method.to_owned(), known, questions, anonymous: is_bare.then(|| question("GET", false)) }
    }

    /// Whether a list of methods, as `Allow` has it, is about this path, and if so, whether it has the method.
    #[must_use]
    pub fn has(&self, allow: &str) -> Option<bool> {
        let listed: Vec<&str> = allow.split(',').map(str::trim).filter(|method| !method.is_empty()).collect();
        let about = self.known.iter().all(|known| listed.contains(&known.as_str()));
        about.then(|| listed.contains(&self.method.as_str()))
    }
}

impl Skip {
    /// Whether the fault is not to be sent to the operation.
    #[must_use]
    pub(super) fn fits(&self, operation: &str, fault: &str) -> bool {
        let named = |name: &Option<String>, this: &str| name.as_ref().is_none_or(|name| name == this);
        named(&self.operation, operation) && named(&self.fault, fault)
    }
}

/// Whether a POST of the operation, whatever its content, may be carried out.
pub(super) fn acts_on_anything(operation: &Operation) -> bool {
    operation.method == "POST"
        && !operation.reads()
        && operation.refused.is_none()
        && !is_refused_by_path(operation)
        && (operation.needs_anchor() || !operation.body.as_ref().is_some_and(requires))
}

/// Whether something in the body is required, so that the operation is not carried out where the body is not read.
pub(super) fn requires(body: &Body) -> bool {
    body.members.values().any(|field| field.required)
}
