//! The body of an error under some statuses, where it is another one than the contract's.

use serde::Deserialize;

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
    /// What the file says.
    pub promise: ReplyPromise,
    /// The body schema; none where no body is promised.
    pub body: Option<Schema>,
}

/// The most specific line for a status: one that names it, then its class, then the one for all others.
#[must_use]
pub fn form(forms: &[Form], status: u16) -> Option<&Form> {
    let with = |named: Status| forms.iter().find(|form| form.promise.status.contains(&named));
    let all_others = || forms.iter().find(|form| form.promise.status.is_empty());
    with(Status::Code(status)).or_else(|| with(Status::Class(status / 100))).or_else(all_others)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_line_is_found() {
        let form_of = |status: &[Status], source: &str| Form {
            promise: ReplyPromise { status: status.to_vec(), body: None, media_type: None, source: source.to_owned() },
            body: None,
        };
        let forms = [form_of(&[], "others"), form_of(&[Status::Class(4)], "4xx"), form_of(&[Status::Code(429)], "429")];
        let found = |status| form(&forms, status).map(|form| form.promise.source.as_str());
        assert_eq!([found(429), found(404), found(500)], [Some("429"), Some("4xx"), Some("others")]);
        assert!(form(&forms[1..], 500).is_none());
    }
}
