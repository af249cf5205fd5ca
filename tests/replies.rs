//! The reader of replies: what it makes of bytes, however they are cut into pieces and wherever they end.

use std::time::Duration;

use errdrift::model::exchange::{BODY_LIMIT, Ending, Outcome, Silence};
use errdrift::wire::reply::{End, HEAD_LIMIT, LINE_LIMIT, Reader};

/// The outcome in a few words, for the table.
fn told(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Reply(reply) => {
            let ending = match &reply.ending {
                Ending::Complete => "complete",
                Ending::Truncated(_) => "truncated",
                Ending::Oversized(_) => "oversized",
                Ending::OversizedHead(_) => "oversized head",
                Ending::TimedOut => "timed out",
            };
            let mut words = vec![reply.status.to_string(), ending.to_owned()];
            words.push(match reply.body.len() {
                0..=40 => format!("«{}»", reply.body.escape_ascii()),
                length => format!("{length} bytes"),
            });
            words.extend(reply.defects.iter().map(|defect| format!("{:?}", defect.kind)));
            words.join(" ")
        }
        Outcome::Silence(silence) => match silence {
            Silence::NotHttp(_) => "not HTTP".to_owned(),
            Silence::Closed(_) => "closed".to_owned(),
            Silence::Stalled(..) => "stalled".to_owned(),
            Silence::TimedOut(_) => "silent".to_owned(),
            other => other.to_string(),
        },
    }
}

/// The outcome where the bytes come in pieces of that length, and then the connection ends.
fn read(method: &str, bytes: &[u8], piece: usize, end: End) -> Outcome {
    let mut reader = Reader::new(method, Vec::new());
    for piece in bytes.chunks(piece) {
        reader.buffer().extend_from_slice(piece);
        if reader.advance() {
            return reader.finish().0;
        }
    }
    reader.end(end)
}

/// Asserts what a reply to GET comes to when it came at once, in pieces, and byte by byte.
#[track_caller]
fn comes_to(bytes: impl AsRef<[u8]>, expected: &str) {
    of(("GET", End::Closed), bytes, expected);
}

#[track_caller]
fn of((method, end): (&str, End), bytes: impl AsRef<[u8]>, expected: &str) {
    let bytes = bytes.as_ref();
    let at_once = read(method, bytes, usize::MAX, end.clone());
    let shown = bytes[..bytes.len().min(200)].escape_ascii();
    assert_eq!(told(&at_once), expected, "{shown}");
    for piece in [1, 2, 7, 1_000] {
        assert!(read(method, bytes, piece, end.clone()) == at_once, "in pieces of {piece}: {shown}");
    }
}

/// A reply with these lines after its status line, and this body.
fn reply(lines: &str, body: &str) -> String {
    format!("HTTP/1.1 400 Bad Request\r\n{lines}\r\n{body}")
}

fn chunked(chunks: &str) -> String {
    reply("Transfer-Encoding: chunked\r\n", chunks)
}

#[test]
fn conforming_replies_are_read_whole() {
    comes_to(reply("Content-Length: 2\r\n", "{}"), "400 complete «{}»");
    comes_to(reply("Content-Length: 0\r\n", ""), "400 complete «»");
    comes_to(reply("Content-Length:2\r\nA:\r\n", "{}"), "400 complete «{}»");
    comes_to(reply("", "{}"), "400 complete «{}»");
    comes_to(chunked("2\r\n{}\r\n0\r\n\r\n"), "400 complete «{}»");
    comes_to(chunked("1\r\n{\r\n01;name=\"value\"\r\n}\r\n0\r\n\r\n"), "400 complete «{}»");
    comes_to(chunked("a\r\n0123456789\r\n0000\r\nA: b\r\n\r\n"), "400 complete «0123456789»");
    comes_to("HTTP/1.0 400 Bad Request\r\n\r\n{}", "400 complete «{}»");
    comes_to("HTTP/1.1 400 \r\nContent-Length: 0\r\n\r\n", "400 complete «»");
}

#[test]
fn a_reply_without_a_body_ends_behind_its_head() {
    for status in ["204 No Content", "304 Not Modified"] {
        comes_to(format!("HTTP/1.1 {status}\r\n\r\n"), &format!("{} complete «»", &status[..3]));
    }
    comes_to("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "304 complete «»");
    comes_to("HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", "204 complete «» Framing");
    of(("HEAD", End::Closed), reply("Content-Length: 9\r\n", ""), "400 complete «»");
    of(("HEAD", End::Closed), chunked(""), "400 complete «»");
    comes_to("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "101 complete «»");
}

#[test]
fn only_a_connection_with_nothing_left_on_it_serves_another_request() {
    let reusable = |bytes: &str| {
        let mut reader = Reader::new("GET", bytes.into());
        assert!(reader.advance(), "{bytes}");
        reader.finish().2
    };
    assert!(reusable(&reply("Content-Length: 2\r\n", "{}")));
    assert!(reusable(&chunked("0\r\n\r\n")));
    assert!(reusable("HTTP/1.0 400 \r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"));
    assert!(!reusable("HTTP/1.0 400 \r\nContent-Length: 0\r\n\r\n"));
    assert!(!reusable(&reply("Connection: x, Close\r\nContent-Length: 2\r\n", "{}")));
    assert!(!reusable(&reply("Content-Length: 2\r\n", "{}{}")));
    assert!(!reusable("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"));
    assert!(!reusable(&chunked("x\r\n")));
}

#[test]
fn interim_replies_are_passed_over_and_counted() {
    let interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    let whole = reply("Content-Length: 2\r\n", "{}");
    comes_to(format!("HTTP/1.1 100 Continue\r\n\r\n{whole}"), "400 complete «{}»");
    comes_to(format!("HTTP/1.1 100\r\n\r\n{whole}"), "400 complete «{}» ReasonPhrase");
    comes_to(format!("{}{whole}", interim.repeat(20)), "400 complete «{}»");
    comes_to(format!("{}{whole}", interim.repeat(21)), "not HTTP");
    comes_to(interim, "closed");
    comes_to(format!("{interim}HTTP/1.1 4"), "closed");
    let bytes = format!("{interim}{whole}");
    let Outcome::Reply(reply) = read("GET", bytes.as_bytes(), 3, End::Closed) else { panic!("no reply") };
    assert_eq!(reply.headers, [("Content-Length".to_owned(), b"2".to_vec())]);
}

#[test]
fn trailers_never_become_header_fields() {
    let bytes = chunked("2\r\n{}\r\n0\r\nContent-Type: text/html\r\nSet-Cookie: a=b\r\n\r\n");
    let Outcome::Reply(reply) = read("GET", bytes.as_bytes(), 5, End::Closed) else { panic!("no reply") };
    assert_eq!((reply.headers.len(), reply.defects.len()), (1, 0));
}

#[test]
fn each_flaw_of_a_status_line_is_told_and_the_reply_read() {
    let with = |line: &str| format!("{line}\r\nContent-Length: 2\r\n\r\n{{}}");
    comes_to(with("HTTP/9.9 400 Bad Request"), "400 complete «{}» StatusLine");
    comes_to(with("HTTP/1.1 099 Low"), "99 complete «{}» StatusLine");
    comes_to(with("HTTP/1.1 999 High"), "999 complete «{}» StatusLine");
    comes_to(with("HTTP/1.1 400 Bad\0Request"), "400 complete «{}» StatusLine");
    comes_to(with("HTTP/1.1 400 Bad\x1b[31m"), "400 complete «{}» StatusLine");
    comes_to(with("HTTP/1.1 400"), "400 complete «{}» ReasonPhrase");
}

/// What a strict parser refuses in a reply, which a client behind one never sees (the strict mode of Node.js' parser).
#[test]
fn nothing_that_a_strict_parser_refuses_passes_for_a_clean_reply() {
    let lines = [
        "HTP/1.1 400 Bad",
        "HTTPER/1.1 400 Bad",
        "HTTP/01.1 400 Bad",
        "HTTP/11.1 400 Bad",
        "HTTP/1.01 400 Bad",
        "HTTP/1.1\t400 Bad",
        "\rHTTP/1.1\t400 Bad",
        "HTTP/5.6 400 Bad",
        "HTTP/1.1  400 Bad",
        "HTTP/1.1 4 Bad",
        "HTTP/1.1 400 Bad\r",
        "HTTP/1.1 400 Bad\rA: b",
        "HTTP/1.1 400 Bad\r\n Host: a",
        "HTTP/1.1 400 Bad\r\nA: 1\rB: 2",
        "HTTP/1.1 400 Bad\r\nen-US Content-Type: text/xml",
        "HTTP/1.1 400 Bad\n",
    ];
    let of_line = lines.map(|line| format!("{line}\r\nContent-Length: 2\r\n\r\n{{}}"));
    let of_chunk = ["2  \r\n{}\r\n", "2 a\r\n{}\r\n", "2;\r\n{}\r\n", "2;a=\"b; c\r\n{}\r\n"];
    let of_chunk = of_chunk.map(|chunk| chunked(&format!("{chunk}0\r\n\r\n")));
    for bytes in of_line.iter().chain(&of_chunk) {
        let came = told(&read("GET", bytes.as_bytes(), usize::MAX, End::Closed));
        assert_ne!(came, "400 complete «{}»", "{}", bytes.escape_debug());
    }
}

#[test]
fn each_flaw_of_a_field_is_told_and_the_reply_read() {
    let with = |lines: &str| reply(&format!("{lines}Content-Length: 2\r\n"), "{}");
    for line in ["no colon\r\n", "A : b\r\n", ": b\r\n", "A B: c\r\n", "A: b\r\n c\r\n", "A: b\0c\r\n", "A: b\rc\r\n"] {
        comes_to(with(line), "400 complete «{}» Field");
    }
    comes_to(with("A: \u{e9}\r\n"), "400 complete «{}»");
    comes_to("HTTP/1.1 400 Bad\nContent-Length: 2\n\n{}", "400 complete «{}» BareLineFeed");
}

#[test]
fn a_length_that_cannot_be_relied_on_is_told_and_the_body_read_to_the_end() {
    for lines in [
        "Content-Length: -2\r\n",
        "Content-Length: two\r\n",
        "Content-Length: 99999999999999999999999\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: 2, 3\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
    ] {
        comes_to(reply(lines, "{}{}"), "400 complete «{}{}» Framing");
        of(("GET", End::Quiet), reply(lines, "{}{}"), "400 complete «{}{}» Framing");
        of(("GET", End::TimedOut(Duration::ZERO)), reply(lines, "{}{}"), "400 timed out «{}{}» Framing");
    }
    comes_to(reply("Content-Length: 2\r\nContent-Length: 2\r\n", "{}{}"), "400 complete «{}» Framing");
    comes_to(
        reply("Content-Length: 9\r\nTransfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n"),
        "400 complete «{}» Framing",
    );
}

#[test]
fn chunks_that_are_none_truncate_the_body_and_keep_what_came() {
    for rest in ["x\r\n", "\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", "1 1\r\n}\r\n", "FFFFFFFFFFFFFFFFF\r\n}"] {
        comes_to(chunked(&format!("1\r\n{{\r\n{rest}")), "400 truncated «{»");
    }
    for rest in ["1\r\n}}\r\n", "1\r\n}\r}", "1\r\n}\n0\r\n\r\n"] {
        comes_to(chunked(&format!("1\r\n{{\r\n{rest}")), "400 truncated «{}»");
    }
    comes_to(chunked("FFFFFFFFFFFFFFFF\r\n{}"), "400 truncated «{}»");
    comes_to(chunked(&format!("1;{}\r\n{{", "x".repeat(20_000))), "400 truncated «»");
    comes_to(chunked(&format!("0\r\nA: {}\r\n\r\n", "x".repeat(20_000))), "400 truncated «»");
    comes_to(chunked(&format!("0\r\n{}\r\n", "A: b\r\n".repeat(20_000))), "400 truncated «»");
}

#[test]
fn a_body_that_ends_early_is_truncated_by_whatever_ended_it() {
    for bytes in [reply("Content-Length: 9\r\n", "{}"), chunked("2\r\n{}\r\n"), chunked("9\r\n{}")] {
        comes_to(&bytes, "400 truncated «{}»");
        of(("GET", End::Broken("reset".to_owned())), &bytes, "400 truncated «{}»");
        of(("GET", End::TimedOut(Duration::ZERO)), &bytes, "400 timed out «{}»");
    }
    of(("GET", End::Broken("reset".to_owned())), reply("", "{}"), "400 truncated «{}»");
}

#[test]
fn what_is_read_of_a_reply_is_bounded() {
    let body = "x".repeat(BODY_LIMIT);
    comes_to(reply("", &body), "400 complete 2097152 bytes");
    comes_to(reply("", &format!("{body}x")), "400 oversized 2097152 bytes");
    comes_to(reply("Content-Length: 104857600\r\n", &format!("{body}x")), "400 oversized 2097152 bytes");
    comes_to(chunked(&format!("200001\r\n{body}x")), "400 oversized 2097152 bytes");
    comes_to(reply(&"A: b\r\n".repeat(LINE_LIMIT), ""), "400 oversized head «»");
    comes_to(reply(&"A: b\r\n".repeat(LINE_LIMIT - 2), ""), "400 complete «»");
    comes_to(reply(&format!("A: {}", "x".repeat(HEAD_LIMIT)), ""), "400 oversized head «»");
    comes_to(format!("HTTP/1.1 400 {}", "x".repeat(HEAD_LIMIT)), "not HTTP");
}

#[test]
fn endless_framing_takes_no_endless_room() {
    let extended = format!("1;{}\r\nx\r\n", "e".repeat(15_000));
    for (name, piece) in [("extensions", extended.as_str()), ("small chunks", "1\r\nx\r\n")] {
        let mut reader = Reader::new("GET", chunked("").into());
        let mut largest = 0;
        for _ in 0..5_000 {
            // Never at the end of a chunk, so that something is always left.
            let cut = piece.len() - 3;
            for part in [&piece[..cut], &piece[cut..]] {
                reader.buffer().extend_from_slice(part.as_bytes());
                reader.advance();
                largest = largest.max(reader.buffer().capacity());
            }
        }
        assert!(largest < 256 * 1024, "{name}: {largest} bytes");
    }
}

#[test]
fn what_is_no_reply_is_told_apart_from_nothing() {
    for bytes in
        ["{\"error_code\": 3}", "SSH-2.0-OpenSSH_9.9\r\n", "\0\x01\x02", "\r\n\r\n", "\x15\x03\x01\0\x02\x02\x46"]
    {
        comes_to(bytes, "not HTTP");
        of(("GET", End::Quiet), bytes, "not HTTP");
        of(("GET", End::TimedOut(Duration::ZERO)), bytes, "not HTTP");
    }
    comes_to(format!("<html>{}", "x".repeat(100_000)), "not HTTP");
    for line in
        ["HTTP/2 400 ", "HTTP/1.1 -40 Bad", "HTTP/1.1 4000 Bad", "HTTP/1.1 four Bad", "HTTP/1.1", "HTTP/1.1  400 Bad"]
    {
        comes_to(format!("{line}\r\nContent-Length: 0\r\n\r\n"), "not HTTP");
    }
    comes_to("", "closed");
    comes_to("HTT", "closed");
    of(("GET", End::Broken("reset".to_owned())), "", "closed");
    of(("GET", End::TimedOut(Duration::ZERO)), "", "silent");
    of(("GET", End::TimedOut(Duration::ZERO)), "HTT", "stalled");
    of(("GET", End::TimedOut(Duration::ZERO)), "HTTP/1.1 400 Bad Request\r\n", "stalled");
}

#[test]
fn a_head_that_breaks_off_is_shown_from_its_beginning() {
    let bytes = b"HTTP/1.1 400 Bad Request\r\nContent-Le";
    for (at, shown) in [(bytes.len(), "Content-Le»"), (26, "Bad Request\\r\\n»"), (5, "«HTTP/»")] {
        let Outcome::Silence(silence) = read("GET", &bytes[..at], 4, End::Closed) else { panic!("a reply") };
        assert!(silence.to_string().contains("«HTTP/") && silence.to_string().contains(shown), "{silence}");
    }
}

/// Replies whose end is said by their head.
fn conforming() -> Vec<(&'static str, String)> {
    let body = r#"{"error_code": 3, "error_message": "no", "details": null}"#;
    let fixed = reply(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()), body);
    let (left, right) = body.split_at(20);
    let chunks = format!("14\r\n{left}\r\n{:x};a=b\r\n{right}\r\n0\r\nTrailer: x\r\n\r\n", right.len());
    vec![
        ("GET", format!("HTTP/1.1 103 Early Hints\r\n\r\n{fixed}")),
        ("GET", fixed),
        ("GET", chunked(&chunks)),
        ("GET", "HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n".to_owned()),
        ("GET", "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n".to_owned()),
        ("HEAD", reply("Content-Length: 57\r\n", "")),
    ]
}

#[test]
fn a_reply_that_is_cut_at_any_byte_is_never_complete() {
    for (method, bytes) in conforming() {
        let whole = read(method, bytes.as_bytes(), usize::MAX, End::Closed);
        assert!(matches!(&whole, Outcome::Reply(reply) if reply.ending == Ending::Complete), "{bytes}: {whole:?}");
        for cut in 0..bytes.len() {
            for end in [End::Closed, End::Broken("reset".to_owned()), End::TimedOut(Duration::ZERO)] {
                let outcome = read(method, &bytes.as_bytes()[..cut], usize::MAX, end.clone());
                let complete = matches!(&outcome, Outcome::Reply(reply) if reply.ending == Ending::Complete);
                assert!(!complete, "cut at {cut} by {end:?}: {bytes}");
                assert!(outcome == read(method, &bytes.as_bytes()[..cut], 1, end), "cut at {cut}: {bytes}");
            }
        }
    }
}

#[test]
fn a_reply_that_ends_with_its_connection_is_complete_only_where_that_was_closed() {
    let bytes = reply("Content-Type: text/plain\r\n", "some text");
    let head = bytes.find("\r\n\r\n").unwrap() + 4;
    for cut in 0..=bytes.len() {
        for (end, completes) in
            [(End::Closed, true), (End::Broken("reset".to_owned()), false), (End::TimedOut(Duration::ZERO), false)]
        {
            let outcome = read("GET", &bytes.as_bytes()[..cut], usize::MAX, end);
            let complete = matches!(&outcome, Outcome::Reply(reply) if reply.ending == Ending::Complete);
            assert_eq!(complete, completes && cut >= head, "cut at {cut}");
        }
    }
}
