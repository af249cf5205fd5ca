//! An error reply before it is written, open to every change.

use std::borrow::Cow;

use super::decision::Refusal;

/// How the bytes of a reply reach the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// As HTTP wants it.
    Whole,
    /// Half of the announced body, then the end.
    Cut,
    /// Chunks without the last one, then the end.
    Unfinished,
    /// The end instead of a reply.
    Close,
    /// A reset instead of a reply.
    Reset,
    /// Nothing, for as long as the caller waits.
    Hang,
    /// Bytes that are no HTTP, then the end.
    Garbage(&'static [u8]),
    /// The body without a status line or headers, then the end.
    Headless,
    /// In one chunk, with white space after its size.
    LooseChunks,
    /// With bytes after the announced end.
    Surplus,
    /// With two lengths.
    TwoLengths,
    /// With a folded header field.
    Folded,
    /// As HTTP wants it, and the next request on the connection begins a byte too late.
    Slip,
}

/// An error reply before it is written: the place where a drift changes it.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) status: u16,
    pub(super) code: Cow<'static, str>,
    pub(super) message: Cow<'static, str>,
    /// The mirror of the request, as JSON.
    pub(super) fields: Option<String>,
    pub(super) template: &'static str,
    pub(super) media_type: Option<&'static str>,
    pub(super) allow: Option<Cow<'static, str>>,
    pub(super) headers: Vec<(&'static str, &'static str)>,
    pub(super) delivery: Delivery,
}

impl Draft {
    /// What a conforming deployment says.
    pub(super) fn new(refusal: Refusal, template: &'static str) -> Self {
        // Only one of the two APIs ever says 401, and RFC 9110 wants a challenge with it.
        let challenge = (refusal.status == 401).then_some(("WWW-Authenticate", "X-Forensic-Access-Token"));
        Self {
            status: refusal.status,
            code: Cow::Borrowed(refusal.code),
            message: refusal.message,
            fields: refusal.fields,
            template,
            media_type: Some("application/json"),
            allow: refusal.allow.map(Cow::Owned),
            headers: challenge.into_iter().collect(),
            delivery: Delivery::Whole,
        }
    }
}
