//! What a document promises of an error reply: the body schema, the catalogue of codes, and promises by cause.
//!
//! A contract is a TOML file that a reader can check against the document line by line (`schemas/*.contract.toml`);
//! this module is its typed form. It knows nothing of operations, faults or HTTP libraries.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;
use serde_json::Value;

use super::document::Problem;
use super::mutation_kind::Kind;
pub use super::promise::{CausePromise, HeaderPromise, Promise, Strength};
use super::reply::{Form, ReplyPromise};
use super::schema::Schema;
pub use super::status::Status;
use crate::model::cause::Cause;
use crate::model::verdict::Severity;

/// The media type of a body where none is promised: JSON's own (RFC 8259, section 11).
pub(crate) const MEDIA_TYPE: &str = "application/json";

/// Where the code stands, and which set it is of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodePlace {
    /// JSON Pointer to the code.
    pub at: String,
    /// Whether the catalogue is the whole set.
    pub set: CodeSet,
    /// How strongly the document says so.
    pub strength: Strength,
    /// The line of the document.
    pub source: String,
}

/// Whether a code outside the catalogue is an error.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum CodeSet {
    /// The catalogue lists every code.
    Closed,
    /// The catalogue lists some codes.
    Open,
}

/// Where the message stands.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessagePlace {
    /// JSON Pointer to the message.
    pub at: String,
}

/// Where the status is repeated in the body.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusPlace {
    /// JSON Pointer to the number.
    pub at: String,
    /// How strongly the document says that it is the reply's own.
    pub strength: Strength,
    /// The line of the document.
    pub source: String,
}

/// Where the object stands that repeats the structure of the request's fields.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldsPlace {
    /// JSON Pointer to the object.
    pub at: String,
    /// How strongly the document promises that it mirrors declared fields.
    pub strength: Strength,
    /// The line of the document.
    pub source: String,
}

/// How much a member weighs that the document does not have.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UndocumentedMembers {
    /// For any member but the forbidden ones.
    pub strength: Strength,
    /// The line of the document.
    pub source: String,
    /// JSON Pointers of members that are an error whatever the strength.
    #[serde(default)]
    pub forbidden: Vec<String>,
}

/// A schema for one place, which says less than a promise or is less sure than one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Convention {
    /// JSON Pointer to the place; nothing is checked where the place is absent.
    pub at: String,
    /// What the value there is usually like.
    pub schema: Value,
    /// How strongly.
    pub strength: Strength,
    /// Why.
    pub source: String,
}

/// A change of a body that the contract lets pass, and why it may.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unnoticed {
    /// JSON Pointer to what is changed; `*` stands for any element or member, `**` at the end for whatever is below.
    pub at: String,
    /// The kinds of mutation.
    pub mutation: Mutations,
    /// Why, in the document's words.
    pub why: String,
}

/// One kind of mutation or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "OneOrMore")]
pub struct Mutations(pub Vec<Kind>);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(Kind),
    More(Vec<Kind>),
}

impl From<OneOrMore> for Mutations {
    fn from(kinds: OneOrMore) -> Self {
        match kinds {
            OneOrMore::One(kind) => Self(vec![kind]),
            OneOrMore::More(kinds) => Self(kinds),
        }
    }
}

/// A severity other than a rule's own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The severity.
    pub severity: Severity,
    /// Why.
    pub source: String,
}

/// A code of the catalogue. Where the document gives a code several messages, each is an entry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The code as it stands in the body.
    pub code: Value,
    /// The document's name for it.
    pub name: String,
    /// What the document says of it.
    pub meaning: String,
    /// What the code says of the status, whatever the cause.
    #[serde(default)]
    pub status: Option<Promise<Status>>,
    /// The message that the document gives.
    #[serde(default)]
    pub message: Option<String>,
    /// The causes that the document gives it for; empty where the promises by cause say it.
    #[serde(default)]
    pub causes: Vec<Cause>,
    /// A meaning that changes what the reply says of the target.
    #[serde(default)]
    pub means: Option<Meaning>,
    /// Whether a client can bring it about on purpose.
    #[serde(default = "yes")]
    pub provoked: bool,
}

fn yes() -> bool {
    true
}

/// What a code says of the target rather than of the request.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// The documentation has the operation and the deployment does not.
    NotRealized,
    /// The service did not handle what happened.
    Unhandled,
}

/// The file, as it is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractFile {
    /// The contract's name; the stem of its file for the built-in ones.
    pub id: String,
    /// The API's name for people.
    pub title: String,
    /// The document that the quotes are from.
    pub document: String,
    /// The body schema's file, relative to this one; none where no body is promised.
    #[serde(default)]
    pub body: Option<String>,
    /// The media type of the body, where the contract promises one.
    #[serde(default)]
    pub media_type: Option<String>,
    /// JSON Pointer of the member by which a body is told to be the contract's. Where it is empty, every JSON body of an error
    /// status is.
    #[serde(default)]
    pub envelope: String,
    /// Where the code is.
    #[serde(default)]
    pub code: Option<CodePlace>,
    /// Where the status is repeated in the body.
    #[serde(default)]
    pub status: Option<StatusPlace>,
    /// Where the message is.
    #[serde(default)]
    pub message: Option<MessagePlace>,
    /// Where the mirror of the request's fields is.
    #[serde(default)]
    pub fields: Option<FieldsPlace>,
    /// What an undocumented member weighs; a warning where it is absent.
    #[serde(default)]
    pub undocumented_members: Option<UndocumentedMembers>,
    /// Severities other than the rules' own, by rule.
    #[serde(default)]
    pub severity: BTreeMap<String, Override>,
    /// The errors under some statuses, where their body is another one.
    #[serde(default)]
    pub reply: Vec<ReplyPromise>,
    /// The statuses that errors have at all, where the document lists them.
    #[serde(default)]
    pub statuses: Option<Promise<Status>>,
    /// Header fields that errors have.
    #[serde(default)]
    pub header: Vec<HeaderPromise>,
    /// Schemas for single places.
    #[serde(default)]
    pub convention: Vec<Convention>,
    /// What the contract lets pass in its own examples, for `errdrift check --mutate`.
    #[serde(default)]
    pub unnoticed: Vec<Unnoticed>,
    /// The catalogue of codes.
    #[serde(default)]
    pub catalogue: Vec<Entry>,
    /// The promises by cause.
    #[serde(default)]
    pub cause: BTreeMap<Cause, CausePromise>,
}

impl ContractFile {
    /// The body schema's file, for people.
    #[must_use]
    pub fn body(&self) -> &str {
        self.body.as_deref().unwrap_or_default()
    }

    /// Whether a body is promised at all.
    #[must_use]
    pub fn has_body(&self) -> bool {
        self.body.is_some()
    }

    /// The media type of the body: [`MEDIA_TYPE`] where the contract promises none.
    #[must_use]
    pub fn media_type(&self) -> &str {
        self.media_type.as_deref().unwrap_or(MEDIA_TYPE)
    }
}

/// A contract, read, compiled and cross-checked.
#[derive(Debug)]
pub struct Contract {
    /// What the file says.
    pub file: ContractFile,
    /// The body schema.
    pub body: Schema,
    /// The errors under some statuses, with their schemas.
    pub replies: Vec<Form>,
    /// The patterns of the file's header fields, in their order.
    pub patterns: Vec<Option<Regex>>,
    /// The schemas of the file's conventions, in their order.
    pub conventions: Vec<Schema>,
    /// The rules that it names, each with what is wrong if there is no such rule.
    pub rules: BTreeMap<String, Problem>,
}

impl Contract {
    /// Whether the document names this very status, whatever for.
    #[must_use]
    pub fn names(&self, status: u16) -> bool {
        let named = |promise: &Promise<Status>| {
            promise.any_of.iter().chain(&promise.tolerated).any(|named| *named == Status::Code(status))
        };
        let entries = self.file.catalogue.iter().filter_map(|entry| entry.status.as_ref());
        entries.chain(self.file.cause.values().filter_map(|promise| promise.status.as_ref())).any(named)
    }

    /// What answers the cause; `None` where the contract has no line for it.
    #[must_use]
    pub fn promise(&self, cause: Cause) -> Option<&CausePromise> {
        self.file.cause.get(&cause)
    }

    /// Whether what is asked for is promised, and the same, for every cause: then one change would mend all its breaches.
    pub(crate) fn is_for_all<T: PartialEq>(&self, promised: impl Fn(&CausePromise) -> Option<&T>) -> bool {
        let mut all = self.file.cause.values().map(promised);
        let first = all.next().flatten();
        first.is_some() && all.all(|other| other == first)
    }

    /// The entries of a code.
    pub fn entries<'c>(&'c self, code: &'c Value) -> impl Iterator<Item = &'c Entry> {
        self.file.catalogue.iter().filter(move |entry| entry.code == *code)
    }
}
