//! Drifts: one named deviation each, as data, and how it changes a reply. Which rule finds it is only written down here.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::api::Api;
use super::cause::Cause;
use super::decision::{Check, Lenience, Refusal};
use super::draft::{Delivery, Draft};
use super::operation::Operation;
use super::oz_operations;
use super::request::Request;

/// One way in which a deployment deviates from its documentation.
#[derive(Debug)]
pub struct Drift {
    /// Its name among the drifts of its API.
    pub name: &'static str,
    /// The API that deviates.
    pub api: Api,
    /// What is wrong, in one sentence.
    pub about: &'static str,
    /// The rule that names it in a report.
    pub rule: &'static str,
    /// How grave it is: `error`, `warning` or `note`.
    pub severity: &'static str,
    pub(super) scope: Scope,
    pub(super) changes: &'static [Change],
}

/// A table of drifts, a row each: how grave, the name and the rule, where it shows, what changes, and what is wrong in a sentence.
macro_rules! table {
    ($api:path: $(
        $severity:ident $name:literal: $rule:literal $(on [$($cause:ident)+])? $(always)? $(.$narrow:ident($($by:expr),*))* =>
            $($change:ident $(($($value:expr),*))?),+;
            $about:literal;
    )*) => {
        &[$(crate::reference::drift::Drift {
            name: $name,
            api: $api,
            about: $about,
            rule: $rule,
            severity: stringify!($severity),
            scope: crate::reference::drift::Scope::on(&[$($(crate::reference::cause::Cause::$cause),+)?])$(.$narrow($($by),*))*,
            changes: &[$(crate::reference::drift::Change::$change $(($($value),*))?),+],
        }),*]
    };
}
pub(super) use table;

/// To which refusals a drift applies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    operation: Option<&'static str>,
    method: Option<&'static str>,
    /// Any, when there is none.
    causes: &'static [Cause],
    html_wanted: bool,
    /// Only where the path names what exists here.
    known: bool,
    pub(super) every: u64,
}

impl Scope {
    /// Only for these causes; for every one where there are none.
    pub(super) const fn on(causes: &'static [Cause]) -> Self {
        Self { operation: None, method: None, causes, html_wanted: false, known: false, every: 1 }
    }

    /// Only at one operation.
    pub(super) const fn at(self, operation: &'static str) -> Self {
        Self { operation: Some(operation), ..self }
    }

    /// Only for one method.
    pub(super) const fn method(self, method: &'static str) -> Self {
        Self { method: Some(method), ..self }
    }

    /// Only for a caller that asks for HTML.
    pub(super) const fn for_browsers(self) -> Self {
        Self { html_wanted: true, ..self }
    }

    /// Only where the path names the folder that exists here.
    pub(super) const fn for_known(self) -> Self {
        Self { known: true, ..self }
    }

    /// Only once in so many replies.
    pub(super) const fn once_in(self, every: u64) -> Self {
        Self { every, ..self }
    }

    /// Whether a refusal is in the scope, its turn aside.
    pub(super) fn holds(
        &self,
        operation: Option<&Operation>,
        refusal: &Refusal,
        request: Option<&Request<'_>>,
    ) -> bool {
        let accepts_html = || {
            let accept = request.and_then(|request| request.header("accept")).unwrap_or_default();
            accept.windows(9).any(|window| window.eq_ignore_ascii_case(b"text/html"))
        };
        (self.causes.is_empty() || self.causes.contains(&refusal.cause))
            && self.operation.is_none_or(|id| operation.is_some_and(|operation| operation.id == id))
            && self.method.is_none_or(|method| request.is_some_and(|request| request.method == method))
            && (!self.html_wanted || accepts_html())
            && (!self.known || request.is_some_and(|request| request.path.contains(oz_operations::KNOWN)))
    }
}

/// What a drift changes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    /// A check is left out.
    Skip(Check),
    /// Credentials are looked at when all else holds.
    CredentialsLast,
    /// What a browser asks before a request of a page is refused for want of a credential.
    RefusePreflights,
    Status(u16),
    /// The code, as it is put into the template.
    Code(&'static str),
    Message(&'static str),
    Template(&'static str),
    MediaType(Option<&'static str>),
    /// What `Allow` lists.
    Allow(Option<&'static str>),
    Header(&'static str, &'static str),
    /// The header field of that name is left out.
    Omit(&'static str),
    Deliver(Delivery),
    Encode(Encoding),
    /// Every leaf of `fields` becomes this JSON text.
    Leaves(&'static str),
    /// `fields` becomes flat, its names dotted.
    Dotted,
    /// Every name in `fields` gets this prefix.
    Renamed(&'static str),
}

/// What is done to the bytes of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf16,
    Mark,
    Gzip,
    /// One character becomes a byte of Windows-1252.
    Windows,
    /// Cut in the middle, with a right length.
    Half,
    /// So many bytes of white space are put before the last one.
    Padded(usize),
}

impl Drift {
    /// Whether what it answers depends on the order in which requests come: it deviates now and then, or accepts what it must
    /// not until nothing more is sent.
    #[must_use]
    pub fn depends_on_order(&self) -> bool {
        self.scope.every > 1 || self.lenience().is_some()
    }

    /// Whether it lets a caller wait for an answer that never comes.
    #[must_use]
    pub fn hangs(&self) -> bool {
        self.changes.iter().any(|change| matches!(change, Change::Deliver(Delivery::Hang)))
    }

    /// How much less is checked, if anything.
    pub(super) fn lenience(&self) -> Option<Lenience> {
        self.changes.iter().find_map(|change| match change {
            Change::Skip(check) => Some(Lenience { skipped: Some(*check), credentials_last: false }),
            Change::CredentialsLast => Some(Lenience { skipped: None, credentials_last: true }),
            _ => None,
        })
    }

    /// Whether what a browser asks before a request of a page is refused.
    pub(super) fn refuses_preflights(&self) -> bool {
        self.changes.iter().any(|change| matches!(change, Change::RefusePreflights))
    }

    /// Changes what is going to be said.
    pub(super) fn apply(&self, draft: &mut Draft) {
        for change in self.changes {
            match *change {
                Change::Skip(_) | Change::CredentialsLast | Change::RefusePreflights | Change::Encode(_) => {}
                Change::Status(status) => draft.status = status,
                Change::Code(code) => draft.code = Cow::Borrowed(code),
                Change::Message(message) => draft.message = Cow::Borrowed(message),
                Change::Template(template) => draft.template = template,
                Change::MediaType(media_type) => draft.media_type = media_type,
                Change::Allow(allow) => draft.allow = allow.map(Cow::Borrowed),
                Change::Header(name, value) => draft.headers.push((name, value)),
                Change::Omit(name) => draft.headers.retain(|(other, _)| *other != name),
                Change::Deliver(delivery) => draft.delivery = delivery,
                Change::Leaves(json) => remirror(draft, |mirror| leaves(mirror, json)),
                Change::Dotted => remirror(draft, dotted),
                Change::Renamed(prefix) => remirror(draft, |mirror| renamed(mirror, prefix)),
            }
        }
    }

    /// Changes the bytes that are going to be sent.
    pub(super) fn encode(&self, body: Vec<u8>) -> Vec<u8> {
        self.changes.iter().fold(body, |body, change| match change {
            Change::Encode(encoding) => encoded(*encoding, body),
            _ => body,
        })
    }
}

fn remirror(draft: &mut Draft, change: impl FnOnce(Map<String, Value>) -> Map<String, Value>) {
    let Some(fields) = &mut draft.fields else { return };
    if let Ok(mirror) = serde_json::from_str(fields) {
        *fields = Value::Object(change(mirror)).to_string();
    }
}

fn leaves(mirror: Map<String, Value>, json: &str) -> Map<String, Value> {
    let leaf: Value = serde_json::from_str(json).unwrap_or_default();
    let replaced = mirror.into_iter().map(|(name, value)| match value {
        Value::Object(inner) => (name, Value::Object(leaves(inner, json))),
        _ => (name, leaf.clone()),
    });
    replaced.collect()
}

fn dotted(mirror: Map<String, Value>) -> Map<String, Value> {
    let mut flat = Map::new();
    for (name, value) in mirror {
        match value {
            Value::Object(inner) => {
                flat.extend(dotted(inner).into_iter().map(|(rest, value)| (format!("{name}.{rest}"), value)));
            }
            value => {
                flat.insert(name, value);
            }
        }
    }
    flat
}

fn renamed(mirror: Map<String, Value>, prefix: &str) -> Map<String, Value> {
    mirror.into_iter().map(|(name, value)| (format!("{prefix}{name}"), value)).collect()
}

fn encoded(encoding: Encoding, mut body: Vec<u8>) -> Vec<u8> {
    match encoding {
        Encoding::Utf16 => String::from_utf8_lossy(&body).encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Mark => {
            body.splice(..0, *b"\xef\xbb\xbf");
            body
        }
        Encoding::Gzip => gzip(&body),
        Encoding::Windows => {
            // A no-break space in a message, else some letter: both are right in Windows-1252 and wrong in UTF-8.
            if let Some(at) = body.windows(4).position(|window| window == b"The ") {
                body[at + 3] = 0xa0;
            } else if let Some(at) = body.iter().rposition(u8::is_ascii_alphabetic) {
                body[at] = 0xe9;
            }
            body
        }
        Encoding::Half => {
            body.truncate(body.len() / 2);
            body
        }
        Encoding::Padded(count) => {
            let last = body.pop();
            body.resize(body.len() + count, b' ');
            body.extend(last);
            body
        }
    }
}

/// A gzip member of stored blocks, RFC 1951 section 3.2.4: whoever decodes it gets the body back.
fn gzip(body: &[u8]) -> Vec<u8> {
    let mut member = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let blocks = body.chunks(0xffff);
    let last = blocks.len().saturating_sub(1);
    for (at, block) in blocks.enumerate() {
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        member.push(u8::from(at == last));
        member.extend(length.to_le_bytes());
        member.extend((!length).to_le_bytes());
        member.extend(block);
    }
    let crc = body.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    });
    member.extend((!crc).to_le_bytes());
    member.extend(u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
    member
}
