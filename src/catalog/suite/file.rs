//! The suite's file, as it is read.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::body::{Body, Field};
use super::effect::Effect;
use super::expects;
use super::expects::Expects;
use super::own::OwnProbe;
use crate::catalog::contract::{CausePromise, Promise, Status};
use crate::catalog::reply::ReplyPromise;
use crate::model::cause::Cause;
use crate::model::layer::Layer;

/// The suite's file, as it is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suite {
    /// The suite's name; the stem of its file for the built-in ones. The first part of every probe's id.
    pub id: String,
    /// The API's name for people.
    pub title: String,
    /// A built-in contract's id, or a contract's file relative to this one.
    pub contract: String,
    /// The path prefix that the contract governs, as `/api`. What is outside is the gateway's business.
    pub prefix: String,
    /// How credentials are carried, by the names that operations use.
    #[serde(default)]
    pub credentials: BTreeMap<String, Credential>,
    /// What every request has in common.
    #[serde(default)]
    pub request: RequestDefaults,
    /// Which layers owe the contract.
    #[serde(default)]
    pub owed_by: OwedBy,
    /// The page that calls the API from a browser, where one does.
    #[serde(default)]
    pub browser: Option<Browser>,
    /// By what the right deployment is known before anything else is sent.
    #[serde(default)]
    pub identity: Option<Identity>,
    /// Patterns of the host names of production: regular expressions, to be matched anywhere in the name.
    #[serde(default)]
    pub production: Vec<String>,
    /// How much a whole run must have judged to be green.
    #[serde(default)]
    pub minimum: Minimum,
    /// Causes in the order in which the service looks at a request; of two mistakes, the earlier one is answered.
    #[serde(default)]
    pub precedence: Vec<Cause>,
    /// Whether a path with a slash after it and the same without are one path.
    #[serde(default)]
    pub trailing_slash: bool,
    /// Whether the operations are all that the API has on their paths: then a method that is not listed is not there.
    #[serde(default)]
    pub complete: bool,
    /// Wrong requests of the user's own.
    #[serde(default)]
    pub probe: Vec<OwnProbe>,
    /// What is not sent, and why.
    #[serde(default)]
    pub skip: Vec<Skip>,
    /// The operations.
    pub operation: Vec<Operation>,
}

/// What every request of a suite has in common.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestDefaults {
    /// Header fields by name; `${NAME}` in a value stands for a variable, and is masked.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// The page that calls the API from a browser: then a preflight is asked, and errors must be readable there (the Fetch standard).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Browser {
    /// The page's origin, as `https://app.example.com`; `${NAME}` stands for a variable of the environment.
    pub origin: String,
    /// The operations that it calls; the read and the write that the faults of the wire are put on where none are named.
    #[serde(default)]
    pub operations: Vec<String>,
}

/// Probes that are not to be sent to this API.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    /// The operation's id; every operation where it is absent.
    #[serde(default)]
    pub operation: Option<String>,
    /// The fault's id; every fault where it is absent.
    #[serde(default)]
    pub fault: Option<String>,
    /// Why, for the report.
    pub reason: String,
}

/// A path of the deployment, and what its reply must hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The path, after the target's own prefix; it is asked for by GET, without credentials.
    pub path: String,
    /// JSON Pointer to the value that tells; the whole body where it is absent.
    #[serde(default)]
    pub at: Option<String>,
    /// A regular expression that the value's text must match.
    pub matches: String,
}

/// The fewest probes that a whole run must have judged to be green. A run of a part is not asked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minimum {
    /// Of the suite.
    #[serde(default)]
    pub suite: usize,
    /// Of each operation.
    #[serde(default)]
    pub operation: usize,
    /// Of single causes.
    #[serde(default)]
    pub cause: BTreeMap<Cause, usize>,
}

/// Which layers owe the contract: a client does not care who answers, but not everyone can be made to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwedBy {
    /// For what the service should answer: methods, credentials, bodies, values, paths of the API.
    #[serde(default = "everyone")]
    pub requests: Vec<Layer>,
    /// For what is no HTTP, and for what exceeds a limit.
    #[serde(default = "service")]
    pub malformed: Vec<Layer>,
}

impl Default for OwedBy {
    fn default() -> Self {
        Self { requests: everyone(), malformed: service() }
    }
}

impl OwedBy {
    /// Whether the layer owes the contract where the cause is this one.
    #[must_use]
    pub fn holds(&self, cause: Cause, layer: Layer) -> bool {
        let malformed = matches!(cause, Cause::MalformedHttp | Cause::TooLarge);
        if malformed { &self.malformed } else { &self.requests }.contains(&layer)
    }
}

fn everyone() -> Vec<Layer> {
    vec![Layer::Service, Layer::Framework, Layer::Gateway]
}

fn service() -> Vec<Layer> {
    vec![Layer::Service]
}

/// How a credential is carried, and which ones there are.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// The scheme.
    pub scheme: Scheme,
    /// The header field that carries it, for the scheme `token`.
    #[serde(default)]
    pub header: Option<String>,
    /// What stands before the token in that field, for the scheme `token`: a scheme of its own (`ApiKey `), the name of a cookie
    /// (`session=`).
    #[serde(default)]
    pub prefix: String,
    /// The right credential.
    pub valid: Secret,
    /// One that nobody has, well formed: invented, so no variable.
    pub unknown: Secret,
    /// One that has expired.
    #[serde(default)]
    pub expired: Option<Secret>,
    /// One without rights: a weaker account, or one that is switched off.
    #[serde(default)]
    pub forbidden: Option<Secret>,
}

/// How a credential is carried.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// An opaque token as the whole value of a header field of its own.
    Token,
    /// `Authorization: Basic …` (RFC 7617).
    Basic,
    /// `Authorization: Bearer …` (RFC 6750).
    Bearer,
}

/// A token, or a pair; `${NAME}` stands for a variable of the environment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// The token, for `token` and `bearer`.
    #[serde(default)]
    pub token: Option<String>,
    /// The login, for `basic`.
    #[serde(default)]
    pub login: Option<String>,
    /// The password, for `basic`.
    #[serde(default)]
    pub password: Option<String>,
}

/// A method and path that exist, with what a correct request needs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the suite's file")]
pub struct Operation {
    /// The operation's name: the second part of its probes' ids.
    pub id: String,
    /// The method.
    pub method: String,
    /// The path with `{name}` for parameters, from the target's root on.
    pub path: String,
    /// What it does to the target's state.
    pub effect: Effect,
    /// Whether what is said of its credential and of its required members is documented, so that a request may rely on it
    /// where it could create something.
    #[serde(default)]
    pub documented: bool,
    /// Whether the operations on its path are all that the API has there.
    #[serde(default)]
    pub complete: bool,
    /// All methods that its path has, beside those of operations on it.
    #[serde(default)]
    pub methods: Option<Vec<String>>,
    /// The name of the credential that it needs; none where it is absent.
    #[serde(default)]
    pub credential: Option<String>,
    /// Why credentials are not probed here, where they are not.
    #[serde(default)]
    pub credentials_unsure: Option<String>,
    /// Whether the weaker credential has no right to it.
    #[serde(default)]
    pub privileged: bool,
    /// What the success of its correct request looks like, where that is sent as the control: only where it changes nothing
    /// and is known to succeed.
    #[serde(default, deserialize_with = "expects::control")]
    pub control: Option<Expects>,
    /// The operation whose control stands for this one, where its own correct request is not safe to send.
    #[serde(default)]
    pub controlled_by: Option<String>,
    /// Ids of resources that exist, by path parameter, to see whether they can be told from missing ones without rights.
    /// `${NAME}` stands for a variable of the environment.
    #[serde(default)]
    pub known: BTreeMap<String, String>,
    /// Ids of resources that exist and may be lost, by path parameter: bodies that no server can accept are sent to them, so that
    /// they are read. `${NAME}` stands for a variable of the environment.
    #[serde(default)]
    pub scratch: BTreeMap<String, String>,
    /// Why a correct server refuses even the well-formed request that errdrift sends (an account that does not exist).
    #[serde(default)]
    pub refused: Option<Refusal>,
    /// Path parameters by name.
    #[serde(default, rename = "path_parameters")]
    pub path_parameters: BTreeMap<String, Field>,
    /// Query parameters by name.
    #[serde(default)]
    pub query: BTreeMap<String, Field>,
    /// Header fields that it takes as parameters, by name.
    #[serde(default)]
    pub headers: BTreeMap<String, Field>,
    /// What is promised here by cause, beyond what the contract promises everywhere.
    #[serde(default)]
    pub cause: BTreeMap<Cause, CausePromise>,
    /// The errors under some statuses, where their body here is another one than the contract's.
    #[serde(default)]
    pub reply: Vec<ReplyPromise>,
    /// The statuses that errors have here, where the document lists them.
    #[serde(default)]
    pub statuses: Option<Promise<Status>>,
    /// Whether a request without any query parameter is wrong.
    #[serde(default)]
    pub query_required: bool,
    /// The body.
    #[serde(default)]
    pub body: Option<Body>,
    /// Where the operation is documented, or how it is known.
    #[serde(default)]
    pub source: Option<String>,
}

impl Operation {
    /// Whether it only reads, so that its correct request may be sent. PUT, PATCH and DELETE change something by what they
    /// are (RFC 9110, section 9.3; RFC 5789), whatever else is said of them.
    #[must_use]
    pub fn reads(&self) -> bool {
        self.effect == Effect::None && !matches!(self.method.as_str(), "PUT" | "PATCH" | "DELETE")
    }

    /// Whether its request may create the very thing that its path names (RFC 9110, section 9.3.4).
    #[must_use]
    pub fn creates_what_it_names(&self) -> bool {
        self.method == "PUT" || self.effect == Effect::Upserts
    }

    /// Whether its request may create something, be it only on the way to what its path names.
    #[must_use]
    pub fn may_create(&self) -> bool {
        self.creates_what_it_names() || self.effect == Effect::Creates
    }

    /// Whether nothing but the anchor keeps it from creating something: it creates what it names, or may create something and
    /// what is said of it is not documented.
    #[must_use]
    pub fn needs_anchor(&self) -> bool {
        self.creates_what_it_names() || (self.may_create() && !self.documented)
    }

    pub(super) fn lists(&self, method: &str) -> bool {
        self.methods.iter().flatten().any(|listed| listed == method)
    }
}

/// Why a well-formed request is refused all the same.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The cause that the refusal has.
    pub cause: Cause,
    /// What does not exist.
    pub why: String,
}
