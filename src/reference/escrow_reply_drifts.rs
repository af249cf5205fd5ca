//! Drifts of Escrow Box in how a reply arrives: its delivery, its headers, the bytes of its body.
//! A table, nothing that decides.

use super::api::Api;
use super::draft::Delivery;
use super::drift::{Drift, Encoding, table};
use super::pages;

/// One row for each.
pub(super) static TABLE: &[Drift] = table! { Api::EscrowBox:
    error "closes-without-reply": "no-reply" on [Syntax] => Deliver(Delivery::Close);
        "A body that is no JSON makes the deployment close the connection.";
    error "resets-on-unknown-resource": "no-reply" on [UnknownResource] => Deliver(Delivery::Reset);
        "An unknown resource makes the deployment reset the connection.";
    error "hangs-on-wrong-fields": "no-reply" on [Missing Type Value] => Deliver(Delivery::Hang);
        "Wrong fields are never answered.";
    error "answers-garbage": "reply-not-http" on [UnknownResource] =>
        Deliver(Delivery::Garbage(b"SSH-2.0-OpenSSH_9.2p1\r\n"));
        "An unknown resource is answered by bytes that are no HTTP.";
    error "cuts-body-short": "reply-truncated" on [Syntax] => Deliver(Delivery::Cut);
        "The error of a body that is no JSON ends before the announced length.";
    warning "pads-errors": "reply-oversized" on [Missing Type Value] => Encode(Encoding::Padded(2100 * 1024));
        "The error of wrong fields is three hundred kilobytes long.";
    error "redirects-to-login": "request-redirected" on [NoCredentials] =>
        Status(302), Header("Location", "/login"), Template(pages::LOGIN), MediaType(Some("text/html"));
        "A request without credentials is redirected to a page to sign in at.";
    warning "omits-media-type": "media-type-missing" always => MediaType(None);
        "Errors have no Content-Type.";
    warning "json-as-html": "media-type-unexpected" always => MediaType(Some("text/html"));
        "Errors are JSON, but are said to be HTML.";
    warning "charset-latin1": "charset-unexpected" always => MediaType(Some("application/json; charset=iso-8859-1"));
        "Errors are said to be encoded in ISO 8859-1.";
    note "charset-utf8": "charset-unexpected" always => MediaType(Some("application/json; charset=utf8"));
        "Errors are said to be in `utf8`, which is no registered name.";
    error "gzip-unlabelled": "content-encoding-unexpected" always => Encode(Encoding::Gzip);
        "Errors are compressed, and nothing says so.";
    error "gzip-unasked": "content-encoding-unexpected" always =>
        Encode(Encoding::Gzip), Header("Content-Encoding", "gzip");
        "Errors are compressed though the caller did not ask for it.";
    warning "retry-after-a-word": "retry-after-malformed" always => Header("Retry-After", "soon");
        "Errors ask to be retried soon, which HTTP cannot say.";
    warning "cached-errors": "error-cacheable" always => Header("Cache-Control", "s-maxage=21600, public");
        "Every cache may keep an error for six hours.";
    note "white-space-in-chunks": "chunk-malformed" always => Deliver(Delivery::LooseChunks);
        "Errors come in chunks with white space after their size.";
    error "empty-errors": "body-empty" always => Template(""), MediaType(None);
        "Errors have no body.";
    note "nginx-page-for-unknown-path": "reply-ungoverned" on [UnknownPath] =>
        Status(404), Template(pages::NGINX_404), MediaType(Some("text/html"));
        "An unknown path is answered by the gateway's HTML page, with status 404.";
    note "nginx-page-for-wrong-method": "reply-ungoverned" on [WrongMethod] =>
        Status(405), Template(pages::NGINX_405), MediaType(Some("text/html"));
        "A wrong method is answered by the gateway's HTML page, with status 405.";
    error "express-page-for-malformed-body": "body-not-json" on [Syntax] =>
        Template(pages::EXPRESS), MediaType(Some("text/html"));
        "A body that is no JSON is answered by the framework's HTML page.";
    error "html-for-browsers": "body-not-json" always.for_browsers() =>
        Template(pages::SORRY), MediaType(Some("text/html"));
        "Errors become HTML for a caller that accepts HTML.";
    error "plain-text-for-no-credentials": "body-not-json" on [NoCredentials MalformedCredentials] =>
        Template("Unauthorized"), MediaType(Some("text/plain"));
        "A request without credentials is answered by one word.";
    error "json-cut-in-half": "body-not-json" always => Encode(Encoding::Half);
        "Errors are half a JSON document, with a right length.";
    error "undefined-member": "body-not-json" on [UnknownResource] =>
        Template(r#"{"error":{"code":"<<code>>","message":undefined}}"#);
        "The error of an unknown resource has a value that JSON does not have.";
    warning "half-an-emoji": "body-not-interoperable" on [UnknownResource] =>
        Template(r#"{"error":{"code":"<<code>>","message":"Not found \ud83d"<<fields>>}}"#);
        "The message of an unknown resource has half a surrogate pair.";
    error "utf-16": "body-not-utf-8" always => Encode(Encoding::Utf16);
        "Errors are encoded in UTF-16.";
    error "windows-byte": "body-not-utf-8" on [Missing Type Value] => Encode(Encoding::Windows);
        "The message of wrong fields has a byte that is no UTF-8.";
    error "byte-order-mark": "body-byte-order-mark" always => Encode(Encoding::Mark);
        "Errors begin with a byte order mark.";
    error "warning-after-error": "body-bytes-after-value" always =>
        Template(r#"{"error":{"code":"<<code>>","message":<<message>><<fields>>}}
Warning: headers already sent"#);
        "A warning of the interpreter follows every error.";
};
