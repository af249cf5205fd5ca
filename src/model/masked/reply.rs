//! A reply and a silence without secrets.

use std::borrow::Cow;

use crate::model::content::{Unpacked, text};
use crate::model::exchange::{Defect, Ending, Flaw, Outcome, Reply, Silence};
use crate::model::quote::Quote;
use crate::model::secret::Mask;

/// The reply without secrets; `None` where it has none.
#[must_use]
pub fn reply(mask: &Mask, reply: &Reply) -> Option<Reply> {
    if mask.is_empty() {
        return None;
    }
    let field =
        |(name, value): &(String, Vec<u8>)| (mask.name(name), mask.field(name, value).unwrap_or_else(|| value.clone()));
    let headers: Vec<_> = reply.headers.iter().map(field).collect();
    let mut defects: Vec<_> =
        reply.defects.iter().map(|defect| Defect { kind: defect.kind, what: quote(mask, &defect.what) }).collect();
    let body = body(mask, reply, &mut defects);
    let ending = match &reply.ending {
        Ending::Truncated(why) => Ending::Truncated(quote(mask, why)),
        other => other.clone(),
    };
    let next = reply.next.as_ref().map(|next| Box::new(outcome(mask, next)));
    let same = body.is_none()
        && headers == reply.headers
        && defects == reply.defects
        && ending == reply.ending
        && next == reply.next;
    let body = body.unwrap_or_else(|| if same { Vec::new() } else { reply.body.clone() });
    (!same).then_some(Reply { status: reply.status, headers, body, ending, defects, next })
}

/// The body without secrets, where it has some. What came after a body goes on with it.
fn body(mask: &Mask, reply: &Reply, defects: &mut [Defect]) -> Option<Vec<u8>> {
    let cut = reply.ending != Ending::Complete;
    let unpacked = Unpacked::of(reply);
    if let Some(coding) = unpacked.opaque {
        let length = reply.body.len();
        let why = format!("[{length} bytes in the coding {coding}, which errdrift does not read, are not kept]");
        return Some(why.into_bytes());
    }
    let bytes = unpacked.bytes.as_deref().unwrap_or(&reply.body);
    let read = match text(reply, bytes) {
        Some((_, text)) => Some(Cow::Owned(text.into_bytes())),
        None => unpacked.bytes.as_deref().map(Cow::Borrowed),
    };
    // What looks like a coding may not be one.
    if let Some(read) = read {
        return mask.masked(&read, cut).or_else(|| mask.masked(&reply.body, cut));
    }
    let is_rest = |defect: &Defect| matches!(defect.kind, Flaw::After | Flaw::Body);
    let rest = |defect: &Defect| is_rest(defect).then(|| defect.what.bytes.clone()).flatten();
    let Some(rest) = reply.defects.iter().find_map(rest) else { return mask.masked(&reply.body, cut) };
    let (body, rest) = mask.parted(&reply.body, &rest);
    if let Some(rest) = rest
        && let Some(defect) = defects.iter_mut().find(|defect| is_rest(defect) && defect.what.bytes.is_some())
    {
        defect.what.bytes = Some(rest);
    }
    body
}

/// What came, or did not, without secrets.
#[must_use]
pub fn outcome(mask: &Mask, came: &Outcome) -> Outcome {
    match came {
        Outcome::Reply(came) => Outcome::Reply(reply(mask, came).unwrap_or_else(|| came.clone())),
        Outcome::Silence(came) => Outcome::Silence(silence(mask, came)),
    }
}

/// Why there was no reply, without secrets.
#[must_use]
pub fn silence(mask: &Mask, silence: &Silence) -> Silence {
    match silence {
        Silence::Unreachable(why) => Silence::Unreachable(mask.own(why)),
        Silence::Tls(why) => Silence::Tls(mask.own(why)),
        Silence::Local(limit) => Silence::Local(*limit),
        Silence::Closed(seen) => Silence::Closed(quote(mask, seen)),
        Silence::NotHttp(seen) => Silence::NotHttp(quote(mask, seen)),
        Silence::TimedOut(after) => Silence::TimedOut(*after),
        Silence::Stalled(after, seen) => Silence::Stalled(*after, quote(mask, seen)),
    }
}

fn quote(mask: &Mask, quote: &Quote) -> Quote {
    let bytes = quote.bytes.as_ref().map(|bytes| mask.masked(bytes, quote.cut).unwrap_or_else(|| bytes.clone()));
    Quote { words: mask.own(&quote.words), bytes, cut: quote.cut }
}
