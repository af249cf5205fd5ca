//! Drifts of Escrow Box in how a request is answered: what is accepted, the status, the code, the order of checks. A table, nothing that decides.

use super::api::Api;
use super::cause::Cause;
use super::decision::Check;
use super::drift::{ALWAYS, Change, Drift, Scope, error};

const CREDENTIALS: &[Cause] =
    &[Cause::NoCredentials, Cause::MalformedCredentials, Cause::WrongCredentials, Cause::Forbidden];

/// One row for each.
pub(super) static TABLE: &[Drift] = &[
    error(
        Api::EscrowBox,
        "ignores-credentials",
        "request-accepted",
        "No credentials are needed anywhere.",
        Scope::on(CREDENTIALS),
        &[Change::Skip(Check::Credentials)],
    ),
    error(
        Api::EscrowBox,
        "ignores-credentials-at-cities",
        "request-accepted",
        "One operation needs no credentials.",
        Scope::on(CREDENTIALS).at("handlers.cities"),
        &[Change::Skip(Check::Credentials)],
    ),
    error(
        Api::EscrowBox,
        "accepts-any-password",
        "request-accepted",
        "Any login and password are as good as known ones.",
        Scope::on(&[Cause::WrongCredentials]),
        &[Change::Skip(Check::Credentials)],
    ),
    error(
        Api::EscrowBox,
        "accepts-inactive-client",
        "request-accepted",
        "An account that was switched off still works.",
        Scope::on(&[Cause::Forbidden]),
        &[Change::Skip(Check::Credentials)],
    ),
    error(
        Api::EscrowBox,
        "accepts-malformed-json",
        "request-accepted",
        "A body that is no JSON counts as an empty object.",
        Scope::on(&[Cause::Syntax]),
        &[Change::Skip(Check::Syntax)],
    ),
    error(
        Api::EscrowBox,
        "accepts-missing-fields",
        "request-accepted",
        "Required fields may be left out.",
        Scope::on(&[Cause::Missing]),
        &[Change::Skip(Check::Missing)],
    ),
    error(
        Api::EscrowBox,
        "accepts-wrong-types",
        "request-accepted",
        "Values of a wrong type are accepted.",
        Scope::on(&[Cause::Type]),
        &[Change::Skip(Check::Type)],
    ),
    error(
        Api::EscrowBox,
        "accepts-wrong-method",
        "request-accepted",
        "A method that a resource does not have is taken for one that it has.",
        Scope::on(&[Cause::WrongMethod]),
        &[Change::Skip(Check::Method)],
    ),
    error(
        Api::EscrowBox,
        "finds-unknown-resources",
        "request-accepted",
        "A resource that does not exist is answered as if it did.",
        Scope::on(&[Cause::UnknownResource]),
        &[Change::Skip(Check::Existence)],
    ),
    error(
        Api::EscrowBox,
        "errors-with-200",
        "error-under-success",
        "Every error is sent with status 200.",
        ALWAYS,
        &[Change::Status(200)],
    ),
    error(
        Api::EscrowBox,
        "sister-envelope",
        "error-under-success",
        "Errors come in the envelope of another service, with status 200.",
        ALWAYS,
        &[Change::Status(200), Change::Template(r#"{"status":0,"error":{"code":"<<code>>"<<fields>>}}"#)],
    ),
    error(
        Api::EscrowBox,
        "malformed-body-with-500",
        "status-class-unexpected",
        "A body that is no JSON is answered by status 500.",
        Scope::on(&[Cause::Syntax]),
        &[Change::Status(500)],
    ),
    error(
        Api::EscrowBox,
        "unknown-resource-with-500",
        "status-class-unexpected",
        "An unknown resource is answered by status 500.",
        Scope::on(&[Cause::UnknownResource]),
        &[Change::Status(500)],
    ),
    error(
        Api::EscrowBox,
        "credentials-with-401",
        "status-unexpected",
        "Refused credentials are answered by status 401.",
        Scope::on(CREDENTIALS),
        &[Change::Status(401), Change::Header("WWW-Authenticate", "Basic realm=\"api\"")],
    ),
    error(
        Api::EscrowBox,
        "unknown-resource-with-404",
        "status-unexpected",
        "An unknown resource is answered by status 404.",
        Scope::on(&[Cause::UnknownResource]),
        &[Change::Status(404)],
    ),
    error(
        Api::EscrowBox,
        "wrong-fields-with-422",
        "status-unexpected",
        "Wrong fields are answered by status 422.",
        Scope::on(&[Cause::Missing, Cause::Type, Cause::Value]),
        &[Change::Status(422)],
    ),
    error(
        Api::EscrowBox,
        "media-type-with-415",
        "status-unexpected",
        "A media type that is not supported is answered by status 415.",
        Scope::on(&[Cause::MediaType]),
        &[Change::Status(415)],
    ),
    error(
        Api::EscrowBox,
        "unauthorized-code",
        "code-unexpected",
        "Missing credentials have a code of their own.",
        Scope::on(&[Cause::NoCredentials, Cause::MalformedCredentials]),
        &[Change::Code("UNAUTHORIZED")],
    ),
    error(
        Api::EscrowBox,
        "wrong-password-code",
        "code-unexpected",
        "A wrong password has a code of its own.",
        Scope::on(&[Cause::WrongCredentials]),
        &[Change::Code("WRONG_CREDENTIALS")],
    ),
    error(
        Api::EscrowBox,
        "malformed-body-unhandled",
        "fault-unhandled",
        "A body that is no JSON is answered by an unknown error with status 400.",
        Scope::on(&[Cause::Syntax]),
        &[Change::Code("UNKNOWN_ERROR"), Change::Message("Internal server error")],
    )
    .warning(),
    error(
        Api::EscrowBox,
        "wrong-fields-unhandled",
        "fault-unhandled",
        "Wrong fields are answered by an unknown error with status 500.",
        Scope::on(&[Cause::Missing, Cause::Type, Cause::Value]),
        &[
            Change::Status(500),
            Change::Template(r#"{"error":{"code":"UNKNOWN_ERROR","message":"Internal server error"}}"#),
        ],
    )
    .warning(),
    error(
        Api::EscrowBox,
        "other-wording",
        "message-unexpected",
        "Missing credentials are answered in other words.",
        Scope::on(&[Cause::NoCredentials, Cause::MalformedCredentials]),
        &[Change::Message("Please authenticate")],
    )
    .warning(),
    error(
        Api::EscrowBox,
        "swapped-messages",
        "message-unexpected",
        "A wrong password is answered by the message for missing credentials.",
        Scope::on(&[Cause::WrongCredentials]),
        &[Change::Message("Authorization credentials are required")],
    )
    .warning(),
    error(
        Api::EscrowBox,
        "credentials-checked-last",
        "credentials-checked-late",
        "Credentials are only asked for when the resource exists and all else holds.",
        Scope::on(CREDENTIALS),
        &[Change::CredentialsLast],
    )
    .warning(),
];
