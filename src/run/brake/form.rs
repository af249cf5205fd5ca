//! The form of a success: its status, its media type and the shape of its body, and whether that is what a control must have.
//! Pure.

use crate::catalog::suite::{Expects, is_json};
use crate::model::answer;
use crate::model::exchange::{Ending, Reply};
use crate::model::pointer::pointed;

/// What tells one success from another, whatever it holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Form {
    status: u16,
    media_type: Option<String>,
    /// The members of a JSON body with their types; `None` where it is not JSON.
    shape: Option<Vec<String>>,
}

impl Form {
    /// The form of a reply.
    pub(crate) fn of(reply: &Reply) -> Self {
        let json = serde_json::from_slice(&reply.body).ok();
        Self {
            status: reply.status,
            media_type: answer::media_type(reply),
            shape: json.as_ref().map(|json| answer::shape(json, str::to_owned)),
        }
    }
}

/// How a control's success is not of the form that its suite declares; `None` where it is.
pub(crate) fn breach(expects: &Expects, reply: &Reply) -> Option<String> {
    if !expects.status.is_empty() && !expects.status.contains(&reply.status) {
        let wanted = expects.status.iter().map(u16::to_string).collect::<Vec<_>>().join(" or ");
        return Some(format!("and not {wanted}"));
    }
    let has_body = !reply.body.is_empty() || !expects.members.is_empty();
    let came = answer::media_type(reply);
    match &expects.media_type {
        Some(wanted) if came.as_deref() != Some(&*wanted.to_ascii_lowercase()) => {
            return Some(format!("and its media type is {}, not {wanted}", came.as_deref().unwrap_or("not told")));
        }
        // What says nothing of its type is JSON if it reads as JSON.
        None if came.is_none() && has_body && serde_json::from_slice::<serde::de::IgnoredAny>(&reply.body).is_err() => {
            return Some("and it is no JSON".to_owned());
        }
        None if came.as_deref().is_some_and(|came| !is_json(came)) => {
            return Some(format!("and its media type is {}, not JSON", came.as_deref().unwrap_or_default()));
        }
        _ => {}
    }
    // What is longer than what is read of it cannot be read.
    if expects.members.is_empty() || matches!(reply.ending, Ending::Oversized(_)) {
        return None;
    }
    let json: Option<serde_json::Value> = serde_json::from_slice(&reply.body).ok();
    let missing = |member: &&String| {
        let pointer =
            if member.starts_with('/') { (*member).clone() } else { crate::model::pointer::member("", member) };
        json.as_ref().and_then(|json| pointed(json, &pointer)).is_none()
    };
    expects.members.iter().find(missing).map(|member| format!("and without the member `{member}`"))
}
