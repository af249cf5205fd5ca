//! The body of an error under some statuses, where it is another one than the contract's.

use serde::Deserialize;
use serde_json::Value;

use super::built_in::Shelf;
use super::check;
use super::document::{Document, Problem, Problems};
use super::schema::Schema;
use super::status::Status;

/// What a document promises of the errors under some statuses, of the whole API or of one operation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyPromise {
    /// The statuses; every one that no other line of the same list has where it is empty.
    #[serde(default)]
    pub status: Vec<Status>,
    /// The body schema's file, relative to this one; none where no body is promised.
    #[serde(default)]
    pub body: Option<String>,
    /// The media type of the body, where one is promised.
    #[serde(default)]
    pub media_type: Option<String>,
    /// The line of the document.
    pub source: String,
}

/// A promise of errors under some statuses, with its schema.
#[derive(Debug)]
pub struct Form {
    /// The statuses; empty for all others.
    pub status: Vec<Status>,
    /// The schema's file, for people; empty where no body is promised.
    pub file: String,
    /// The body schema; none where no body is promised.
    pub body: Option<Schema>,
    /// The media type, where one is promised.
    pub media_type: Option<String>,
    /// The line of the document.
    pub source: String,
}

/// The most specific line for a status: one that names it, then its class, then the one for all others.
#[must_use]
pub fn form(forms: &[Form], status: u16) -> Option<&Form> {
    let with = |named: Status| forms.iter().find(|form| form.status.contains(&named));
    let all_others = || forms.iter().find(|form| form.status.is_empty());
    with(Status::Code(status)).or_else(|| with(Status::Class(status / 100))).or_else(all_others)
}

/// Reads the schemas of the lines that stand at `at` in the document.
pub(super) fn forms(
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
        let body = promise.body.as_deref().map(|name| schema(name, &format!("{at}/body"), document, shelf));
        match body.transpose() {
            Ok(body) => forms.push(Form {
                status: promise.status.clone(),
                file: promise.body.clone().unwrap_or_default(),
                body,
                media_type: promise.media_type.clone(),
                source: promise.source.clone(),
            }),
            Err(wrong) => problems.extend(wrong),
        }
    }
    problems.none_or(forms)
}

/// A status that an earlier line has already: this one would never be read.
fn said_before(earlier: &[ReplyPromise], promise: &ReplyPromise, at: &str, document: &Document) -> Option<Problem> {
    let help = "leave it out of one of the two";
    if promise.status.is_empty() && earlier.iter().any(|other| other.status.is_empty()) {
        let wrong = document.problem(at, "an earlier `reply` is for every other status already");
        return Some(wrong.help("give one of the two its `status`"));
    }
    let twice = |status: &&Status| earlier.iter().any(|other| other.status.contains(status));
    let status = promise.status.iter().find(twice)?;
    let wrong = document.problem(format!("{at}/status"), format!("an earlier `reply` has the status {status} already"));
    Some(wrong.help(help))
}

/// A body schema, by the name of its file.
pub(super) fn schema(name: &str, at: &str, document: &Document, shelf: &Shelf) -> Result<Schema, Problems> {
    let read = shelf.read(name).map_err(|problems| {
        let wrong = document.problem(at, format!("the body schema `{name}` cannot be used"));
        Problems::new(problems.into_iter().chain([wrong.help("it is a file, relative to this one")]))
    });
    check::contract::body(&read?)
}

/// A schema that any body fits.
pub(super) fn any() -> Option<Schema> {
    Schema::compile("any body", &Value::Bool(true)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_line_is_found() {
        let form_of = |status: &[Status], source: &str| Form {
            status: status.to_vec(),
            file: String::new(),
            body: None,
            media_type: None,
            source: source.to_owned(),
        };
        let forms = [form_of(&[], "others"), form_of(&[Status::Class(4)], "4xx"), form_of(&[Status::Code(429)], "429")];
        let found = |status| form(&forms, status).map(|form| form.source.as_str());
        assert_eq!([found(429), found(404), found(500)], [Some("429"), Some("4xx"), Some("others")]);
        assert!(form(&forms[1..], 500).is_none());
    }
}
