//! A server that forgives whatever some real server forgives, over a suite's declarations. What it accepts, a run might
//! carry out somewhere. It shares no code with the planner.

use super::lenient_body::{Members, number, read, values};
use super::lenient_json::Json;
use errdrift::catalog::suite::{Credential, FieldType, Operation, Scheme, Secret, Suite};
use errdrift::model::exchange::Request;
use errdrift::model::secret::{Environment, Template};

/// Values for every variable of a suite, each different.
pub(crate) fn environment(request: &Request) -> Environment {
    Environment::new(request.variables().into_iter().map(|name| (name.to_owned(), value_of(name))))
}

fn value_of(name: &str) -> String {
    format!("value-of-{name}")
}

/// The operations that some server might carry out for the request.
pub(crate) fn accepted<'s>(suite: &'s Suite, request: &Request) -> Vec<&'s Operation> {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let reached = suite.operation.iter().filter(|operation| is_taken_for(suite, operation, &request.method));
    reached.filter(|operation| accepts(suite, operation, path, query, request)).collect()
}

/// Whether a server takes the method for that of the operation: in whatever case, and every one that it does not know on
/// the path for POST.
fn is_taken_for(suite: &Suite, operation: &Operation, method: &str) -> bool {
    let known = || suite.has_method(&operation.path, method) || ["GET", "HEAD", "OPTIONS", "TRACE"].contains(&method);
    operation.method.eq_ignore_ascii_case(method) || (operation.method == "POST" && !known())
}

/// Whether a server that creates by PUT whatever it is given would store something for the request: an object, or nothing.
pub(crate) fn is_stored(suite: &Suite, request: &Request) -> bool {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let reached = suite.operation.iter().filter(|operation| same_path_as(operation, path));
    let mut reached = reached.filter(|operation| authorised(suite, operation, query, request));
    let body = request.body.as_deref().unwrap_or_default();
    let is_object = body.is_empty() || matches!(super::lenient_json::parse(body), Some(Json::Object(_)));
    request.method.eq_ignore_ascii_case("PUT") && is_object && reached.next().is_some()
}

fn same_path_as(operation: &Operation, path: &str) -> bool {
    let parts = |path: &str| -> Vec<String> { path.split('/').filter(|part| !part.is_empty()).map(decoded).collect() };
    let (declared, given) = (parts(&operation.path), parts(path));
    declared.len() == given.len()
        && declared.iter().zip(&given).all(|(declared, given)| name_of(declared).is_some() || declared == given)
}

fn accepts(suite: &Suite, operation: &Operation, path: &str, query: &str, request: &Request) -> bool {
    reaches(operation, path) && authorised(suite, operation, query, request) && {
        let content_type = request.header("content-type").map(Template::masked).unwrap_or_default();
        let content_type = String::from_utf8_lossy(&content_type).into_owned();
        match &operation.body {
            None => has_query(operation, query),
            Some(body) => read(body, request.body.as_deref(), &content_type)
                .is_some_and(|members| has_query(operation, query) && !refers_to_nothing(operation, &members)),
        }
    }
}

/// Whether the path is the operation's, slashes merged, and every resource that it names might exist.
fn reaches(operation: &Operation, path: &str) -> bool {
    let parts = |path: &str| -> Vec<String> { path.split('/').filter(|part| !part.is_empty()).map(decoded).collect() };
    let (declared, given) = (parts(&operation.path), parts(path));
    declared.len() == given.len()
        && declared.iter().zip(&given).all(|(declared, given)| match name_of(declared) {
            Some(name) => exists(operation, name, given),
            None => declared.eq_ignore_ascii_case(given),
        })
}

fn name_of(part: &str) -> Option<&str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

/// The suite's own examples do not exist unless it says so; ids that errdrift makes up do not exist either. A number that
/// is not the example may be somebody's.
fn exists(operation: &Operation, name: &str, given: &str) -> bool {
    let Some(field) = operation.path_parameters.get(name) else { return true };
    // What creates may create on demand what it names, or what it needs on the way.
    if operation.may_create() {
        return true;
    }
    let example = field.example.as_ref().map(|example| example.as_str().map_or(example.to_string(), str::to_owned));
    if example.as_deref() == Some(given) {
        return field.exists;
    }
    field.kind == FieldType::Integer && given.parse::<f64>().is_ok()
}

fn decoded(part: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = part.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        if let Some(byte) = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|_| *first == b'%') {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether every required parameter is there; of which value, a lenient server does not mind.
fn has_query(operation: &Operation, query: &str) -> bool {
    let names: Vec<_> = query.split('&').filter_map(|pair| pair.split('=').next()).filter(|n| !n.is_empty()).collect();
    let given = |name: &String| names.iter().any(|other| other.eq_ignore_ascii_case(name));
    operation.query.iter().all(|(name, field)| !field.required || given(name))
        && (!operation.query_required || !names.is_empty())
}

/// Whether the right credential comes somehow: in any field of that name, or in the query.
fn authorised(suite: &Suite, operation: &Operation, query: &str, request: &Request) -> bool {
    let declared = operation.credential.as_ref().filter(|_| operation.credentials_unsure.is_none());
    let Some(credential) = declared.and_then(|name| suite.credentials.get(name)) else { return true };
    let environment = environment(request);
    let right = right(credential);
    let field = credential.header.as_deref().unwrap_or("authorization");
    let mut given: Vec<Vec<u8>> = request
        .headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(field) || name == "authorization")
        .map(|(_, value)| value.resolve(&environment).unwrap())
        .collect();
    given
        .extend(query.split('&').filter_map(|pair| pair.split_once('=')).map(|(_, value)| decoded(value).into_bytes()));
    given.iter().any(|value| right.iter().any(|right| value.windows(right.len()).any(|part| part == right.as_slice())))
}

/// The bytes that a credential is told by: all of a token, the pair in Base64. One that is forbidden somewhere may be
/// enough elsewhere.
fn right(credential: &Credential) -> Vec<Vec<u8>> {
    let resolved = |text: &Option<String>| {
        let text = text.clone().unwrap_or_default();
        text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).map_or(text.clone(), value_of)
    };
    let weak = credential.forbidden.as_ref().filter(|_| credential.scheme != Scheme::Basic);
    [Some(&credential.valid), weak]
        .into_iter()
        .flatten()
        .map(|secret: &Secret| match credential.scheme {
            Scheme::Token | Scheme::Bearer => resolved(&secret.token).into_bytes(),
            Scheme::Basic => {
                use base64_of::encode;
                encode(format!("{}:{}", resolved(&secret.login), resolved(&secret.password)).as_bytes()).into_bytes()
            }
        })
        .collect()
}

mod base64_of {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// RFC 4648, section 4.
    pub(super) fn encode(bytes: &[u8]) -> String {
        let mut text = String::new();
        for group in bytes.chunks(3) {
            let bits = group.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
            for place in 0..4 {
                let letter = char::from(ALPHABET[(bits >> (18 - 6 * place) & 63) as usize]);
                text.push(if place <= group.len() { letter } else { '=' });
            }
        }
        text
    }
}

/// Whether the body names what nobody has: the suite says that its example does, and so does each text that errdrift
/// makes up. A number other than the example may be somebody's.
fn refers_to_nothing(operation: &Operation, members: &Members) -> bool {
    let Some(body) = operation.body.as_ref().filter(|_| operation.refused.is_some()) else { return false };
    body.members.iter().any(|(name, field)| {
        let example = field.example.as_ref().and_then(serde_json::Value::as_f64);
        values(members, name).into_iter().any(|value| match (field.kind, example) {
            // 18446744073709551615 and beyond are no ids; a fraction is rounded either way.
            (FieldType::Integer, Some(example)) => number(value).is_none_or(|number| {
                let near = [number.floor(), number.ceil()];
                !number.is_finite() || number > 1e15 || near.iter().all(|id| (id - example).abs() < f64::EPSILON)
            }),
            (FieldType::Integer, None) => false,
            _ => field.required && !matches!(value, Json::Null),
        })
    })
}
