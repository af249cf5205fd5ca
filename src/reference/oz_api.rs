//! How the Oz API decides: the path, the method, the token, the body's type, the ids, the values, then what exists.
//! Knows no wire, and no drift beyond a check that is left out.

use serde_json::{Map, Value};

use super::cause::Cause;
use super::decision::{Check, Decision, Lenience, Refusal, Rules, Success};
use super::operation::{Access, Body, Found, Operation, find};
use super::oz_operations::{ISSUED, KNOWN, PLACES};
use super::request::{Malformed, Request};
use super::validate::{Class, Trouble, Validator};
use super::{body, multipart};

const TOKEN: &str = "e4a8be00a7fcee1ed5c351f927b57077016c461605be22c3f55e4c0cb34afcdad5bae696a2c3cd4b4ec1be7b81e5fc1503cfe80db5156fcaffdacfcecba17f81";
const WEAK_TOKEN: &str = "b2eda64e2298f69a07275c27b48fb5fec74113680c5951e9c479cd7dcfa0a75b058c79cd387281711b6f633f855c19f6cecca12768fb3a7608124b98c2f259e2";
const EXPIRED_TOKEN: &str = "4540e885cb6af150a0600b7fd57367f7a30d2606733914c4eab0c284ae21d231869707cfbb1171c347519a8d00e1461d59b59e5a848cb1f769dbbe34057ce4be";

/// What a caller needs to know.
pub(super) const ENVIRONMENT: &[(&str, &str)] =
    &[("OZ_TOKEN", TOKEN), ("OZ_WEAK_TOKEN", WEAK_TOKEN), ("OZ_EXPIRED_TOKEN", EXPIRED_TOKEN)];

/// What exists here, by the variable that names it.
pub(super) const EXISTING: &[(&str, &str)] =
    &[("OZ_KNOWN_FOLDER", KNOWN), ("OZ_BROWSER_ORIGIN", "https://console.example")];

/// The API's own ways.
pub(super) const RULES: Rules =
    Rules { decide, malformed, body: r#"{"error_code": <<code>>, "error_message": <<message>>, "details": null}"# };

fn decide(request: &Request<'_>, lenience: Lenience) -> Decision {
    let mut operation = None;
    let result = judge(request, lenience, &mut operation);
    Decision { operation, result }
}

fn judge(
    request: &Request<'_>,
    lenience: Lenience,
    reached: &mut Option<&'static Operation>,
) -> Result<Success, Refusal> {
    let path = request.path.strip_suffix('/').unwrap_or(request.path);
    let found = match find(PLACES, path) {
        Some(found) => found,
        None if request.path == "*" => return Ok(options("GET, HEAD, POST, PATCH, DELETE, OPTIONS".to_owned())),
        None if request.method == "CONNECT" => {
            return Err(refuse(Cause::WrongMethod).allowing("GET, HEAD, POST, PATCH, DELETE, OPTIONS".to_owned()));
        }
        None => return Err(refuse(Cause::UnknownPath)),
    };
    let operation = match found.operation(request.method) {
        Some(operation) => operation,
        None if request.method == "OPTIONS" => return Ok(options(found.allow())),
        None if lenience.makes(Check::Method) => return Err(refuse(Cause::WrongMethod).allowing(found.allow())),
        None => &found.place.operations[0],
    };
    *reached = Some(operation);
    if lenience.makes(Check::Credentials) && !lenience.credentials_last {
        token(request, operation.access)?;
    }
    if lenience.makes(Check::MediaType) {
        media_type(request, operation.body)?;
    }
    let object = values(request, operation, &found, lenience)?;
    if lenience.makes(Check::Existence) {
        existence(operation, &found, object.as_ref())?;
    }
    if lenience.makes(Check::Credentials) && lenience.credentials_last {
        token(request, operation.access)?;
    }
    Ok(Success { status: operation.success.0, body: operation.success.1, allow: None })
}

fn options(allow: String) -> Success {
    Success { status: 204, body: "", allow: Some(allow) }
}

fn refuse(cause: Cause) -> Refusal {
    let (status, code, message) = match cause {
        Cause::MalformedHttp | Cause::Syntax => (400, "3", "The structure of the request is invalid"),
        Cause::TooLarge => (413, "3", "The request is too large"),
        Cause::UnknownPath | Cause::UnknownResource => (404, "10", "The requested resource does not exist"),
        Cause::WrongMethod => (405, "1", "The method is not allowed for this resource"),
        Cause::NoCredentials => (401, "6", "No access token was given"),
        Cause::MalformedCredentials | Cause::WrongCredentials => (401, "7", "The access token does not exist"),
        Cause::ExpiredCredentials => (401, "8", "The access token is expired"),
        Cause::Forbidden => (403, "9", "Not enough rights for this operation"),
        Cause::MediaType => (415, "3", "The media type of the body is not supported"),
        Cause::Missing => (400, "3", "A required parameter is missing"),
        Cause::Type => (400, "5", "A parameter has a wrong type"),
        Cause::Value => (400, "4", "A parameter has an invalid value"),
    };
    Refusal::new(cause, status, code, message)
}

fn malformed(malformed: Malformed) -> Refusal {
    let (status, message) = match malformed {
        Malformed::Line => (400, "The request line is malformed"),
        Malformed::Version => (400, "The version of HTTP is not supported"),
        Malformed::Header => (400, "A header is malformed"),
        Malformed::Host => (400, "The header Host is missing, repeated or malformed"),
        Malformed::Length => (400, "The length of the body is contradictory or malformed"),
        Malformed::Coding => (400, "The transfer coding is not supported"),
        Malformed::Chunk => (400, "The chunks of the body are malformed"),
        Malformed::Unfinished => (408, "The request was not finished"),
        Malformed::Expectation => (417, "The expectation is not supported"),
        Malformed::TargetTooLong => (414, "The target of the request is too long"),
        Malformed::HeadTooLarge => (431, "The headers of the request are too large"),
        Malformed::BodyTooLarge => (413, "The body of the request is too large"),
    };
    let cause = if matches!(status, 413 | 414 | 431) { Cause::TooLarge } else { Cause::MalformedHttp };
    Refusal::new(cause, status, "3", message)
}

fn token(request: &Request<'_>, access: Access) -> Result<(), Refusal> {
    if access == Access::Anyone {
        return Ok(());
    }
    let mut tokens = request.all("x-forensic-access-token");
    let Some(token) = tokens.next().filter(|token| !token.trim_ascii().is_empty()) else {
        return Err(refuse(Cause::NoCredentials));
    };
    match token {
        _ if tokens.next().is_some() => Err(refuse(Cause::WrongCredentials)),
        token if token == TOKEN.as_bytes() || token == ISSUED.as_bytes() => Ok(()),
        token if token == EXPIRED_TOKEN.as_bytes() => Err(refuse(Cause::ExpiredCredentials)),
        token if token != WEAK_TOKEN.as_bytes() => Err(refuse(Cause::WrongCredentials)),
        _ if access == Access::Administrator => Err(refuse(Cause::Forbidden)),
        _ => Ok(()),
    }
}

fn media_type(request: &Request<'_>, declared: Body) -> Result<(), Refusal> {
    let right = match declared {
        Body::Ignored => return Ok(()),
        Body::Json(_) | Body::JsonOrNothing(_) => body::is_json(request),
        Body::Multipart { octets, .. } => match body::media_type(request) {
            Some((kind, _)) => {
                kind.eq_ignore_ascii_case("multipart/form-data")
                    || octets && kind.eq_ignore_ascii_case("application/octet-stream")
            }
            None => false,
        },
    };
    if right && body::is_plain(request) { Ok(()) } else { Err(refuse(Cause::MediaType)) }
}

/// The ids, the query and the body; what the body says, when it says something.
fn values(
    request: &Request<'_>,
    operation: &Operation,
    found: &Found<'_>,
    lenience: Lenience,
) -> Result<Option<Map<String, Value>>, Refusal> {
    let mut ids = Validator::new(false);
    for (bound, parameter) in found.parameters() {
        ids.segment(bound.name, parameter.kind, bound.value.as_deref());
    }
    first(&ids.troubles, lenience)?;
    let mut validator = Validator::new(false);
    validator.query(operation.query, request.query);
    let object = match body_object(request, operation.body) {
        Ok(object) => object,
        Err(refusal) if refusal.cause == Cause::Missing && !lenience.makes(Check::Missing) => None,
        Err(refusal) if refusal.cause == Cause::Syntax && !lenience.makes(Check::Syntax) => None,
        Err(refusal) => return Err(refusal),
    };
    if let Some(object) = &object {
        match operation.body {
            Body::Json(fields) | Body::JsonOrNothing(fields) | Body::Multipart { payload: fields, .. } => {
                validator.object(fields, object);
            }
            Body::Ignored => {}
        }
    }
    first(&validator.troubles, lenience)?;
    Ok(object)
}

fn first(troubles: &[Trouble], lenience: Lenience) -> Result<(), Refusal> {
    let classes = [
        (Class::Missing, Check::Missing, Cause::Missing, "is missing"),
        (Class::Type, Check::Type, Cause::Type, "has a wrong type"),
        (Class::Value, Check::Value, Cause::Value, "has an invalid value"),
    ];
    for (class, check, cause, what) in classes {
        if !lenience.makes(check) {
            continue;
        }
        if let Some(trouble) = troubles.iter().find(|trouble| trouble.class == class) {
            let refusal = refuse(cause);
            if trouble.path.is_empty() {
                return Err(refusal);
            }
            let message = format!("The parameter '{}' {what}", trouble.path.join("."));
            return Err(Refusal { message: message.into(), ..refusal });
        }
    }
    Ok(())
}

fn body_object(request: &Request<'_>, declared: Body) -> Result<Option<Map<String, Value>>, Refusal> {
    match declared {
        Body::Ignored => Ok(None),
        Body::JsonOrNothing(_) if request.body.is_empty() => Ok(None),
        Body::Json(_) | Body::JsonOrNothing(_) => object(request.body).map(Some),
        Body::Multipart { payload_required, .. } => {
            let (kind, parameters) = body::media_type(request).ok_or_else(|| refuse(Cause::Syntax))?;
            if !kind.eq_ignore_ascii_case("multipart/form-data") {
                return if request.body.is_empty() { Err(refuse(Cause::Syntax)) } else { Ok(None) };
            }
            let parts = body::parameter(parameters, "boundary")
                .filter(|boundary| !boundary.is_empty())
                .and_then(|boundary| multipart::parts(request.body, boundary))
                .ok_or_else(|| refuse(Cause::Syntax))?;
            match parts.iter().find(|part| part.name == "payload") {
                Some(part) => object(part.content).map(Some),
                None if payload_required => Err(refuse(Cause::Missing)),
                None => Ok(None),
            }
        }
    }
}

fn object(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) | Err(_) => Err(refuse(Cause::Syntax)),
    }
}

fn existence(operation: &Operation, found: &Found<'_>, object: Option<&Map<String, Value>>) -> Result<(), Refusal> {
    for (bound, parameter) in found.parameters() {
        let given = bound.value.as_deref().unwrap_or_default();
        if !parameter.known.iter().any(|known| known.eq_ignore_ascii_case(given)) {
            return Err(refuse(Cause::UnknownResource));
        }
    }
    for reference in operation.references {
        if object.is_some_and(|object| !body::names(object, reference)) {
            return Err(Refusal { code: reference.unknown, ..refuse(reference.cause) });
        }
    }
    Ok(())
}
