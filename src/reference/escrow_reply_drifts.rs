//! Drifts of Escrow Box in how a reply arrives: its delivery, its headers, the bytes of its body. A table, nothing that decides.

use super::api::Api;
use super::cause::Cause;
use super::draft::Delivery;
use super::drift::{ALWAYS, Change, Drift, Encoding, Scope, error};
use super::pages;

/// One row for each.
pub(super) static TABLE: &[Drift] = &[
    error(
        Api::EscrowBox,
        "closes-without-reply",
        "no-reply",
        "A body that is no JSON makes the deployment close the connection.",
        Scope::on(&[Cause::Syntax]),
        &[Change::Deliver(Delivery::Close)],
    ),
    error(
        Api::EscrowBox,
        "resets-on-unknown-resource",
        "no-reply",
        "An unknown resource makes the deployment reset the connection.",
        Scope::on(&[Cause::UnknownResource]),
        &[Change::Deliver(Delivery::Reset)],
    ),
    error(
        Api::EscrowBox,
        "hangs-on-wrong-fields",
        "no-reply",
        "Wrong fields are never answered.",
        Scope::on(&[Cause::Missing, Cause::Type, Cause::Value]),
        &[Change::Deliver(Delivery::Hang)],
    ),
    error(
        Api::EscrowBox,
        "answers-garbage",
        "reply-not-http",
        "An unknown resource is answered by bytes that are no HTTP.",
        Scope::on(&[Cause::UnknownResource]),
        &[Change::Deliver(Delivery::Garbage(b"SSH-2.0-OpenSSH_9.2p1\r\n"))],
    ),
    error(
        Api::EscrowBox,
        "cuts-body-short",
        "reply-truncated",
        "The error of a body that is no JSON ends before the announced length.",
        Scope::on(&[Cause::Syntax]),
        &[Change::Deliver(Delivery::Cut)],
    ),
    error(
        Api::EscrowBox,
        "pads-errors",
        "reply-oversized",
        "The error of wrong fields is six megabytes long.",
        Scope::on(&[Cause::Missing, Cause::Type, Cause::Value]),
        &[Change::Encode(Encoding::Padded(6 * 1024 * 1024))],
    ),
    error(
        Api::EscrowBox,
        "redirects-to-login",
        "request-redirected",
        "A request without credentials is redirected to a page to sign in at.",
        Scope::on(&[Cause::NoCredentials]),
        &[
            Change::Status(302),
            Change::Header("Location", "/login"),
            Change::Template(pages::LOGIN),
            Change::MediaType(Some("text/html")),
        ],
    ),
    error(
        Api::EscrowBox,
        "omits-media-type",
        "media-type-missing",
        "Errors have no Content-Type.",
        ALWAYS,
        &[Change::MediaType(None)],
    )
    .warning(),
    error(
        Api::EscrowBox,
        "json-as-html",
        "media-type-unexpected",
        "Errors are JSON, but are said to be HTML.",
        ALWAYS,
        &[Change::MediaType(Some("text/html"))],
    )
    .warning(),
    error(
        Api::EscrowBox,
        "charset-latin1",
        "charset-unexpected",
        "Errors are said to be encoded in ISO 8859-1.",
        ALWAYS,
        &[Change::MediaType(Some("application/json; charset=iso-8859-1"))],
    )
    .warning(),
    error(
        Api::EscrowBox,
        "gzip-unasked",
        "content-encoding-unexpected",
        "Errors are compressed though the caller did not ask for it.",
        ALWAYS,
        &[Change::Encode(Encoding::Gzip), Change::Header("Content-Encoding", "gzip")],
    ),
    error(
        Api::EscrowBox,
        "empty-errors",
        "body-empty",
        "Errors have no body.",
        ALWAYS,
        &[Change::Template(""), Change::MediaType(None)],
    ),
    error(
        Api::EscrowBox,
        "nginx-page-for-unknown-path",
        "reply-ungoverned",
        "An unknown path is answered by the gateway's HTML page, with status 404.",
        Scope::on(&[Cause::UnknownPath]),
        &[Change::Status(404), Change::Template(pages::NGINX_404), Change::MediaType(Some("text/html"))],
    )
    .note(),
    error(
        Api::EscrowBox,
        "nginx-page-for-wrong-method",
        "reply-ungoverned",
        "A wrong method is answered by the gateway's HTML page, with status 405.",
        Scope::on(&[Cause::WrongMethod]),
        &[Change::Status(405), Change::Template(pages::NGINX_405), Change::MediaType(Some("text/html"))],
    )
    .note(),
    error(
        Api::EscrowBox,
        "express-page-for-malformed-body",
        "body-not-json",
        "A body that is no JSON is answered by the framework's HTML page.",
        Scope::on(&[Cause::Syntax]),
        &[Change::Template(pages::EXPRESS), Change::MediaType(Some("text/html"))],
    ),
    error(
        Api::EscrowBox,
        "html-for-browsers",
        "body-not-json",
        "Errors become HTML for a caller that accepts HTML.",
        ALWAYS.for_browsers(),
        &[Change::Template(pages::SORRY), Change::MediaType(Some("text/html"))],
    ),
    error(
        Api::EscrowBox,
        "plain-text-for-no-credentials",
        "body-not-json",
        "A request without credentials is answered by one word.",
        Scope::on(&[Cause::NoCredentials, Cause::MalformedCredentials]),
        &[Change::Template("Unauthorized"), Change::MediaType(Some("text/plain"))],
    ),
    error(
        Api::EscrowBox,
        "json-cut-in-half",
        "body-not-json",
        "Errors are half a JSON document, with a right length.",
        ALWAYS,
        &[Change::Encode(Encoding::Half)],
    ),
    error(
        Api::EscrowBox,
        "undefined-member",
        "body-not-json",
        "The error of an unknown resource has a value that JSON does not have.",
        Scope::on(&[Cause::UnknownResource]),
        &[Change::Template(r#"{"error":{"code":"<<code>>","message":undefined}}"#)],
    ),
    error(
        Api::EscrowBox,
        "utf-16",
        "body-not-utf-8",
        "Errors are encoded in UTF-16.",
        ALWAYS,
        &[Change::Encode(Encoding::Utf16)],
    ),
    error(
        Api::EscrowBox,
        "windows-byte",
        "body-not-utf-8",
        "The message of wrong fields has a byte that is no UTF-8.",
        Scope::on(&[Cause::Missing, Cause::Type, Cause::Value]),
        &[Change::Encode(Encoding::Windows)],
    ),
    error(
        Api::EscrowBox,
        "byte-order-mark",
        "body-byte-order-mark",
        "Errors begin with a byte order mark.",
        ALWAYS,
        &[Change::Encode(Encoding::Mark)],
    ),
    error(
        Api::EscrowBox,
        "warning-after-error",
        "body-bytes-after-value",
        "A warning of the interpreter follows every error.",
        ALWAYS,
        &[Change::Template(
            r#"{"error":{"code":"<<code>>","message":<<message>><<fields>>}}
Warning: headers already sent"#,
        )],
    ),
];
