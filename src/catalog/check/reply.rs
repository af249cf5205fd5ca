//! What is promised of the errors under some statuses: each line with its schema, and none that would never be read.

use super::contract::{named_body, without_body};
use crate::catalog::built_in::Shelf;
use crate::catalog::contract::Status;
use crate::catalog::document::{Document, Problem, Problems};
use crate::catalog::reply::{Form, ReplyPromise};

/// Reads the schemas of the lines that stand at `at` in the document.
pub(crate) fn forms(
    promises: &[ReplyPromise],
    at: &str,
    document: &Document,
    shelf: &Shelf,
) -> Result<Vec<Form>, Problems> {
    let mut problems = Problems::default();
    let mut forms = Vec::new();
    for (index, promise) in promises.iter().enumerate() {
        let at = format!("{at}/{index}");
        problems.extend(said_before(&promises[..index], promise, &at, document));
        if promise.body.is_none() && promise.media_type.is_some() {
            problems.extend([without_body(document, format!("{at}/media_type"))]);
        }
        let body = promise.body.as_deref().map(|name| named_body(name, &format!("{at}/body"), document, shelf));
        match body.transpose() {
            Ok(body) => forms.push(Form { promise: promise.clone(), body }),
            Err(wrong) => problems.extend(wrong),
        }
    }
    problems.none_or(forms)
}

/// A status that an earlier line has already: this one would never be read.
fn said_before(earlier: &[ReplyPromise], promise: &ReplyPromise, at: &str, document: &Document) -> Option<Problem> {
    if promise.status.is_empty() && earlier.iter().any(|other| other.status.is_empty()) {
        let wrong = document.problem(at, "an earlier `reply` is for every other status already");
        return Some(wrong.help("give one of the two its `status`"));
    }
    let twice = |status: &&Status| earlier.iter().any(|other| other.status.contains(status));
    let status = promise.status.iter().find(twice)?;
    let wrong = document.problem(format!("{at}/status"), format!("an earlier `reply` has the status {status} already"));
    Some(wrong.help("leave it out of one of the two"))
}
