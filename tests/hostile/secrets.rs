//! A target that sends back what it was sent: the token is in no output, in whatever form it came.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

use crate::hostile::running::each_does_no_harm;
use crate::hostile::target;
use crate::hostile::target::{Row, Then, reply, row, token};

fn echo(name: &str, tells: &'static str, answer: fn(&str) -> Vec<u8>) -> Row {
    row(name, 1, tells, "").then(Then::Answer(answer))
}

/// An error with this message.
fn message(text: &str) -> Vec<u8> {
    target::json(json!({"error_code": 3, "error_message": text, "details": null}).to_string())
}

fn of_each(text: &str, form: impl Fn(u8) -> String) -> String {
    text.bytes().map(form).collect()
}

/// The token that the request carried, or what an attacker guesses of it.
fn carried(head: &str) -> String {
    let named = |line: &str| line.to_ascii_lowercase().starts_with("x-forensic-access-token:");
    let line = head.lines().find(|line| named(line));
    line.and_then(|line| line.split_once(": ")).map_or_else(|| token().to_owned(), |(_, token)| token.to_owned())
}

#[test]
fn a_token_that_comes_back_in_a_body() {
    each_does_no_harm(vec![
        echo("in a message", "credential-disclosed", message),
        echo("as a page", "credential-disclosed", |head| reply("400 Bad Request", "Content-Type: text/html\r\n", head)),
        echo("as a success", "credential-disclosed", |head| reply("200 OK", "Content-Type: text/plain\r\n", head)),
        echo("in a name", "member-undocumented", |head| {
            target::json(
                json!({"error_code": 3, "error_message": "x", "details": null, carried(head): {carried(head): 0}})
                    .to_string(),
            )
        }),
        echo("as the code", "schema-violation", |head| target::json(json!({"error_code": carried(head)}).to_string())),
        echo("twice the same member", "body-duplicate-member", |head| {
            let token = carried(head);
            target::json(format!(r#"{{"error_code": 3, "{token}": "{token}", "{token}": "{token}"}}"#))
        }),
        echo("behind a value", "body-bytes-after-value", |head| target::json(format!("{{\"error_code\": 3}}{head}"))),
        echo("behind a long text", "code-unexpected", |head| message(&("x".repeat(4_000) + &carried(head)))),
        echo("again and again", "code-unexpected", |head| message(&carried(head).repeat(1_000))),
        echo("cut short", "reply-truncated", |head| {
            [b"HTTP/1.1 400 Bad Request\r\nContent-Length: 9999\r\n\r\n", head.as_bytes()].concat()
        }),
    ]);
}

#[test]
fn a_token_that_comes_back_in_a_head() {
    each_does_no_harm(vec![
        echo("in a field", "credential-disclosed", |head| {
            reply("400 Bad Request", &format!("X-Echo: {}\r\n", carried(head)), "{}")
        }),
        echo("in a name", "body-not-json", |head| {
            reply("400 Bad Request", &format!("X-{}: x\r\n", carried(head)), "x")
        }),
        echo("in a reason", "body-not-json", |head| reply(&format!("400 {}", carried(head)), "", "x")),
        echo("in a reason with a control byte", "head-malformed", |head| {
            reply(&format!("400 \u{1}{}", carried(head)), "", "x")
        }),
        echo("in a location", "request-redirected", |head| {
            reply("302 Found", &format!("Location: http://127.0.0.1:1/?token={}\r\n", carried(head)), "")
        }),
        echo("in a media type", "media-type-unexpected", |head| {
            reply("400 Bad Request", &format!("Content-Type: {}\r\n", carried(head)), r#"{"error_code": 3}"#)
        }),
        echo("in a field that is none", "head-malformed", |head| {
            reply("400 Bad Request", &format!("X Echo: {}\r\n", carried(head)), "x")
        }),
        echo("in a folded line", "head-malformed", |head| {
            reply("400 Bad Request", &format!("X-Echo: a\r\n {}\r\n", carried(head)), "x")
        }),
        echo("in a length", "framing-contradictory", |head| {
            format!("HTTP/1.1 400 Bad Request\r\nContent-Length: {}\r\n\r\nx", carried(head)).into_bytes()
        }),
        echo("in the size of a chunk", "reply-truncated", |head| {
            format!("HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n{}\r\nx", carried(head)).into_bytes()
        }),
        echo("in place of a reply", "reply-not-http", |head| head.as_bytes().to_vec()),
        echo("in a long text in place of a reply", "reply-not-http", |head| {
            ("x".repeat(4_000) + &carried(head)).into_bytes()
        }),
        echo("in a status line that is none", "reply-not-http", |head| {
            format!("HTTP/1.1 {}\r\n\r\n", carried(head)).into_bytes()
        }),
        echo("in a head that breaks off", "no-reply", |head| {
            format!("HTTP/1.1 400 Bad Request\r\nX-Echo: {}", carried(head)).into_bytes()
        }),
        echo("behind a reply", "bytes-after-reply", |head| [message("x"), head.as_bytes().to_vec()].concat()),
        echo("to a gateway's page", "service-unavailable", |head| reply("502 Bad Gateway", "", head)),
    ]);
}

#[test]
fn a_token_that_comes_back_in_another_form() {
    each_does_no_harm(vec![
        echo("in Base64", "code-unexpected", |head| message(&STANDARD.encode(carried(head)))),
        echo("in Base64 with what stands before it", "code-unexpected", |head| {
            message(&["", "a", "ab"].map(|before| STANDARD.encode(format!("{before}{}", carried(head)))).join(" "))
        }),
        echo("in Base64 for URLs", "code-unexpected", |head| message(&URL_SAFE_NO_PAD.encode(format!("a{head}")))),
        echo("percent-encoded", "code-unexpected", |head| message(&of_each(&carried(head), |b| format!("%{b:02x}")))),
        echo("in upper case", "code-unexpected", |head| message(&carried(head).to_uppercase())),
        echo("JSON-escaped", "code-unexpected", |head| {
            let escaped = of_each(&carried(head), |b| format!("\\u{b:04x}"));
            target::json(format!(r#"{{"error_code": 3, "error_message": "{escaped}", "details": null}}"#))
        }),
        echo("over two lines", "code-unexpected", |head| {
            let token = carried(head);
            let (left, right) = token.split_at(64);
            message(&format!("{left}\n{right}"))
        }),
        echo("in UTF-16", "body-not-json", |head| {
            target::json(message(head).iter().flat_map(|b| [*b, 0]).collect::<Vec<_>>())
        }),
        echo("between bytes that are no text", "body-not-json", |head| {
            target::json([b"\xff\xfe\xfd", head.as_bytes()].concat())
        }),
    ]);
}
