//! JSON text as the `details` of an error, after the cases of nst/JSONTestSuite: what must be refused is, what must be read
//! is, and what a parser may do as it likes is JSON.

use super::prelude::OFFSET;
use super::support::{judged, lines, probe, text, typed, with};
use crate::judge::{Judgement, Settings, judge};
use crate::model::exchange::{Exchange, Outcome, Reply};
use crate::model::secret::{Environment, Mask, Template};

fn of(reply: Reply) -> Judgement {
    judged(probe(OFFSET), Outcome::Reply(reply), false)
}

fn details(details: &[u8]) -> Vec<String> {
    let body = [b"{\"error_code\":4,\"error_message\":\"x\",\"details\":", details, b"}"].concat();
    lines(&of(text(400, body)))
}

/// Not JSON, a row a class (`n_`).
const NONE: &[&[u8]] = &[
    b"",
    b" ",
    b"\xef\xbb\xbf{}",
    b"\xef\xbb\xbf",
    b"nul",
    b"tru",
    b"True",
    b"<null>",
    b"*",
    b"[a]",
    b"NaN",
    b"[-Infinity]",
    b"[+1]",
    b"[++1]",
    b"[- 1]",
    b"[--1]",
    b"[-01]",
    b"[012]",
    b"[.5]",
    b"[-.5]",
    b"[1.]",
    b"[1.e1]",
    b"[1e]",
    b"[1e+]",
    b"[1eE2]",
    b"[0x42]",
    b"[1_000]",
    b"[1+2]",
    b"[1.2.3]",
    b"[1a]",
    b"[1\xe5]",
    b"[\xff]",
    b"{\"\xb9\":\"0\",}",
    b"[\x0c]",
    b"[\x0b1]",
    "[\u{2060}]".as_bytes(),
    "[\u{a0}]".as_bytes(),
    b"[1 true]",
    b"[1:2]",
    b"[1;2]",
    b"[,1]",
    b"[1,]",
    b"[1,,2]",
    b"[\"a\"",
    b"[1",
    b"[[",
    b"{\"a\":1",
    b"{\"a\"",
    b"{",
    b"[1}",
    b"{]",
    b"[1]]",
    b"1]",
    b"{}}",
    b"{\"a\" 1}",
    b"{\"a\"::1}",
    b"{\"a\",1}",
    b"{:1}",
    b"{\"a\":}",
    b"{\"a\":1,}",
    b"{\"a\":1,,\"b\":2}",
    b"{,}",
    b"{1:1}",
    b"{a:1}",
    b"{'a':1}",
    b"['a']",
    b"[1/**/]",
    b"[1]//",
    b"[1]#",
    b"[\"\\x00\"]",
    b"[\"\\a\"]",
    b"[\"\\u00A\"]",
    b"[\"\\uqqqq\"]",
    b"[\"\\",
    b"[\"\\u\"]",
    b"[\"\\uD800\\\"]",
    b"[\"\\uD800\\u\"]",
    b"[\"\\uD800\\u1x\"]",
    b"[\"\\uD834\\uDd\"]",
    b"[\"a\x00a\"]",
    b"[\"a\na\"]",
    b"\"a\tb\"",
    b"\"",
    b"[1]x",
    b"[][]",
    b"1 2",
    b"{\"a\":true}\"x\"",
    b"[1e400,]",
    b"[\"\\ud800\",]",
];

/// JSON that every parser reads (`y_`).
const ALL: &[&[u8]] = &[
    b"[[] ]",
    b"[\"\"]",
    b"[1\n]",
    b" [1] ",
    b"[123e65]",
    b"[0e+1]",
    b"[ 4]",
    b"[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]",
    b"[20e1]",
    b"[-0]",
    b"[1E-2]",
    b"{\"asd\":\"sdf\",\"dfg\":\"fgh\"}",
    b"{\"\":0}",
    b"{\"foo\\u0000bar\":42}",
    b"{\"min\":-1.0e+28,\"max\":1.0e+28}",
    b"[\"\\u0060\\u012a\\u12AB\"]",
    b"[\"\\uD801\\udc37\"]",
    b"[\"\\ud83d\\ude39\\ud83d\\udc8d\"]",
    b"[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]",
    b"[\"\\\\u0000\"]",
    b"[\"\\uFFFF\"]",
    b"[\"\\uDBFF\\uDFFE\"]",
    b"[\"\\u200B\\uFDD0\\uFFFE\"]",
    "[\"\u{10ffff}\u{ffff}\u{7f}\u{2028}\u{2029}\"]".as_bytes(),
    "[\"€𝄞\"]".as_bytes(),
    b"false",
    b"-0.1",
    b"\"asd\"",
    b" null\n",
];

/// JSON that parsers refuse or read otherwise (`i_`), and what is told of it beside nothing.
const SOME: &[(&[u8], &str)] = &[
    (b"[123.456e-789]", ""),
    (b"[123123e-10000000]", ""),
    (b"[0.4e00669999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999999969999999006]", "warning body-not-interoperable"),
    (b"[-1e+9999]", "warning body-not-interoperable"),
    (b"[1.5e+9999]", "warning body-not-interoperable"),
    (b"[100000000000000000000]", ""),
    (b"[-123123123123123123123123123123]", ""),
    (b"{\"\\uDFAA\":0}", "warning body-not-interoperable"),
    (b"[\"\\uDADA\"]", "warning body-not-interoperable"),
    (b"[\"\\uD888\\u1234\"]", "warning body-not-interoperable"),
    (b"[\"\\uD800\\n\"]", "warning body-not-interoperable"),
    (b"[\"\\uDd1ea\"]", "warning body-not-interoperable"),
    (b"[\"\\uD800\\uD800\\n\"]", "warning body-not-interoperable"),
    (b"[\"\\ud800abc\"]", "warning body-not-interoperable"),
    (b"[\"\\uDd1e\\uD834\"]", "warning body-not-interoperable"),
    (b"[\"\xe6\x97\xa5\xd1\x88\xfa\"]", "error body-not-utf-8"),
    (b"[\"\xed\xa0\x80\"]", "error body-not-utf-8"),
    (b"[\"\xe9\"]", "error body-not-utf-8"),
    (b"[\"\xf4\xbf\xbf\xbf\"]", "error body-not-utf-8"),
    (b"[\"\xc0\xaf\"]", "error body-not-utf-8"),
    (b"[\"\xfc\x83\xbf\xbf\xbf\xbf\"]", "error body-not-utf-8"),
    (b"[\"\xe0\xff\"]", "error body-not-utf-8"),
];

#[test]
fn what_is_no_json_is_told_so() {
    let told = |line: &String| line == "error body-not-json" || line.starts_with("error body-bytes-after-value");
    let missed: Vec<_> = NONE.iter().filter(|case| !details(case).iter().any(told)).collect();
    assert!(missed.is_empty(), "{:?}", missed.iter().map(|case| case.escape_ascii().to_string()).collect::<Vec<_>>());
    for opening in ["[", "[{\"\":"] {
        assert!(details(opening.repeat(50_000).as_bytes()).iter().any(told), "{opening}");
    }
}

#[test]
fn what_every_parser_reads_is_met_by_silence() {
    for case in ALL {
        assert_eq!(details(case), [""; 0], "{}", case.escape_ascii());
    }
    assert_eq!(details(b"{\"a\":1,\"a\":2}"), ["error body-duplicate-member /details/a"]);
}

#[test]
fn what_parsers_refuse_is_json_and_the_rest_of_the_body_is_judged() {
    for (case, expected) in SOME {
        assert_eq!(details(case).join(", "), *expected, "{}", case.escape_ascii());
    }
    let nested = "[".repeat(500) + &"]".repeat(500);
    assert_eq!(details(nested.as_bytes()), ["warning body-not-interoperable"]);
    let rest = of(text(400, r#"{"error_code":4,"error_message":7,"details":"\ud800","details":1e999}"#));
    let told = [
        "error body-duplicate-member /details",
        "error schema-violation /error_message",
        "warning body-not-interoperable",
        "warning body-not-interoperable",
    ];
    assert_eq!(lines(&rest), told);
    assert!(rest.code.is_some());
}

#[test]
fn a_limit_of_our_own_is_said_to_be_ours() {
    let deep = of(text(
        400,
        format!("{{\"error_code\":4,\"error_message\":\"x\",\"details\":{}}}", "[".repeat(300) + &"]".repeat(300)),
    ));
    assert!(deep.findings[0].actual.contains("errdrift itself reads"), "{}", deep.findings[0].actual);
}

#[test]
fn a_body_in_a_coding_is_told_once_and_what_is_in_it_is_judged() {
    use std::io::Write as _;
    let gzip = |text: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    };
    let (right, wrong) = (br#"{"error_code":4,"error_message":"x"}"#, br#"{"error_code":4}"#);
    let coding = "error content-encoding-unexpected header:content-encoding";
    let labelled = |label: &str, body: Vec<u8>| with(text(400, body), "content-encoding", label);
    let missing = "error schema-violation /error_message";
    for (reply, expected, actual) in [
        (text(400, gzip(right)), vec![coding], "gzip data without Content-Encoding"),
        (text(400, gzip(wrong)), vec![coding, missing], "gzip data without Content-Encoding"),
        (labelled("identity", gzip(right)), vec![coding], "gzip data without Content-Encoding"),
        (labelled("gzip", right.to_vec()), vec![coding], "gzip, and the body is no such data"),
        (labelled("deflate", wrong.to_vec()), vec![coding, missing], "deflate, and the body is no such data"),
        (labelled("br", right.to_vec()), vec![coding], "br, and the body is no such data"),
        (labelled("br", gzip(wrong)), vec![coding, missing], "br, and the body is gzip data"),
        (labelled("gzip", gzip(wrong)), vec![coding, missing], "gzip"),
        (labelled("gzip", gzip(right)[..30].to_vec()), vec![coding], "gzip, and the data cannot be read to their end"),
        (labelled("br", b"\x0b\x02\x80\x03".to_vec()), vec![coding], "br"),
    ] {
        let judgement = of(reply.clone());
        let found = lines(&judgement);
        assert!(expected.iter().all(|line| found.contains(&(*line).to_owned())), "{actual}: {found:?}");
        assert!(!found.iter().any(|line| line.contains("body-not")), "{actual}: {found:?}");
        let told = judgement
            .findings
            .iter()
            .find(|finding| *finding.rule == crate::judge::header::CONTENT_ENCODING_UNEXPECTED);
        assert_eq!(told.map(|finding| finding.actual.as_str()), Some(actual));
    }
    let page =
        of(with(typed(400, "text/html", gzip("<html><title>Немає</title>".as_bytes())), "content-encoding", "x-gzip"));
    let told = page.findings.iter().find(|finding| finding.rule.id == "body-not-json");
    assert!(told.is_some_and(|told| told.actual.contains("an HTML page, «Немає»")), "{:?}", page.findings);
}

#[test]
fn a_page_is_quoted_in_its_own_charset() {
    for (media_type, body, title) in [
        ("text/html; charset=gb2312", b"<html><title>\xb2\xbb\xb4\xe6\xd4\xda</title>".as_slice(), "不存在"),
        ("text/html; charset=windows-1251", b"<html><title>\xcd\xe5\xf2</title>", "Нет"),
        ("text/html; charset=koi8-u", b"<html><title>\xee\xc5\xcd\xc1\xa4</title>", "Немає"),
        ("text/html; charset=Shift_JIS", b"<html><title>\x82\xa0</title>", "あ"),
        ("text/html", b"<html><meta charset=latin1><title>\xe9t\xe9</title>", "été"),
    ] {
        let judgement = of(typed(404, media_type, body));
        assert_eq!(lines(&judgement), ["error body-not-json"], "{media_type}");
        let actual = &judgement.findings[0].actual;
        assert!(actual.contains(&format!("«{title}»")), "{media_type}: {actual}");
    }
}

#[test]
fn a_secret_is_found_in_the_charset_of_its_page() {
    let mask = Mask::new(
        [&Template::parse("${OZ_TOKEN}").unwrap()],
        &Environment::new([("OZ_TOKEN".to_owned(), "Пароль-Ёжика-4711".to_owned())]),
    );
    let (secret, _, _) = encoding_rs::WINDOWS_1251.encode("Пароль-Ёжика-4711");
    let body = [b"<html><title>\xcd\xe5\xf2 ".as_slice(), &secret, b"</title>"].concat();
    let exchange = Exchange {
        outcome: Outcome::Reply(typed(404, "text/html; charset=windows-1251", body)),
        duration: std::time::Duration::ZERO,
    };
    let judgement = judge(probe(OFFSET), &exchange, &[], &Settings { mask, ..Settings::default() });
    let told = format!("{:?}", judgement.findings);
    assert!(told.contains("Нет ${OZ_TOKEN}") && !told.contains("Ёжика"), "{told}");
    let shown = judgement.shown.unwrap().body;
    assert_eq!(String::from_utf8(shown).unwrap(), "<html><title>Нет ${OZ_TOKEN}</title>");
}
