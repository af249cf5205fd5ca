//! How Escrow Box decides: the credentials, the path, the method, the body's type and syntax, the fields, then what exists.
//! Knows no wire, and no drift beyond a check that is left out.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::body;
use super::cause::Cause;
use super::decision::{Check, Decision, Lenience, Refusal, Rules, Success};
use super::escrow_operations::{KNOWN, PLACES};
use super::operation::{Body, Found, Operation, find};
use super::request::{Malformed, Request};
use super::validate::{Class, Trouble, Validator};

const ACTIVE: (&str, &str) = ("48213907", "2ad36899d04cd6e1216fec105d37637d");
const INACTIVE: (&str, &str) = ("48213908", "bf5713f1d98ee785fe5a35536dbeb2e1");

/// What a caller needs to know.
pub(super) const ENVIRONMENT: &[(&str, &str)] = &[
    ("ESCROW_LOGIN", ACTIVE.0),
    ("ESCROW_PASSWORD", ACTIVE.1),
    ("ESCROW_INACTIVE_LOGIN", INACTIVE.0),
    ("ESCROW_INACTIVE_PASSWORD", INACTIVE.1),
];

/// What exists here, by the variable that names it.
pub(super) const EXISTING: &[(&str, &str)] =
    &[("ESCROW_KNOWN_DEAL", KNOWN), ("ESCROW_BROWSER_ORIGIN", "https://shop.example")];

/// The API's own ways.
pub(super) const RULES: Rules =
    Rules { decide, malformed, body: r#"{"error":{"code":"<<code>>","message":<<message>><<fields>>}}"# };

fn decide(request: &Request<'_>, lenience: Lenience) -> Decision {
    let found = find(PLACES, request.path);
    // Named though the credentials are refused before the path is looked at: a drift may concern one operation alone.
    let operation = found.as_ref().and_then(|found| found.operation(request.method));
    Decision { operation, result: judge(request, found.as_ref(), operation, lenience) }
}

fn judge(
    request: &Request<'_>,
    found: Option<&Found<'_>>,
    operation: Option<&'static Operation>,
    lenience: Lenience,
) -> Result<Success, Refusal> {
    if lenience.makes(Check::Credentials) && !lenience.credentials_last {
        credentials(request)?;
    }
    let Some(found) = found else {
        return match request.method {
            "OPTIONS" if request.path == "*" => Ok(options("GET, HEAD, POST, PATCH, OPTIONS".to_owned())),
            "CONNECT" => Err(refuse(Cause::WrongMethod).allowing("GET, HEAD, POST, PATCH, OPTIONS".to_owned())),
            _ => Err(refuse(Cause::UnknownPath)),
        };
    };
    let operation = match operation {
        Some(operation) => operation,
        None if request.method == "OPTIONS" => return Ok(options(found.allow())),
        None if lenience.makes(Check::Method) => return Err(refuse(Cause::WrongMethod).allowing(found.allow())),
        None => &found.place.operations[0],
    };
    let object = object(request, operation.body, lenience)?;
    let mut validator = Validator::new(true);
    for (bound, parameter) in found.parameters() {
        validator.segment(bound.name, parameter.kind, bound.value.as_deref());
    }
    validator.query(operation.query, request.query);
    if let (Body::Json(fields) | Body::JsonOrNothing(fields), Some(object)) = (operation.body, &object) {
        validator.object(fields, object);
    }
    fields(validator.troubles, lenience)?;
    if lenience.makes(Check::Existence) {
        existence(operation, found, object.as_ref())?;
    }
    if lenience.makes(Check::Credentials) && lenience.credentials_last {
        credentials(request)?;
    }
    Ok(Success { status: operation.success.0, body: operation.success.1, allow: None })
}

fn options(allow: String) -> Success {
    Success { status: 204, body: "", allow: Some(allow) }
}

fn refuse(cause: Cause) -> Refusal {
    let (code, message) = match cause {
        Cause::MalformedHttp => ("WRONG_REQUEST", "The request is malformed"),
        Cause::TooLarge => ("REQUEST_TOO_LARGE", "The request is too large"),
        Cause::UnknownPath => ("NOT_FOUND", "There is nothing at this path"),
        Cause::WrongMethod => ("METHOD_NOT_ALLOWED", "The method is not allowed at this path"),
        Cause::NoCredentials | Cause::MalformedCredentials => ("NOT_ALLOWED", "Authorization credentials are required"),
        Cause::WrongCredentials => ("NOT_ALLOWED", "Wrong authorization credentials have been passed to headers"),
        Cause::ExpiredCredentials | Cause::Forbidden => ("NOT_ALLOWED", "Client is not ACTIVE"),
        Cause::MediaType => ("WRONG_CONTENT_TYPE", "The body must be sent as application/json"),
        Cause::Syntax => ("WRONG_JSON", "The body must be a JSON object"),
        Cause::Missing | Cause::Type | Cause::Value => ("FORMAT_ERROR", "The request has wrong fields"),
        Cause::UnknownResource => ("NOT_FOUND", "The requested resource does not exist"),
    };
    Refusal::new(cause, 400, code, message)
}

fn malformed(malformed: Malformed) -> Refusal {
    match malformed {
        Malformed::TargetTooLong | Malformed::HeadTooLarge | Malformed::BodyTooLarge => refuse(Cause::TooLarge),
        _ => refuse(Cause::MalformedHttp),
    }
}

fn credentials(request: &Request<'_>) -> Result<(), Refusal> {
    let mut all = request.all("authorization");
    let Some(header) = all.next() else {
        return Err(refuse(Cause::NoCredentials));
    };
    let sent = if all.next().is_some() { None } else { basic(header) };
    let Some((login, password)) = sent else {
        return Err(refuse(Cause::MalformedCredentials));
    };
    match (login.as_str(), password.as_str()) {
        ACTIVE => Ok(()),
        INACTIVE => Err(refuse(Cause::Forbidden)),
        _ => Err(refuse(Cause::WrongCredentials)),
    }
}

fn basic(header: &[u8]) -> Option<(String, String)> {
    let (scheme, encoded) = std::str::from_utf8(header).ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (login, password) = decoded.split_once(':')?;
    Some((login.to_owned(), password.to_owned()))
}

/// The body as an object; none where there is nothing to look into.
fn object(request: &Request<'_>, declared: Body, lenience: Lenience) -> Result<Option<Map<String, Value>>, Refusal> {
    match declared {
        Body::Json(_) => {}
        Body::JsonOrNothing(_) if !request.body.is_empty() => {}
        Body::JsonOrNothing(_) | Body::Ignored | Body::Multipart { .. } => return Ok(None),
    }
    if lenience.makes(Check::MediaType) && !(body::is_json(request) && body::is_plain(request)) {
        return Err(refuse(Cause::MediaType));
    }
    match serde_json::from_slice(request.body) {
        Ok(Value::Object(object)) => Ok(Some(object)),
        Ok(_) | Err(_) if lenience.makes(Check::Syntax) => Err(refuse(Cause::Syntax)),
        Ok(_) | Err(_) => Ok(None),
    }
}

fn fields(mut troubles: Vec<Trouble>, lenience: Lenience) -> Result<(), Refusal> {
    troubles.retain(|trouble| {
        lenience.makes(match trouble.class {
            Class::Missing => Check::Missing,
            Class::Type => Check::Type,
            Class::Value => Check::Value,
        })
    });
    let Some(first) = troubles.first() else { return Ok(()) };
    let cause = match first.class {
        Class::Missing => Cause::Missing,
        Class::Type => Cause::Type,
        Class::Value => Cause::Value,
    };
    let mut mirror = Map::new();
    for trouble in &troubles {
        reflect(&mut mirror, &trouble.path, trouble.word);
    }
    Err(refuse(cause).with_fields(mirror))
}

/// Puts a word where the request has the wrong field.
fn reflect(mirror: &mut Map<String, Value>, path: &[&'static str], word: &'static str) {
    match path {
        [] => {}
        [name] => {
            mirror.insert((*name).to_owned(), word.into());
        }
        [name, rest @ ..] => {
            if let Value::Object(inner) = mirror.entry(*name).or_insert_with(|| Value::Object(Map::new())) {
                reflect(inner, rest, word);
            }
        }
    }
}

fn existence(operation: &Operation, found: &Found<'_>, object: Option<&Map<String, Value>>) -> Result<(), Refusal> {
    for (bound, parameter) in found.parameters() {
        let given = bound.value.as_deref().unwrap_or_default();
        if !parameter.known.contains(&given) {
            return Err(Refusal { code: parameter.unknown, ..refuse(Cause::UnknownResource) });
        }
    }
    for reference in operation.references {
        if object.is_some_and(|object| !body::names(object, reference)) {
            return Err(Refusal { code: reference.unknown, ..refuse(reference.cause) });
        }
    }
    Ok(())
}
