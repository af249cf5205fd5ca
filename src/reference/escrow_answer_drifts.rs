//! Drifts of Escrow Box in how a request is answered: what is accepted, the status, the code, the order of checks.
//! A table, nothing that decides.

use super::api::Api;
use super::decision::Check;
use super::drift::{Drift, table};

/// One row for each.
pub(super) static TABLE: &[Drift] = table! { Api::EscrowBox:
    error "ignores-credentials": "request-accepted" on [NoCredentials MalformedCredentials WrongCredentials Forbidden] =>
        Skip(Check::Credentials);
        "No credentials are needed anywhere.";
    error "ignores-credentials-at-cities": "request-accepted" on [NoCredentials MalformedCredentials WrongCredentials Forbidden].at("handlers.cities") =>
        Skip(Check::Credentials);
        "One operation needs no credentials.";
    error "accepts-any-password": "request-accepted" on [WrongCredentials] => Skip(Check::Credentials);
        "Any login and password are as good as known ones.";
    error "accepts-inactive-client": "request-accepted" on [Forbidden] => Skip(Check::Credentials);
        "An account that was switched off still works.";
    error "accepts-malformed-json": "request-accepted" on [Syntax] => Skip(Check::Syntax);
        "A body that is no JSON counts as an empty object.";
    error "accepts-missing-fields": "request-accepted" on [Missing] => Skip(Check::Missing);
        "Required fields may be left out.";
    error "accepts-wrong-types": "request-accepted" on [Type] => Skip(Check::Type);
        "Values of a wrong type are accepted.";
    error "accepts-wrong-method": "request-accepted" on [WrongMethod] => Skip(Check::Method);
        "A method that a resource does not have is taken for one that it has.";
    error "finds-unknown-resources": "request-accepted" on [UnknownResource] => Skip(Check::Existence);
        "A resource that does not exist is answered as if it did.";
    error "errors-with-200": "error-under-success" always => Status(200);
        "Every error is sent with status 200.";
    error "sister-envelope": "error-under-success" always =>
        Status(200), Template(r#"{"status":0,"error":{"code":"<<code>>"<<fields>>}}"#);
        "Errors come in the envelope of another service, with status 200.";
    error "malformed-body-with-500": "status-class-unexpected" on [Syntax] => Status(500);
        "A body that is no JSON is answered by status 500.";
    error "unknown-resource-with-500": "status-class-unexpected" on [UnknownResource] => Status(500);
        "An unknown resource is answered by status 500.";
    error "credentials-with-401": "status-unexpected" on [NoCredentials MalformedCredentials WrongCredentials Forbidden] =>
        Status(401), Header("WWW-Authenticate", "Basic realm=\"api\"");
        "Refused credentials are answered by status 401.";
    error "unknown-resource-with-404": "status-unexpected" on [UnknownResource] => Status(404);
        "An unknown resource is answered by status 404.";
    error "wrong-fields-with-422": "status-unexpected" on [Missing Type Value] => Status(422);
        "Wrong fields are answered by status 422.";
    error "media-type-with-415": "status-unexpected" on [MediaType] => Status(415);
        "A media type that is not supported is answered by status 415.";
    error "unauthorized-code": "code-unexpected" on [NoCredentials MalformedCredentials] => Code("UNAUTHORIZED");
        "Missing credentials have a code of their own.";
    error "wrong-password-code": "code-unexpected" on [WrongCredentials] => Code("WRONG_CREDENTIALS");
        "A wrong password has a code of its own.";
    warning "malformed-body-unhandled": "fault-unhandled" on [Syntax] =>
        Code("UNKNOWN_ERROR"), Message("Internal server error");
        "A body that is no JSON is answered by an unknown error with status 400.";
    warning "wrong-fields-unhandled": "fault-unhandled" on [Missing Type Value] =>
        Status(500), Template(r#"{"error":{"code":"UNKNOWN_ERROR","message":"Internal server error"}}"#);
        "Wrong fields are answered by an unknown error with status 500.";
    warning "other-wording": "message-unexpected" on [NoCredentials MalformedCredentials] =>
        Message("Please authenticate");
        "Missing credentials are answered in other words.";
    warning "swapped-messages": "message-unexpected" on [WrongCredentials] =>
        Message("Authorization credentials are required");
        "A wrong password is answered by the message for missing credentials.";
    warning "credentials-checked-last": "credentials-checked-late" on [NoCredentials MalformedCredentials WrongCredentials Forbidden] =>
        CredentialsLast;
        "Credentials are only asked for when the resource exists and all else holds.";
};
