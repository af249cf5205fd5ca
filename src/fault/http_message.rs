//! A request in lines, for the faults of the wire to break one of, and the operations that they are put on.
//!
//! What stands below an operation is the same for all of them: a read that works and a write that is refused anyway are
//! enough to ask it.

use std::time::Duration;

use super::acceptance::Acceptance;
use super::draft;
use super::draft::{Draft, Subject, Variant};
use crate::catalog::suite::{Body, Operation};
use crate::model::exchange::{Part, Request, Script, Transport};
use crate::model::secret::Template;

/// A request as lines with their ends, and a body. Every part of it may be wrong.
#[derive(Clone, Debug)]
pub(super) struct Message {
    /// The request line up to the target.
    pub(super) before: Vec<u8>,
    /// The request target.
    pub(super) target: Vec<Part>,
    /// The request line after the target, with its end.
    pub(super) behind: Vec<u8>,
    /// The field lines with their ends.
    pub(super) fields: Vec<Vec<Part>>,
    /// The end of the head.
    pub(super) end: Vec<u8>,
    /// What follows the head.
    pub(super) body: Vec<u8>,
}

/// Bytes as they stand.
pub(super) fn bytes(bytes: impl AsRef<[u8]>) -> Part {
    Part::Bytes(Template::literal(bytes.as_ref()))
}

impl Message {
    /// The request as RFC 9112 writes it.
    pub(super) fn of(request: &Request) -> Self {
        let field = |(name, value): &(String, Template)| {
            vec![bytes(format!("{name}: ")), Part::Bytes(value.clone()), bytes("\r\n")]
        };
        let mut fields = vec![host()];
        fields.extend(request.headers.iter().map(field));
        let mut message = Self {
            before: format!("{} ", request.method).into_bytes(),
            target: vec![Part::Prefix, bytes(&request.target)],
            behind: b" HTTP/1.1\r\n".to_vec(),
            fields,
            end: b"\r\n".to_vec(),
            body: request.body.clone().unwrap_or_default(),
        };
        if let Some(body) = &request.body {
            message.add(format!("content-length: {}\r\n", body.len()));
        }
        message
    }

    /// Adds a field line, with its end.
    pub(super) fn add(&mut self, line: impl AsRef<[u8]>) {
        self.fields.push(vec![bytes(line)]);
    }

    /// Removes the field lines that begin with these bytes.
    pub(super) fn remove(&mut self, begin: &str) {
        let begins = |line: &Vec<Part>| match line.first() {
            Some(Part::Bytes(first)) => first.masked().starts_with(begin.as_bytes()),
            _ => false,
        };
        self.fields.retain(|line| !begins(line));
    }

    /// Puts a field line in the place of those that begin with these bytes.
    pub(super) fn replace(&mut self, begin: &str, line: impl AsRef<[u8]>) {
        self.remove(begin);
        self.add(line);
    }

    /// All of it, in order.
    pub(super) fn parts(self) -> Vec<Part> {
        let mut parts = vec![bytes(self.before)];
        parts.extend(self.target);
        parts.push(bytes(self.behind));
        parts.extend(self.fields.into_iter().flatten());
        parts.push(bytes(self.end));
        if !self.body.is_empty() {
            parts.push(bytes(self.body));
        }
        parts
    }
}

/// The Host field (RFC 9112, section 3.2).
fn host() -> Vec<Part> {
    vec![bytes("host: "), Part::Authority, bytes("\r\n")]
}

/// A pause between two field lines.
pub(super) fn pause(time: Duration) -> Vec<Part> {
    vec![Part::Pause(time)]
}

/// Whether the subject is the read that the faults of a request's head are put on: the suite's first control that carries a
/// credential and needs no further right, else its first control.
pub(super) fn is_read(subject: &Subject<'_>) -> bool {
    let Some(operation) = subject.operation else { return false };
    control(subject).is_some_and(|first| first.id == operation.id)
}

fn control<'s>(subject: &Subject<'s>) -> Option<&'s Operation> {
    let controls = || subject.suite.operation.iter().filter(|operation| operation.control.is_some());
    // An account without the right to it would make its refusal say nothing.
    let open = |operation: &&Operation| operation.credential.is_some() && !operation.privileged;
    controls().find(open).or_else(|| controls().next())
}

/// Whether the subject is the write that the faults of a request's framing are put on: the suite's first operation with a
/// JSON body that is refused even where the body is not read.
pub(super) fn is_write(subject: &Subject<'_>) -> bool {
    let refused = |operation: &Operation, body: &Body| {
        let requires = body.members.values().any(|field| field.required);
        let by_body = requires && (operation.refused.is_some() || body.anchor.is_some());
        !operation.needs_anchor() && (draft::is_refused_by_path(operation) || by_body)
    };
    is_first(subject, |operation, body| refused(operation, body))
}

/// Whether the subject is the suite's first operation with a JSON body that has this.
pub(super) fn is_first(subject: &Subject<'_>, fits: impl Fn(&Operation, &Body) -> bool) -> bool {
    let fits = |operation: &&Operation| {
        let body = operation.body.as_ref().filter(|body| body.is_json());
        body.is_some_and(|body| fits(operation, body))
    };
    let first = subject.suite.operation.iter().find(fits);
    first.is_some_and(|first| subject.operation.is_some_and(|operation| operation.id == first.id))
}

/// The good request of the suite's read, to follow a bad one.
pub(super) fn good(subject: &Subject<'_>) -> Option<Vec<Part>> {
    let request = Draft::of(subject.suite, control(subject)?).request();
    Some(Message::of(&request).parts())
}

/// A scripted request made from the subject's own by breaking its message.
pub(super) fn scripted(
    subject: &Subject<'_>,
    name: &str,
    acceptance: Acceptance,
    change: impl FnOnce(&mut Message),
) -> Variant {
    subject.variant(name, acceptance, |draft| draft.script = Some(script(draft, change)))
}

/// The same without the credential, whatever it is written as.
pub(super) fn uncredentialed(
    subject: &Subject<'_>,
    acceptance: Acceptance,
    change: impl FnOnce(&mut Message),
) -> Variant {
    subject.variant("", acceptance, |draft| {
        draft.credential.clear();
        draft.script = Some(script(draft, change));
    })
}

fn script(draft: &Draft, change: impl FnOnce(&mut Message)) -> Script {
    let mut message = Message::of(&draft.clone().request());
    change(&mut message);
    Script { parts: message.parts(), ..Script::default() }
}

/// The same, after which the sender's half of the connection is closed.
pub(super) fn half_closed(mut variant: Variant) -> Variant {
    if let Some(script) = &mut variant.draft.script {
        script.half_close = true;
    }
    variant
}

/// The same, as a request that never ends.
pub(super) fn unfinished(variant: Variant) -> Variant {
    let mut variant = half_closed(variant);
    if let Some(script) = &mut variant.draft.script {
        script.unfinished = true;
    }
    variant
}

/// A script that is no request at all, or for some targets only.
pub(super) fn for_targets(mut variant: Variant, transport: Transport) -> Variant {
    if let Some(script) = &mut variant.draft.script {
        script.transport = transport;
    }
    variant
}
