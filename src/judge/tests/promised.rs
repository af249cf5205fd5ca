//! What the two documents promise as the answer to a cause, written down a second time, without the contracts' files.

use crate::model::cause::Cause;
use crate::plan::Probe;
use serde_json::{Value, json};

/// The status and the body that the document promises for the cause.
pub(crate) fn answer(probe: &Probe, cause: Cause) -> (u16, Value) {
    match probe.api.suite.id.as_str() {
        "oz-api" => oz(cause),
        "things" => (404, json!({"type": "about:blank", "title": "Not Found", "status": 404})),
        "traced" => (404, json!({"errors": [{"code": "GONE", "message": "It is gone"}, {"code": "BAD"}]})),
        _ => (400, escrow(cause)),
    }
}

fn oz(cause: Cause) -> (u16, Value) {
    let (status, code, message) = match cause {
        Cause::WrongMethod => (405, 1, "The method is not allowed"),
        Cause::NoCredentials | Cause::MalformedCredentials => (401, 6, "No token"),
        Cause::InvalidCredentials => (401, 7, "The token does not exist"),
        Cause::ExpiredCredentials => (401, 8, "The token has expired"),
        Cause::Forbidden => (403, 9, "Not enough rights"),
        Cause::WrongType => (400, 5, "A wrong type"),
        Cause::InvalidValue => (400, 4, "A wrong value"),
        Cause::UnknownResource | Cause::UnknownPath => (404, 10, "It does not exist"),
        Cause::TooLarge => (413, 3, "Too large"),
        Cause::WrongMediaType => (415, 3, "A wrong media type"),
        Cause::NotAcceptable => (406, 3, "No such representation"),
        Cause::MalformedBody | Cause::MissingField | Cause::MalformedHttp => (400, 3, "A wrong structure"),
    };
    (status, json!({"error_code": code, "error_message": message}))
}

fn escrow(cause: Cause) -> Value {
    let (code, message) = match cause {
        Cause::NoCredentials | Cause::MalformedCredentials => ("NOT_ALLOWED", "Authorization credentials are required"),
        Cause::InvalidCredentials => ("NOT_ALLOWED", "Wrong authorization credentials have been passed to headers"),
        Cause::Forbidden => ("NOT_ALLOWED", "Client is not ACTIVE"),
        _ => ("FORMAT_ERROR", "The request is wrong"),
    };
    json!({"error": {"code": code, "message": message}})
}
