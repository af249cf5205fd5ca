//! JSON that is none, or of which parsers disagree.

use crate::hostile::running::each_does_no_harm;
use crate::hostile::target::{Row, json, row};

/// An error with this body.
fn body(name: &str, tells: &'static str, body: impl AsRef<[u8]>) -> Row {
    row(name, 1, tells, json(body))
}

/// An error with this code, as it is written.
fn code(name: &str, tells: &'static str, code: &str) -> Row {
    body(name, tells, with_code(code))
}

fn with_code(code: &str) -> String {
    format!(r#"{{"error_code": {code}, "error_message": "no", "details": null}}"#)
}

fn message(text: &str) -> String {
    format!(r#"{{"error_code": 3, "error_message": "{text}", "details": null}}"#)
}

fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[test]
fn json_that_is_deep() {
    let nested = |open: &str, close: &str, depth: usize| open.repeat(depth) + "0" + &close.repeat(depth);
    each_does_no_harm(vec![
        body("json_deep", "body-not-json", "[".repeat(200_000)),
        body("json_deep_closed", "body-not-interoperable", nested("[", "]", 100_000)),
        body("json_deep_obj", "body-not-interoperable", nested("{\"a\":", "}", 40_000)),
        body("json_deep_member", "body-not-interoperable", with_code(&nested("[", "]", 100_000))),
        body("json_deep_allowed", "schema-violation", with_code(&nested("[", "]", 120))),
        body("json_deep_allowed_obj", "schema-violation", with_code(&nested("{\"a\":", "}", 120))),
        body("json_deep_duplicates", "body-duplicate-member", with_code(&nested("{\"a\":0,\"a\":", "}", 120))),
    ]);
}

#[test]
fn text_that_is_no_utf_8() {
    let whole = with_code("3");
    each_does_no_harm(vec![
        body("json_nul", "body-not-json", message("\0")),
        body("json_nul_esc", "code-unexpected", message("\\u0000")),
        body("json_bad_utf8", "body-not-utf-8", [message("x").as_bytes(), b"\xff"].concat()),
        body(
            "json_cut_utf8",
            "body-not-utf-8",
            [b"{\"error_code\": 3, \"error_message\": \"\xd0\"}".as_slice()].concat(),
        ),
        body("json_surrogate", "body-not-interoperable", message("\\ud800")),
        body("json_bom", "body-byte-order-mark", format!("\u{feff}{whole}")),
        body("json_boms", "body-byte-order-mark", "\u{feff}".repeat(80_000)),
        body("json_utf16_nobom", "body-not-utf-8", utf_16(&whole, u16::to_le_bytes)),
        body("json_utf16_be", "body-not-utf-8", utf_16(&whole, u16::to_be_bytes)),
        body("json_utf16_bom", "body-not-utf-8", utf_16(&format!("\u{feff}{whole}"), u16::to_le_bytes)),
    ]);
}

#[test]
fn numbers_that_parsers_read_differently() {
    each_does_no_harm(vec![
        code("json_float_int", "body-integer-not-plain", "3.0"),
        code("json_exp_int", "body-integer-not-plain", "3e0"),
        code("json_negzero", "code-unexpected", "-0"),
        code("json_bigint", "code-undocumented", &"9".repeat(40)),
        code("json_1e400", "body-not-interoperable", "1e400"),
        code("json_2_53", "code-undocumented", "9007199254740993"),
        code("json_long_number", "body-not-interoperable", &"9".repeat(200_000)),
        code("json_nan", "body-not-json", "NaN"),
        code("json_leading_zero", "body-not-json", "03"),
        code("json_hex", "body-not-json", "0x3"),
    ]);
}

#[test]
fn json_that_is_more_or_less_than_one_value() {
    let whole = with_code("3");
    let many: Vec<_> = (0..1_000_000).map(|index| format!("\"k{index}\":0")).collect();
    each_does_no_harm(vec![
        body("json_dup_keys", "body-duplicate-member", whole.replace('{', "{\"error_code\": 4, ")),
        body("json_trailing", "body-bytes-after-value", format!("{whole}</body>")),
        body("json_two_docs", "body-bytes-after-value", format!("{whole}{whole}")),
        body("json_jsonp", "body-not-json", format!("callback({whole})")),
        body("json_xssi", "body-not-json", format!(")]}}'\n{whole}")),
        body("json_comment", "body-not-json", format!("/* no */ {whole}")),
        body("json_trailing_comma", "body-not-json", whole.replace('}', ",}")),
        body("json_unclosed", "body-not-json", &whole[..whole.len() - 1]),
        body("json_single_quotes", "body-not-json", whole.replace('"', "'")),
        row("json_1m_keys", 3, "reply-oversized", json(format!("{{{}}}", many.join(",")))),
        body("json_20k_keys", "member-undocumented", whole.replace('}', &format!(",{}}}", many[..20_000].join(",")))),
        body("json_white_space", "body-empty", " \n".repeat(120_000)),
    ]);
}

#[test]
fn values_of_another_type() {
    let whole = with_code("3");
    each_does_no_harm(vec![
        code("json_bool_int", "schema-violation", "true"),
        code("json_str_int", "schema-violation", "\"3\""),
        code("json_null_int", "schema-violation", "null"),
        code("json_long_string", "schema-violation", &format!("\"{}\"", "x".repeat(200_000))),
        body("json_array_top", "schema-violation", format!("[{whole}]")),
        body("json_null_top", "schema-violation", "null"),
        body("json_case_keys", "schema-violation", whole.replace("error_code", "Error_Code")),
        body("json_homoglyph_key", "schema-violation", whole.replace("error_code", "error_\u{441}ode")),
        body("json_empty_key", "member-undocumented", whole.replace('}', ", \"\": 0}")),
        body("json_proto", "member-undocumented", whole.replace('}', ", \"__proto__\": {\"x\": 0}, \"~0/~1\": 0}")),
    ]);
}
