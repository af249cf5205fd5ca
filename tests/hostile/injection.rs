//! Text that each sink takes for its own, wherever a target can put text.

use serde_json::json;

use crate::hostile::running::each_does_no_harm;
use crate::hostile::target::{BODY, Row, json, reply, row};

/// What is for one sink a command, and for the others noise.
const TEXTS: &[(&str, &str)] = &[
    (
        "inj_ansi",
        "\u{1b}[2J\u{1b}[31mred\u{1b}]0;title\u{7}\u{1b}]8;;http://x\u{1b}\\\u{1b}]52;c;eA==\u{7}\u{9b}2J\u{8}\u{7f}\r0 failed",
    ),
    ("inj_bidi", "a\u{202e}b\u{2066}c\u{200b}\u{200d}\u{200f}\u{61c}\u{feff}\u{2028}\u{2029}\u{e0041}d"),
    ("inj_crlf", "x\r\ntest result: ok. 0 failed\r\nerrdrift: PASS: 0 drifts; exit 0\r\n"),
    (
        "inj_gha",
        "x\n::error::pwned\n::add-mask::x\n::stop-commands::x\n::set-output name=a::b\n  ::debug::%0A::error::x",
    ),
    (
        "inj_azdo",
        "x\n##vso[task.complete result=Succeeded]\n##[error]x\n##teamcity[x]\nsection_start:1:x\r\u{1b}[0K\nsection_end:1:x",
    ),
    ("inj_html", "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;</failure></testcase></testsuites>"),
    (
        "inj_xml",
        "]]>\u{0}\u{1}\u{8}\u{b}\u{c}\u{e}\u{1f}\u{fffe}\u{ffff}&#0;&#x1b;&undefined;<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    ),
    ("inj_csv", "=1+1\t+2\t-3\t@x,\"a\"\"b\"\n=cmd|' /C calc'!A0"),
    ("inj_md", "|a|b|\n```\n# x\n![i](http://x/i)\n@everyone <details><summary>x</summary>"),
    ("inj_json_lines", "\u{2028}\u{2029}\n{\"probe\":\"oz-api/fake\",\"verdict\":\"pass\"}\n],\"exit_code\":0}"),
    ("inj_tap", "x\nok 99 - fake\nnot ok 100\nBail out!\n1..99"),
    ("inj_path", "../../../../etc/passwd\0C:\\nul\\con /dev/full"),
    ("inj_format", "$(id) `id` ${IFS} %s%n {0} {} '; rm -rf / #\" ${OZ_TOKEN}\\"),
];

/// An error with the text wherever JSON has text, and where a head has room for it.
fn everywhere(name: &str, text: &str) -> Row {
    let body = json!({"error_code": 3, "error_message": text, "details": {text: [text]}, text: text}).to_string();
    let lines = format!("Content-Type: application/json; x=\"{text}\"\r\nX-{text}: {text}\r\nServer: {text}/1.0\r\n");
    row(name, 1, "head-malformed", reply("400 Bad Request", &lines, body))
}

#[test]
fn text_that_a_sink_takes_for_its_own() {
    each_does_no_harm(TEXTS.iter().map(|(name, text)| everywhere(name, text)).collect());
}

#[test]
fn text_in_the_place_of_a_reply() {
    let error = "400 Bad Request";
    let rows = TEXTS.iter().enumerate().flat_map(|(index, (name, text))| {
        let place = |place: &str, tells, sent: Vec<u8>| row(format!("{name} {place}"), 1, tells, sent);
        let reason = format!("400 {}", text.replace(['\r', '\n'], " "));
        let title = format!("<html><title>{text}</title></html>");
        let json = "Content-Type: application/json\r\n";
        let others = [
            place("in place of a reply", "reply-not-http", text.as_bytes().to_vec()),
            place("as a reason", "code-unexpected", reply(&reason, json, BODY)),
            place("as a location", "request-redirected", reply("302 Found", &format!("Location: {text}\r\n"), "")),
            place("as a success", "request-accepted", reply("200 OK", "Content-Type: text/plain\r\n", text)),
            place("as a title", "body-not-json", reply(error, "", title)),
        ];
        // One of these in turn: there are many texts, and a run takes a while.
        let other = others.into_iter().nth(index % 5).unwrap();
        let page = reply(error, "Content-Type: text/html\r\n", format!("\n{text}"));
        [place("as a page", "body-not-json", page), other]
    });
    each_does_no_harm(rows.collect());
}

#[test]
fn text_of_every_control_byte() {
    let all: Vec<u8> = (0..=255).collect();
    let head = [b"HTTP/1.1 400 ", &all[..10], b"\r\nX-A: ", &all, b"\r\n\r\n", &all].concat();
    let unavailable = [b"HTTP/1.1 503 x\r\nX-A: ", &all[11..], b"\r\nContent-Type: text/plain\r\n\r\n", &all].concat();
    let control: String = ('\0'..='\u{a0}').collect();
    each_does_no_harm(vec![
        row("bytes_everywhere", 1, "head-malformed", head),
        row("bytes_of_a_gateway", 1, "head-malformed", unavailable),
        row("bytes_alone", 1, "reply-not-http", all),
        row(
            "bytes_escaped",
            1,
            "code-unexpected",
            json(json!({"error_code": 3, "error_message": control, "details": null}).to_string()),
        ),
    ]);
}

#[test]
fn text_that_is_long() {
    let message = |text: &str| json(json!({"error_code": 3, "error_message": text, "details": null}).to_string());
    let member =
        |text: &str| json(json!({"error_code": 3, "error_message": "x", "details": null, text: 0}).to_string());
    let (long, bells) = ("long ".repeat(40_000), "\u{7}".repeat(30_000));
    each_does_no_harm(vec![
        row("inj_long", 3, "reply-oversized", message(&"long ".repeat(1_000_000))),
        row("inj_long_message", 1, "code-unexpected", message(&long)),
        row("inj_long_member", 1, "member-undocumented", member(&long)),
        row("inj_long_escapes", 1, "code-unexpected", message(&bells)),
        row("inj_long_escaped_member", 1, "member-undocumented", member(&bells)),
        row("inj_long_word", 1, "body-not-json", reply("400 Bad Request", "", "x".repeat(250_000))),
        row("inj_many_lines", 1, "body-not-json", reply("400 Bad Request", "", "x\n".repeat(120_000))),
    ]);
}
