//! The words in which both APIs list their operations, and finding one by its path. Says nothing of replies.

use std::borrow::Cow;

use super::cause::Cause;

/// A path that exists, and what may be done there.
#[derive(Debug)]
pub(super) struct Place {
    /// A template: `/api/folders/{folder_id}`.
    pub(super) path: &'static str,
    /// One for each `{name}` of the template, in order.
    pub(super) parameters: &'static [Parameter],
    pub(super) operations: &'static [Operation],
}

/// What a `{name}` of a path must look like, and which values exist.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) kind: Kind,
    pub(super) known: &'static [&'static str],
    /// The code of an unknown one, where the API has a code of its own for each kind of resource.
    pub(super) unknown: &'static str,
}

/// A method of a place.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) id: &'static str,
    pub(super) method: &'static str,
    pub(super) access: Access,
    pub(super) query: &'static [Field],
    pub(super) body: Body,
    /// Members of the body that name something which must exist.
    pub(super) references: &'static [Reference],
    pub(super) success: (u16, &'static str),
}

impl Operation {
    /// The start of every row of a table.
    pub(super) const fn new(id: &'static str, method: &'static str, success: (u16, &'static str)) -> Self {
        Self { id, method, access: Access::Account, query: &[], body: Body::Ignored, references: &[], success }
    }

    pub(super) const fn access(self, access: Access) -> Self {
        Self { access, ..self }
    }

    pub(super) const fn query(self, query: &'static [Field]) -> Self {
        Self { query, ..self }
    }

    pub(super) const fn body(self, body: Body) -> Self {
        Self { body, ..self }
    }

    pub(super) const fn references(self, references: &'static [Reference]) -> Self {
        Self { references, ..self }
    }
}

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Anyone,
    Account,
    Administrator,
}

/// What an operation takes as its body.
#[derive(Clone, Copy, Debug)]
pub(super) enum Body {
    Ignored,
    Json(&'static [Field]),
    JsonOrNothing(&'static [Field]),
    /// Form data, with a JSON object in its part `payload`; perhaps a bare container of bytes instead.
    Multipart {
        payload: &'static [Field],
        payload_required: bool,
        octets: bool,
    },
}

/// A declared member or query parameter.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
}

/// A field that must be there.
pub(super) const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true }
}

/// A field that may be left out.
pub(super) const fn optional(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false }
}

/// What a value must be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Text,
    Uuid,
    Boolean,
    Number,
    /// An integer not below this one.
    Integer(i64),
    OneOf(&'static [&'static str]),
    /// `time_created{asc}`, `-time_created`.
    Sorting,
    Object(&'static [Field]),
    List(&'static Kind),
}

/// A member that must name what exists, and why a request is refused when it does not.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) member: &'static [&'static str],
    pub(super) known: &'static str,
    pub(super) cause: Cause,
    pub(super) unknown: &'static str,
}

/// A value in the path, decoded; none when it is no text.
pub(super) struct Bound<'r> {
    pub(super) name: &'static str,
    pub(super) value: Option<Cow<'r, str>>,
}

/// The place of a path.
pub(super) struct Found<'r> {
    pub(super) place: &'static Place,
    pub(super) bound: Vec<Bound<'r>>,
}

impl Found<'_> {
    /// The values of the path, each with what it must be.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&Bound<'_>, &'static Parameter)> {
        self.bound.iter().zip(self.place.parameters)
    }

    /// The operation of a method; `HEAD` is `GET` without a body.
    pub(super) fn operation(&self, method: &str) -> Option<&'static Operation> {
        let method = if method == "HEAD" { "GET" } else { method };
        self.place.operations.iter().find(|operation| operation.method == method)
    }

    /// The methods that exist here, as `Allow` lists them.
    pub(super) fn allow(&self) -> String {
        let mut allow = String::new();
        for operation in self.place.operations {
            allow.push_str(operation.method);
            allow.push_str(", ");
            if operation.method == "GET" {
                allow.push_str("HEAD, ");
            }
        }
        allow + "OPTIONS"
    }
}

/// Looks a path up; segments are compared decoded, and empty ones are not merged.
pub(super) fn find<'r>(places: &'static [Place], path: &'r str) -> Option<Found<'r>> {
    let mut bound = Vec::new();
    let place = places.iter().find(|place| matches(place.path, path, &mut bound))?;
    Some(Found { place, bound })
}

fn matches<'r>(template: &'static str, path: &'r str, bound: &mut Vec<Bound<'r>>) -> bool {
    bound.clear();
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) => match wanted.strip_prefix('{') {
                Some(_) if given.is_empty() => return false,
                Some(name) => bound.push(Bound { name: name.trim_end_matches('}'), value: decode(given, false) }),
                None if wanted == given => {}
                None if given.contains('%') && decode(given, false).as_deref() == Some(wanted) => {}
                None => return false,
            },
            _ => return false,
        }
    }
}

/// Percent-decoded text; none for a broken escape, bytes that are no UTF-8, and NUL.
pub(super) fn decode(text: &str, plus_is_space: bool) -> Option<Cow<'_, str>> {
    if !text.bytes().any(|byte| byte == b'%' || byte == 0 || plus_is_space && byte == b'+') {
        return Some(Cow::Borrowed(text));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hex(bytes.next()?)? << 4 | hex(bytes.next()?)?,
            b'+' if plus_is_space => b' ',
            _ => byte,
        });
    }
    if decoded.contains(&0) {
        return None;
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
