//! The bound on memory where many probes are under way at once, and bodies that are small and grow where they are judged.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::hostile::running::{each, each_does_no_harm, problems};
use crate::hostile::target::{BODY, Row, Then, json, row};

/// All probes of one operation, sixteen at a time.
const MANY: &[&str] = &["--operation", "folders.list", "--jobs", "16"];

#[track_caller]
fn each_does_no_harm_to_many(rows: Vec<Row>) {
    each(rows, |row| problems(row.on(MANY), &[], 3));
}

fn head(lines: &str) -> String {
    format!("HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n{lines}\r\n")
}

#[test]
fn bodies_without_an_end_stay_under_the_bound() {
    let text = || Then::Repeat(vec![b'x'; 64 * 1024]);
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(65_536)).into_bytes();
    each_does_no_harm_to_many(vec![
        row("endless body to close", 3, "reply-oversized", head("")).then(text()),
        row("100 MB of a length", 3, "reply-oversized", head("Content-Length: 104857600\r\n"))
            .then(Then::Repeat(vec![b'x'; 100 << 20])),
        row("endless body in chunks", 3, "reply-oversized", head("Transfer-Encoding: chunked\r\n"))
            .then(Then::Repeat(chunk)),
        row("endless headers", 3, "reply-oversized", "HTTP/1.1 400 Bad Request\r\n")
            .then(Then::Repeat(b"X-More: and more\r\n".repeat(1_000))),
    ]);
}

/// 240 kB of fields that nobody reads for what they tell.
fn banners(byte: u8) -> Vec<u8> {
    [b"Server: ".as_slice(), &[byte; 4_000], b"\r\n"].concat().repeat(60)
}

/// An error with these lines in its head.
fn under(lines: &[u8], body: &str) -> Vec<u8> {
    let length = format!("Content-Length: {}\r\n\r\n{body}", body.len());
    [b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n", lines, length.as_bytes()].concat()
}

#[test]
fn heads_that_are_as_large_as_is_read_stay_under_the_bound() {
    let wide = [b"X-More: ".as_slice(), &[0xff; 240], b"\r\n"].concat().repeat(990);
    let flawed = "no colon here at all, and none behind it either\r\n".repeat(990);
    let telling: String =
        (0..900).map(|index| format!("X-{index}: Traceback in /srv/app/main-{index}.py <br>\r\n")).collect();
    each_does_no_harm_to_many(vec![row("banners that are no text", 1, "code-unexpected", under(&banners(0xff), BODY))]);
    each_does_no_harm(vec![
        row("fields that are no text", 1, "code-unexpected", under(&wide, BODY)),
        row("lines that are no fields", 1, "head-malformed", under(flawed.as_bytes(), BODY)),
        row("fields that tell", 1, "path-disclosed", under(telling.as_bytes(), BODY)),
    ]);
}

/// An error whose one foreign member has a name of so many bytes, and this value.
fn under_a_long_name(length: usize, value: &str) -> Vec<u8> {
    let name = "n".repeat(length);
    json(format!(r#"{{"error_code": 3, "error_message": "x", "details": null, "{name}": {value}}}"#))
}

#[test]
fn places_behind_a_long_name_are_not_written_out() {
    let list = |element: &str, count: usize| format!("[{}]", vec![element; count].join(","));
    let members = |value: &str, count: usize| {
        let members: Vec<_> = (0..count).map(|index| format!("\"{index}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    };
    each_does_no_harm(vec![
        row("numbers with a fraction", 1, "member-undocumented", under_a_long_name(100_000, &list("1.0", 30_000))),
        row(
            "members twice",
            1,
            "body-duplicate-member",
            under_a_long_name(100_000, &members("{\"a\":0,\"a\":0}", 5_000)),
        ),
        row("texts with a mark", 1, "member-undocumented", under_a_long_name(100_000, &members("\"<\"", 8_000))),
        row("members", 1, "member-undocumented", under_a_long_name(100_000, &members("0", 8_000))),
        row("a name alone", 1, "member-undocumented", under_a_long_name(200_000, "0")),
    ]);
}

/// An error whose foreign members have names that no other reply has.
fn members_of_its_own(_: &str) -> Vec<u8> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let members: String = (0..25).map(|index| format!(", \"{count}-{index}\": 0")).collect();
    under(&banners(b'x'), &BODY.replace('}', &(members + "}")))
}

/// The same in the names of header fields that tell too much.
fn fields_of_its_own(_: &str) -> Vec<u8> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let lines: String = (0..25).map(|index| format!("X-{count}-{index}: /srv/app/main.py\r\n")).collect();
    under(&[banners(b'x'), lines.into_bytes()].concat(), BODY)
}

#[test]
fn drifts_that_no_other_reply_shows_stay_under_the_bound() {
    each_does_no_harm_to_many(vec![
        row("members of its own", 1, "member-undocumented", "").then(Then::Answer(members_of_its_own)),
        row("fields of its own", 1, "path-disclosed", "").then(Then::Answer(fields_of_its_own)),
    ]);
}
