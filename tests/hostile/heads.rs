//! Status lines, header fields and framing that are wrong or misleading, redirects, challenges and throttling.

use crate::hostile::running::each_does_no_harm;
use crate::hostile::target::{BODY, ELSEWHERE, Row, json, reply, row};

/// An error under this status line.
fn status(name: &str, tells: &'static str, line: &str) -> Row {
    let head = format!("{line}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n", BODY.len());
    row(name, 1, tells, head + BODY)
}

/// An error with these lines in its head, beside its media type and its length.
fn lines(name: &str, tells: &'static str, lines: impl AsRef<[u8]>) -> Row {
    let head = b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n";
    let length = format!("Content-Length: {}\r\n\r\n{BODY}", BODY.len());
    row(name, 1, tells, [head, lines.as_ref(), length.as_bytes()].concat())
}

/// An error with these lines alone in its head.
fn only(name: &str, tells: &'static str, lines: &str, body: &str) -> Row {
    row(name, 1, tells, format!("HTTP/1.1 400 Bad Request\r\n{lines}\r\n{body}"))
}

#[test]
fn lengths_that_are_wrong() {
    let typed = |name, tells, lines: &str, body: &str| {
        only(name, tells, &format!("Content-Type: application/json\r\n{lines}"), body)
    };
    let chunk = format!("{:x}\r\n{BODY}\r\n0\r\n\r\n", BODY.len());
    let twice = [json(BODY), json(BODY)].concat();
    each_does_no_harm(vec![
        typed("cl_too_short", "bytes-after-reply", "Content-Length: 10\r\n", BODY),
        row("two_responses", 1, "bytes-after-reply", twice),
        typed("cl_negative", "framing-contradictory", "Content-Length: -1\r\n", BODY),
        typed("cl_alpha", "framing-contradictory", "Content-Length: ten\r\n", BODY),
        typed("cl_overflow", "framing-contradictory", "Content-Length: 99999999999999999999\r\n", BODY),
        typed("cl_two_conflict", "framing-contradictory", "Content-Length: 10\r\nContent-Length: 20\r\n", BODY),
        typed("cl_and_te", "framing-contradictory", "Content-Length: 10\r\nTransfer-Encoding: chunked\r\n", &chunk),
        typed("te_unknown", "framing-contradictory", "Transfer-Encoding: rot13\r\n", BODY),
    ]);
}

#[test]
fn media_types_that_are_wrong() {
    each_does_no_harm(vec![
        only("no_ct", "media-type-missing", "", BODY),
        lines("two_ct", "media-type-unexpected", "Content-Type: text/html\r\n"),
        only("ct_garbage", "media-type-unexpected", "Content-Type: ;;;\u{1}/=\u{e9}\r\n", BODY),
        only("ct_latin1", "charset-unexpected", "Content-Type: application/json; charset=latin1\r\n", BODY),
        only("ct_charset_utf16", "charset-unexpected", "Content-Type: application/json; charset=utf-16\r\n", BODY),
    ]);
}

#[test]
fn status_lines_that_are_none() {
    each_does_no_harm(vec![
        row("http09", 1, "reply-not-http", "<html><body>Bad Request</body></html>"),
        status("http2_status", "reply-not-http", "HTTP/2 400 Bad Request"),
        status("http99", "head-malformed", "HTTP/9.9 400 Bad Request"),
        row("binary", 1, "reply-not-http", (0..=255).collect::<Vec<u8>>()),
        row("tls_on_plaintext", 1, "reply-not-http", [0x15, 3, 1, 0, 2, 2, 0x46]),
        status("status_099", "head-malformed", "HTTP/1.1 099 Low"),
        status("status_neg", "reply-not-http", "HTTP/1.1 -40 Negative"),
        status("status_alpha", "reply-not-http", "HTTP/1.1 abc Letters"),
        status("status_4digits", "reply-not-http", "HTTP/1.1 4000 Long"),
        status("status_000", "head-malformed", "HTTP/1.1 000 Nothing"),
        status("status_999", "head-malformed", "HTTP/1.1 999 High"),
        status("status_noreason", "head-malformed", "HTTP/1.1 400"),
    ]);
}

#[test]
fn header_fields_that_are_none() {
    let bare = String::from_utf8(json(BODY)).unwrap().replace("\r\n", "\n");
    each_does_no_harm(vec![
        row("lf_only", 1, "head-malformed", bare),
        lines("hdr_obsfold", "head-malformed", "X-A: b\r\n and more\r\n"),
        lines("hdr_space_colon", "head-malformed", "X-A : b\r\n"),
        lines("hdr_badutf8", "code-unexpected", b"X-A: \xff\xfe\xc3\r\n"),
        lines("hdr_badutf8_name", "head-malformed", b"X-\xff\xfe: b\r\n"),
        lines("hdr_nul", "head-malformed", "X-A: b\0c\r\n"),
        lines("hdr_nocolon", "head-malformed", "X-A\r\n"),
        lines("hdr_noname", "head-malformed", ": b\r\n"),
        lines("hdr_cr", "head-malformed", "X-A: b\rX-B: c\r\n"),
        lines("cookie_evil", "code-unexpected", "Set-Cookie: token=1; Domain=com; Path=/\r\n"),
    ]);
}

#[test]
fn replies_that_must_not_have_a_body_or_are_no_end() {
    let with = |name: &str, tells, line: &str| row(name, 1, tells, format!("HTTP/1.1 {line}\r\n\r\n{BODY}"));
    let hints = [b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".to_vec(), json(BODY)].concat();
    each_does_no_harm(vec![
        with("r101", "status-class-unexpected", "101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade"),
        with("r204_body", "body-forbidden", "204 No Content"),
        with("r304_body", "body-forbidden", "304 Not Modified"),
        with("r100_body", "reply-not-http", "100 Continue"),
        row("early_hints_then_ok", 1, "code-unexpected", hints),
    ]);
}

#[test]
fn redirects_are_never_followed() {
    let elsewhere = &ELSEWHERE.authority;
    let to = |name: &str, status: &str, location: &str| {
        row(name, 1, "request-redirected", reply(status, &format!("Location: {location}\r\n"), ""))
    };
    let refresh = format!("Refresh: 0; url=http://{elsewhere}/\r\nLink: <http://{elsewhere}/>; rel=preload\r\n");
    each_does_no_harm(vec![
        to("redir_other_host", "302 Found", &format!("http://{elsewhere}/login")),
        to("redir_301", "301 Moved Permanently", &format!("http://{elsewhere}/")),
        to("redir_303", "303 See Other", &format!("//{elsewhere}/")),
        to("redir_307", "307 Temporary Redirect", &format!("http://{elsewhere}/api/folders/")),
        to("redir_308", "308 Permanent Redirect", &format!("http://user:password@{elsewhere}/")),
        to("redir_loop", "302 Found", "/api/folders/"),
        to("redir_file", "302 Found", "file:///etc/passwd"),
        to("redir_garbage", "302 Found", "\u{1}]:// %zz \u{202e}"),
        to("redir_https", "302 Found", &format!("https://{elsewhere}/")),
        to("redir_long", "302 Found", &format!("http://{elsewhere}/{}", "x".repeat(200_000))),
        lines("refresh", "code-unexpected", refresh),
        lines(
            "alt_svc",
            "code-unexpected",
            format!("Alt-Svc: http/1.1=\"{elsewhere}\"\r\nLocation: http://{elsewhere}/\r\n"),
        ),
    ]);
}

#[test]
fn a_target_that_has_had_enough_is_not_waited_for() {
    let after = |name: &str, status: &str, value: &str| {
        let head = format!("Retry-After: {value}\r\nContent-Type: text/plain\r\n");
        let tells = if status.starts_with("429") { "rate limited" } else { "unavailable" };
        row(name, 3, "service-unavailable", reply(status, &head, tells))
    };
    each_does_no_harm(vec![
        after("r429_retry_huge", "429 Too Many Requests", "99999999999999999999"),
        after("r503_retry_large", "503 Service Unavailable", "86400"),
        after("r429_retry_negative", "429 Too Many Requests", "-1"),
        after("r503_retry_past", "503 Service Unavailable", "Thu, 01 Jan 1970 00:00:00 GMT"),
        after("r429_retry_junk", "429 Too Many Requests", "soon or later, :%0A"),
        after("r504_retry_empty", "504 Gateway Timeout", ""),
    ]);
}

#[test]
fn challenges_are_never_answered() {
    let challenge = |name: &str, value: &str| {
        let head =
            format!("WWW-Authenticate: {value}\r\nProxy-Authenticate: {value}\r\nContent-Type: application/json\r\n");
        row(name, 1, "code-unexpected", reply("401 Unauthorized", &head, BODY))
    };
    each_does_no_harm(vec![
        challenge("r401_basic", "Basic realm=\"x\""),
        challenge("r401_ntlm", "NTLM"),
        challenge("r401_negotiate", "Negotiate"),
        challenge("r401_commas", ",,,"),
        row("r407", 1, "body-empty", reply("407 Proxy Authentication Required", "Proxy-Authenticate: Basic\r\n", "")),
    ]);
}
