//! Connections that end, hang or drip, and bodies without an end.

use crate::hostile::running::each_does_no_harm;
use crate::hostile::target::{BODY, Row, Then, json, reply, row};

/// The head of an error whose body the target chooses.
fn head(lines: &str) -> String {
    format!("HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n{lines}\r\n")
}

fn chunked(chunks: &str) -> String {
    head("Transfer-Encoding: chunked\r\n") + chunks
}

/// One chunk with the whole body.
fn one_chunk() -> String {
    format!("{:x}\r\n{BODY}\r\n", BODY.len())
}

#[test]
fn connections_that_end_early() {
    each_does_no_harm(vec![
        row("rst_no_reply", 1, "no-reply", "").then(Then::Reset),
        row("close_no_reply", 1, "no-reply", ""),
        row("close_mid_status_line", 1, "no-reply", "HTTP/1.1 4"),
        row("close_mid_header", 1, "no-reply", "HTTP/1.1 400 Bad Request\r\nContent-Ty"),
        row("rst_mid_header", 1, "no-reply", "HTTP/1.1 400 Bad Request\r\nContent-Ty").then(Then::Reset),
        row("rst_mid_body", 1, "reply-truncated", head("Content-Length: 90\r\n") + "{").then(Then::Reset),
        row("cl_too_long", 1, "reply-truncated", head("Content-Length: 90\r\n") + BODY),
        row("chunk_truncated", 1, "reply-truncated", chunked("90\r\n{")),
        row("chunk_no_final", 1, "reply-truncated", chunked(&one_chunk())),
        row("close_after_interim", 1, "no-reply", "HTTP/1.1 100 Continue\r\n\r\n"),
    ]);
}

#[test]
fn chunks_that_are_none() {
    each_does_no_harm(vec![
        row("chunk_bad_size", 1, "reply-truncated", chunked("zz\r\n{}\r\n0\r\n\r\n")),
        row("chunk_huge", 1, "reply-truncated", chunked("FFFFFFFFFFFFFFFFFFFFF\r\n{}")),
        row("chunk_largest", 1, "reply-truncated", chunked("FFFFFFFFFFFFFFFF\r\n{}")),
        row("chunk_negative", 1, "reply-truncated", chunked("-2\r\n{}\r\n0\r\n\r\n")),
        row("chunk_longer_than_said", 1, "reply-truncated", chunked("1\r\n{}\r\n0\r\n\r\n")),
        row("chunk_trailers", 1, "code-unexpected", chunked(&(one_chunk() + "0\r\nContent-Type: text/html\r\n\r\n"))),
    ]);
}

#[test]
fn targets_that_hang_or_drip() {
    each_does_no_harm(vec![
        row("hang_no_reply", 1, "no-reply", "").then(Then::Hold),
        row("hang_mid_header", 1, "no-reply", "HTTP/1.1 400 Bad Request\r\nContent-Ty").then(Then::Hold),
        row("hang_mid_body", 1, "reply-truncated", head("Content-Length: 90\r\n") + "{").then(Then::Hold),
        row("hang_mid_chunk", 1, "reply-truncated", chunked("90\r\n{")).then(Then::Hold),
        row("hang_no_length", 1, "reply-truncated", head("") + "{").then(Then::Hold),
        row("hang_after_garbage", 1, "reply-not-http", "SSH-2.0-OpenSSH_9.9\r\n").then(Then::Hold),
        row("drip_headers", 1, "no-reply", "").then(Then::Drip(json(BODY))),
        row("drip", 1, "reply-truncated", head("Content-Length: 90\r\n")).then(Then::Drip(vec![b' '; 90])),
        row("drip_chunks", 1, "reply-truncated", chunked("")).then(Then::Drip(b"1\r\n \r\n".repeat(20))),
    ]);
}

#[test]
fn replies_without_an_end() {
    let text = || Then::Repeat(vec![b' '; 64 * 1024]);
    let hundred = || Then::Repeat(vec![b' '; 100 << 20]);
    let extended = format!("1;{}\r\n \r\n", "e".repeat(15_000));
    let interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    each_does_no_harm(vec![
        row("endless_body", 3, "reply-oversized", head("")).then(text()),
        row("endless_fixed", 3, "reply-oversized", head("Content-Length: 9223372036854775807\r\n")).then(text()),
        row("endless_chunked", 3, "reply-oversized", chunked(""))
            .then(Then::Repeat(format!("10000\r\n{}\r\n", " ".repeat(65_536)).into_bytes())),
        row("endless_small_chunks", 3, "reply-oversized", chunked("")).then(Then::Repeat(b"1\r\n \r\n".repeat(10_000))),
        row("endless_extensions", 1, "reply-truncated", chunked("")).then(Then::Repeat(extended.into_bytes())),
        row("chunk_with_white_space", 1, "chunk-malformed", chunked("2 \r\n{}\r\n0\r\n\r\n")),
        row("chunk_with_bare_semicolon", 1, "chunk-malformed", chunked("2;\r\n{}\r\n0\r\n\r\n")),
        row("endless_extension", 1, "reply-truncated", chunked("1;")).then(text()),
        row("endless_trailers", 1, "reply-truncated", chunked("0\r\n")).then(Then::Repeat(b"A: b\r\n".repeat(1_000))),
        row("endless_trailer", 1, "reply-truncated", chunked("0\r\nA: ")).then(text()),
        row("body_100mb", 3, "reply-oversized", head("Content-Length: 104857600\r\n")).then(hundred()),
        row("body_100mb_close", 3, "reply-oversized", head("")).then(hundred()),
        row("body_100mb_chunk", 3, "reply-oversized", chunked("6400000\r\n")).then(hundred()),
        row("endless_headers", 3, "reply-oversized", "HTTP/1.1 400 Bad Request\r\n")
            .then(Then::Repeat(b"X-More: and more\r\n".repeat(1_000))),
        row("endless_header", 3, "reply-oversized", "HTTP/1.1 400 Bad Request\r\nX-More: ").then(text()),
        row("endless_status_line", 1, "reply-not-http", "HTTP/1.1 400 ").then(text()),
        row("endless_1xx", 1, "reply-not-http", "").then(Then::Repeat(interim.repeat(100).into_bytes())),
        row("endless_garbage", 1, "reply-not-http", "").then(text()),
        row("endless_replies", 1, "code-unexpected", "").then(Then::Repeat(json(BODY).repeat(1_000))),
    ]);
}

#[test]
fn heads_of_unusual_size() {
    let lines = |line: &str, count: usize| reply("400 Bad Request", &line.repeat(count), BODY);
    each_does_no_harm(vec![
        row("hdr_10k_count", 3, "reply-oversized", lines("X-More: and more\r\n", 10_000)),
        row("hdr_999_count", 1, "code-unexpected", lines("X-More: and more\r\n", 990)),
        row("hdr_1mb", 3, "reply-oversized", lines(&format!("X-More: {}\r\n", "x".repeat(1 << 20)), 1)),
        row("hdr_250kb", 1, "code-unexpected", lines(&format!("X-More: {}\r\n", "x".repeat(250_000)), 1)),
        row("hdr_name_250kb", 1, "code-unexpected", lines(&format!("{}: x\r\n", "x".repeat(250_000)), 1)),
        row("cookies_5000", 3, "reply-oversized", lines("Set-Cookie: a=b; Domain=com\r\n", 5_000)),
        row("cookies_900", 1, "code-unexpected", lines("Set-Cookie: a=b; Domain=com\r\n", 900)),
    ]);
}

/// A block of deflate with fixed codes (RFC 1951, section 3.2.6): a NUL, and then copies of it, 258 at a time.
fn bomb(length: usize) -> Vec<u8> {
    let mut bits: Vec<bool> = Vec::new();
    let mut push = |code: u32, count: u32| bits.extend((0..count).rev().map(|bit| code >> bit & 1 == 1));
    push(0b1_10, 3);
    push(0b0011_0000, 8);
    for _ in 0..length * 8 / 13 {
        push(0b1100_0101, 8);
        push(0, 5);
    }
    push(0, 7);
    let packed = bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit)));
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255].into_iter().chain(packed).collect()
}

#[test]
fn bodies_that_are_encoded_though_none_were_wanted() {
    let encoded = |name: &str, coding: &str, body: &[u8]| -> Row {
        let lines = format!("Content-Type: application/json\r\nContent-Encoding: {coding}\r\n");
        row(name, 1, "content-encoding-unexpected", reply("400 Bad Request", &lines, body))
    };
    let bomb = bomb(1_000_000);
    each_does_no_harm(vec![
        encoded("gzip_bomb", "gzip", &bomb),
        encoded("gzip_trunc", "gzip", &bomb[..1_000]),
        encoded("gzip_bad", "gzip", b"this is no gzip"),
        encoded("ce_unknown", "rot13", BODY.as_bytes()),
        encoded("ce_10layers", &["gzip"; 10].join(", "), &bomb[..1_000]),
        encoded("ce_10000layers", &["gzip"; 10_000].join(","), &bomb[..1_000]),
    ]);
}

#[test]
fn a_reply_that_comes_before_the_request_is_whole() {
    let early = reply("413 Content Too Large", "Content-Type: application/json\r\n", BODY);
    each_does_no_harm(vec![
        row("early_reply_then_close", 1, "head-malformed", [&early[..13], b"\0", &early[13..]].concat())
            .then(Then::Reset)
            .on(&["--operation", "authorize.auth", "--fault", "body-large"]),
    ]);
}
