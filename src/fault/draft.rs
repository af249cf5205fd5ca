//! The correct request of an operation in parts, for faults to break one of.

use serde_json::{Map, Value, json};

use super::acceptance::Acceptance;
use super::form::{BOUNDARY, FormPart, form};
use super::relation::Like;
use crate::catalog::suite::{Body, Credential, Field, FieldType, Operation, Scheme, Secret, Suite, is_json};
use crate::model::cause::Cause;
use crate::model::exchange::{ConnectionUse, Request, Script};
use crate::model::secret::{Template, percent_encoded};

/// A UUID that no resource has.
pub const UNKNOWN_UUID: &str = "5b1f0c52-9d3e-4f7a-8c61-e2d4a7b90f36";

/// What a fault is applied to.
#[derive(Clone, Debug)]
pub struct Subject<'s> {
    /// The suite.
    pub suite: &'s Suite,
    /// The operation; `None` for what belongs to the suite as a whole, such as an unknown path.
    pub operation: Option<&'s Operation>,
    /// Whether the operation is the first of its path: faults of a path are sent once.
    pub first_of_path: bool,
    /// The request to break.
    pub base: Draft,
}

impl<'s> Subject<'s> {
    /// The same operation with another request to break.
    #[must_use]
    pub fn based_on(&self, base: Draft) -> Self {
        Self { base, ..self.clone() }
    }

    /// The operation's body, if it takes JSON.
    #[must_use]
    pub fn json_body(&self) -> Option<&'s Body> {
        self.operation?.body.as_ref().filter(|body| body.is_json())
    }

    /// The operation's body, if it takes form data.
    #[must_use]
    pub fn form_body(&self) -> Option<&'s Body> {
        self.operation?.body.as_ref().filter(|body| body.media_type == "multipart/form-data")
    }

    /// The operation's credential, if it has one that may be probed.
    #[must_use]
    pub fn credential(&self) -> Option<&'s Credential> {
        let operation = self.operation?;
        if operation.credentials_unsure.is_some() {
            return None;
        }
        self.suite.credentials.get(operation.credential.as_ref()?)
    }

    /// A broken request made from the base.
    pub fn variant(&self, name: impl Into<String>, acceptance: Acceptance, change: impl FnOnce(&mut Draft)) -> Variant {
        let mut draft = self.base.clone();
        change(&mut draft);
        Variant {
            name: name.into(),
            draft,
            acceptance,
            also: Vec::new(),
            instead: None,
            form_only: false,
            unnamed: false,
            like: None,
        }
    }

    /// The only broken request that a fault makes of an operation.
    pub fn only(&self, acceptance: Acceptance, change: impl FnOnce(&mut Draft)) -> Vec<Variant> {
        vec![self.variant("", acceptance, change)]
    }
}

/// A broken request.
#[derive(Clone, Debug)]
pub struct Variant {
    /// What tells it from the fault's other variants: the member, the method; may be empty.
    pub name: String,
    /// The request.
    pub draft: Draft,
    /// Whether a correct server may take it for right.
    pub acceptance: Acceptance,
    /// Causes that describe the same request as well.
    pub also: Vec<Cause>,
    /// The cause that the reply is held against first, where it is not the fault's own.
    pub instead: Option<Cause>,
    /// Whether only an error's form and status class are judged, not its code.
    pub form_only: bool,
    /// Whether the path does not name the resource any more that does not exist.
    pub unnamed: bool,
    /// What its answer is compared with.
    pub like: Option<Like>,
}

impl Variant {
    /// The same, which these causes describe as well.
    #[must_use]
    pub fn also(mut self, causes: &[Cause]) -> Self {
        self.also.extend_from_slice(causes);
        self
    }

    /// The same, held against this cause first.
    #[must_use]
    pub fn instead(mut self, cause: Cause) -> Self {
        self.instead = Some(cause);
        self
    }

    /// The same, in which the path does not name the resource any more.
    #[must_use]
    pub fn unnamed(mut self) -> Self {
        self.unnamed = true;
        self
    }

    /// The same, of which only an error's form and status class are judged.
    #[must_use]
    pub fn form_only(mut self) -> Self {
        self.form_only = true;
        self
    }
}

/// A request in parts.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The method.
    pub method: String,
    /// The path as it stands in the request line.
    pub path: String,
    /// The query as it stands in the request line, without its `?`.
    pub query: Option<String>,
    /// The Accept header field; none where it is empty.
    pub accept: String,
    /// The Accept-Encoding header field; `identity` where it has none.
    pub accept_encoding: Option<String>,
    /// Header fields that errdrift does not send otherwise.
    pub fields: Vec<(String, String)>,
    /// The header fields of every request of the suite.
    pub common: Vec<(String, Template)>,
    /// The header fields that carry the credential.
    pub credential: Vec<(String, Template)>,
    /// The Content-Type header field.
    pub content_type: Option<String>,
    /// The Content-Encoding header field.
    pub content_encoding: Option<String>,
    /// The content.
    pub body: Option<Vec<u8>>,
    /// The content before it became bytes, where it is JSON.
    pub json: Option<Value>,
    /// The parts before they became bytes, where it is form data.
    pub parts: Vec<FormPart>,
    /// What leaves in the place of all this.
    pub script: Option<Script>,
    /// Which connection it uses.
    pub connection: ConnectionUse,
}

impl Draft {
    /// The operation's correct request. Resources that it names do not exist, unless they do everywhere.
    #[must_use]
    pub fn of(suite: &Suite, operation: &Operation) -> Self {
        let mut draft = Self {
            method: operation.method.clone(),
            path: path(operation, |_, field| text_of(field)),
            query: query(operation),
            accept: "application/json".into(),
            fields: header_fields(operation),
            common: suite.fields(),
            credential: operation
                .credential
                .as_ref()
                .and_then(|name| suite.credentials.get(name))
                .map_or_else(Vec::new, |credential| carried(credential, &credential.valid)),
            ..Self::default()
        };
        if let Some(body) = &operation.body {
            if body.is_json() {
                draft.content_type = Some(body.media_type.clone());
                draft.set_json(object(&body.members, body.free));
            } else {
                draft.set_form(&parts(body));
            }
        }
        draft
    }

    /// Makes the content this JSON value, under the JSON type that it has.
    pub fn set_json(&mut self, value: Value) {
        self.body = Some(value.to_string().into_bytes());
        self.json = Some(value);
        if !self.content_type.as_deref().is_some_and(is_json) {
            self.content_type = Some("application/json".into());
        }
    }

    /// Sets a query parameter behind the others, or leaves it out where it has no value.
    pub(super) fn set_query(&mut self, name: &str, value: Option<&str>) {
        let named = pair(name, "");
        let is_other = |pair: &&str| pair.split('=').next() != named.strip_suffix('=');
        let others = self.query.iter().flat_map(|query| query.split('&')).filter(is_other).map(str::to_owned);
        let pairs: Vec<_> = others.chain(value.map(|value| pair(name, value))).collect();
        self.query = (!pairs.is_empty()).then(|| pairs.join("&"));
    }

    /// Sets a header field behind the others, or leaves it out where it has no value.
    pub(super) fn set_field(&mut self, name: &str, value: Option<String>) {
        self.fields.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.fields.extend(value.map(|value| (name.to_ascii_lowercase(), value)));
    }

    /// Makes the content form data of these parts (RFC 7578).
    pub fn set_form(&mut self, parts: &[FormPart]) {
        self.body = Some(form(parts).into_bytes());
        self.json = None;
        self.parts = parts.to_vec();
        self.content_type = Some(format!("multipart/form-data; boundary={BOUNDARY}"));
    }

    /// Makes the content these bytes, under the Content-Type that it has.
    pub fn set_body(&mut self, bytes: impl Into<Vec<u8>>) {
        self.body = Some(bytes.into());
        self.json = None;
    }

    /// The request as it is to leave.
    #[must_use]
    pub fn request(self) -> Request {
        let field = |name: &str, value: String| (name.to_owned(), Template::literal(value));
        let coding = self.accept_encoding.unwrap_or_else(|| "identity".into());
        let mut headers = Vec::new();
        if !self.accept.is_empty() {
            headers.push(field("accept", self.accept));
        }
        headers.push(field("accept-encoding", coding));
        headers.extend(self.fields.into_iter().map(|(name, value)| (name, Template::literal(value))));
        headers.extend(self.common);
        headers.extend(self.credential);
        headers.extend(self.content_type.map(|value| field("content-type", value)));
        headers.extend(self.content_encoding.map(|value| field("content-encoding", value)));
        let target = self.query.map_or_else(|| self.path.clone(), |query| format!("{}?{query}", self.path));
        let Self { method, body, script, connection, .. } = self;
        let request = Request { method, target, headers, body, script, connection };
        if connection == ConnectionUse::Ordinary { request.ordinary() } else { request }
    }
}

/// Whether a correct server refuses the operation's well-formed request, and for which cause.
#[must_use]
pub fn standing(operation: &Operation) -> Option<Cause> {
    if is_refused_by_path(operation) {
        Some(Cause::UnknownResource)
    } else {
        operation.refused.as_ref().map(|refusal| refusal.cause)
    }
}

/// Whether the operation's path names a resource that does not exist.
#[must_use]
pub fn names_nothing(operation: &Operation) -> bool {
    operation.path_parameters.values().any(|field| !field.exists && !field.lenient)
}

/// Whether every correct server refuses what the operation's path names: it does not exist, and is not created on demand.
#[must_use]
pub fn is_refused_by_path(operation: &Operation) -> bool {
    names_nothing(operation) && !operation.may_create()
}

/// Whether the operation's correct request may be sent.
#[must_use]
pub fn is_safe(operation: &Operation) -> bool {
    operation.reads()
}

/// The operation's path with a value for each parameter, percent-encoded where it must be.
pub fn path(operation: &Operation, value: impl Fn(&str, &Field) -> String) -> String {
    let mut path = operation.path.clone();
    for (name, field) in &operation.path_parameters {
        path = path.replace(&format!("{{{name}}}"), &value(name, field));
    }
    path
}

/// The query of the operation's correct request: required parameters, and those with an example.
fn query(operation: &Operation) -> Option<String> {
    let pairs: Vec<_> = operation
        .query
        .iter()
        .filter(|(_, field)| field.required || field.example.is_some())
        .map(|(name, field)| pair(name, &text_of(field)))
        .collect();
    (!pairs.is_empty()).then(|| pairs.join("&"))
}

/// The header fields that the operation's correct request has as parameters: required ones, and those with an example.
fn header_fields(operation: &Operation) -> Vec<(String, String)> {
    let sent = operation.headers.iter().filter(|(_, field)| field.required || field.example.is_some());
    sent.map(|(name, field)| (name.to_ascii_lowercase(), text_of(field))).collect()
}

/// `name=value` in the form of a query.
#[must_use]
pub fn pair(name: &str, value: &str) -> String {
    let encoded = |text: &str| String::from_utf8_lossy(&percent_encoded(text.as_bytes())).into_owned();
    format!("{}={}", encoded(name), encoded(value))
}

/// The query of the operation's correct request with one parameter set to raw text.
#[must_use]
pub fn query_with(operation: &Operation, name: &str, raw: &str) -> String {
    let set = format!("{}={raw}", String::from_utf8_lossy(&percent_encoded(name.as_bytes())));
    let others =
        operation.query.iter().filter(|(other, field)| *other != name && (field.required || field.example.is_some()));
    others.map(|(name, field)| pair(name, &text_of(field))).chain([set]).collect::<Vec<_>>().join("&")
}

/// The header fields that carry a secret.
#[must_use]
pub fn carried(credential: &Credential, secret: &Secret) -> Vec<(String, Template)> {
    let part = |text: &Option<String>| Template::written(text.as_deref().unwrap_or_default());
    match credential.scheme {
        Scheme::Token => {
            let token = format!("{}{}", credential.prefix, secret.token.as_deref().unwrap_or_default());
            vec![(credential.field(), part(&Some(token)))]
        }
        Scheme::Basic => vec![("authorization".into(), Template::basic(part(&secret.login), part(&secret.password)))],
        Scheme::Bearer => {
            let token = format!("Bearer {}", secret.token.as_deref().unwrap_or_default());
            vec![("authorization".into(), part(&Some(token)))]
        }
    }
}

/// A well-formed value of a field.
#[must_use]
pub fn example(field: &Field) -> Value {
    if let Some(example) = &field.example {
        return example.clone();
    }
    match field.kind {
        FieldType::String | FieldType::File => {
            field.values.first().map_or_else(|| json!("errdrift"), |value| json!(value))
        }
        FieldType::Uuid => json!(UNKNOWN_UUID),
        // A negative minimum is a word for something, such as no limit.
        FieldType::Integer | FieldType::Number => {
            let one = field.maximum.map_or(1, |maximum| maximum.min(1));
            json!(field.minimum.filter(|minimum| *minimum >= 0).unwrap_or(one))
        }
        FieldType::Boolean => json!(false),
        FieldType::Object | FieldType::Json => object(&field.members, false),
        FieldType::Array => json!(field.items.iter().map(|item| example(item)).collect::<Vec<_>>()),
    }
}

pub(super) fn text_of(field: &Field) -> String {
    match example(field) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// An object with the required members, and those with an example. A free one has a member of its own.
fn object<'f>(members: impl IntoIterator<Item = (&'f String, &'f Field)>, free: bool) -> Value {
    let mut object: Map<_, _> = members
        .into_iter()
        .filter(|(_, field)| field.required || field.example.is_some())
        .map(|(name, field)| (name.clone(), example(field)))
        .collect();
    if free && object.is_empty() {
        object.insert("errdrift".into(), json!("probe"));
    }
    Value::Object(object)
}

/// The parts of the operation's correct form.
#[must_use]
pub fn parts(body: &Body) -> Vec<FormPart> {
    let sent = |field: &Field| field.required || field.example.is_some() || field.kind == FieldType::Json;
    let text = |field: &Field| if field.kind == FieldType::Json { example(field).to_string() } else { text_of(field) };
    body.members
        .iter()
        .filter(|(_, field)| sent(field))
        .map(|(name, field)| FormPart { name: name.clone(), text: text(field), is_file: field.kind == FieldType::File })
        .collect()
}
