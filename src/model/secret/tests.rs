//! What a mask finds, and what it leaves alone.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use super::{Environment, Mask, Template};

fn mask(values: &[(&str, &str)]) -> Mask {
    let templates: Vec<_> = values.iter().map(|(name, _)| Template::parse(&format!("${{{name}}}")).unwrap()).collect();
    let environment = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Mask::new(&templates, &Environment::new(environment))
}

fn pair(login: &str, password: &str) -> Mask {
    let template = |text: &str| Template::parse(text).unwrap();
    let values = [("LOGIN".to_owned(), login.to_owned()), ("PASSWORD".to_owned(), password.to_owned())];
    Mask::new([&Template::basic(template("${LOGIN}"), template("${PASSWORD}"))], &Environment::new(values))
}

const TOKEN: &str = "Qw+er/ty==ui&op'as<df\"gh\\jk-Zq7";

#[test]
fn a_value_is_found_as_real_encoders_write_it() {
    let mask = mask(&[("T", TOKEN)]);
    for (who, text) in [
        ("itself", TOKEN.to_owned()),
        ("PHP", r#"Qw+er\/ty==ui&op'as<df\"gh\\jk-Zq7"#.to_owned()),
        (".NET", r"Qw\u002Ber/ty==ui\u0026op\u0027as\u003Cdf\u0022gh\\jk-Zq7".to_owned()),
        ("Go", r#"Qw+er/ty==ui\u0026op'as\u003cdf\"gh\\jk-Zq7"#.to_owned()),
        ("JSON in JSON", r#"Qw+er\\\/ty==ui\\u0026op'as\\u003cdf\\\"gh\\\\\\\\jk-Zq7"#.replace(r"\\\\\\\\", r"\\\\")),
        ("Go's templates", "Qw&#43;er/ty==ui&amp;op&#39;as&lt;df&#34;gh\\jk-Zq7".to_owned()),
        ("OWASP", "Qw&#x2B;er&#x2F;ty&#x3D;&#x3D;ui&amp;op&#x27;as&lt;df&quot;gh&#x5C;jk-Zq7".to_owned()),
        ("HTML twice", "Qw+er/ty==ui&amp;amp;op&amp;#39;as&amp;lt;df&amp;quot;gh\\jk-Zq7".to_owned()),
        ("a URL", "Qw%2Ber%2Fty%3D%3Dui%26op%27as%3Cdf%22gh%5Cjk-Zq7".to_owned()),
        ("a URL in part", "Qw+er/ty==ui%26op'as%3cdf%22gh%5cjk-Zq7".to_owned()),
        ("a URL twice", "Qw%252Ber%252Fty%253D%253Dui%2526op%2527as%253Cdf%2522gh%255Cjk-Zq7".to_owned()),
        (
            "a URL in HTML in JSON",
            r"Qw%2Ber%2Fty%3D%3Dui\u0026amp;op&#39;as\u0026lt;df\u0026quot;gh%5Cjk-Zq7".to_owned(),
        ),
        ("a form that was read once too often", "Qw er/ty==ui&op'as<df\"gh\\jk-Zq7".to_owned()),
        ("SQL", "Qw+er/ty==ui&op''as<df\"gh\\jk-Zq7".to_owned()),
        ("CSV", "Qw+er/ty==ui&op'as<df\"\"gh\\jk-Zq7".to_owned()),
        ("a shell", r#"'Qw+er/ty==ui&op'\''as<df"gh\jk-Zq7'"#.to_owned()),
        ("printf %q", r#"Qw+er/ty==ui\&op\'as\<df\"gh\\jk-Zq7"#.to_owned()),
        ("Python's repr", r#"'Qw+er/ty==ui&op\'as<df"gh\\jk-Zq7'"#.to_owned()),
        ("Rust's bytes", TOKEN.as_bytes().escape_ascii().to_string()),
        ("a JSON Pointer", "/Qw+er~1ty==ui&op'as<df\"gh\\jk-Zq7/b".to_owned()),
        ("quoted-printable", "Qw+er/ty=3D=3Dui&op'as=\r\n<df\"gh\\jk-Zq7".to_owned()),
        ("upper case", TOKEN.to_uppercase()),
        ("two lines", "Qw+er/ty==ui&op\r\n 'as<df\"gh\\jk-Zq7".to_owned()),
        ("two lines in JSON", r#"Qw+er/ty==ui&op\n'as<df\"gh\\jk-Zq7"#.to_owned()),
        ("UTF-16", TOKEN.bytes().flat_map(|byte| [char::from(byte), '\0']).collect()),
        ("Base64", STANDARD.encode(TOKEN)),
        ("Base64 for URLs", URL_SAFE_NO_PAD.encode(TOKEN)),
        ("Base64 in a URL", STANDARD.encode(TOKEN).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")),
        ("Base64 by PHP", STANDARD.encode(TOKEN).replace('/', "\\/")),
        ("Base64 of Base64", STANDARD.encode(STANDARD.encode(TOKEN))),
        ("Base64 of JSON", STANDARD.encode(serde_json::json!({"sub": "x", "token": TOKEN}).to_string())),
        ("hexadecimal", TOKEN.bytes().map(|byte| format!("{byte:02x}")).collect()),
        ("HEXADECIMAL", TOKEN.bytes().map(|byte| format!("{byte:02X}")).collect()),
        ("a dump", TOKEN.bytes().map(|byte| format!("{byte:02X} ")).collect()),
        ("a buffer", format!("{:?}", TOKEN.as_bytes())),
    ] {
        for (before, after) in [("", ""), ("x ", " y"), ("\"", "\""), ("token=", "&x=1")] {
            let masked = mask.text(&format!("{before}{text}{after}"));
            assert!(masked.contains("${T}"), "{who}: {masked}");
            for part in ["Qw", "ty=", "Zq7", "UXcr", "51772b"] {
                let part_of = |text: &str| text.to_ascii_lowercase().contains(&part.to_ascii_lowercase());
                assert!(!part_of(&masked), "{who}: {masked}");
            }
        }
    }
}

#[test]
fn a_value_in_base64_is_found_wherever_it_begins() {
    let mask = mask(&[("T", "Zq7Xw2Kp9LmN4vRt")]);
    for before in ["", "a", "ab", "abc", "Bearer ", "{\"token\":\""] {
        for engine in [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD] {
            for glued in ["", "x", "xy", "xyz"] {
                let text = format!("{glued}{}", engine.encode(format!("{before}Zq7Xw2Kp9LmN4vRt~~~")));
                assert!(mask.text(&text).contains("${T}"), "{before} {text}");
            }
        }
    }
}

#[test]
fn a_pair_is_found_as_it_was_sent() {
    let mask = pair("4217", "open sesame");
    let sent = STANDARD.encode("4217:open sesame");
    assert_eq!(mask.text(&format!("Basic {sent}!")), "Basic base64(${LOGIN}:${PASSWORD})==!");
    assert_eq!(mask.text("4217:open%20sesame"), "base64(${LOGIN}:${PASSWORD})");
    assert_eq!(
        mask.text("{\"login\":4217,\"password\":\"open+sesame\"}"),
        "{\"login\":${LOGIN},\"password\":\"${PASSWORD}\"}"
    );
    let again = mask.text(&STANDARD.encode(format!("Basic {sent}")));
    assert!(again.contains("base64(${LOGIN}:${PASSWORD})"), "{again}");
}

#[test]
fn letters_that_are_not_ascii_are_found_however_they_are_written() {
    let mask = mask(&[("T", "пароль-é-Xq7")]);
    let latin: String = "пароль-é-Xq7".bytes().map(char::from).collect();
    for text in [
        "пароль-é-Xq7".to_owned(),
        "ПАРОЛЬ-É-XQ7".to_owned(),
        r"\u043f\u0430\u0440\u043e\u043b\u044c-\u00e9-Xq7".to_owned(),
        "&#1087;&#x430;&#1088;&#1086;&#1083;&#1100;-&eacute;-Xq7".to_owned(),
        "%D0%BF%D0%B0%D1%80%D0%BE%D0%BB%D1%8C-%c3%a9-Xq7".to_owned(),
        r"\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c-\xc3\xa9-Xq7".to_owned(),
        r"\320\277\320\260\321\200\320\276\320\273\321\214-\303\251-Xq7".to_owned(),
        latin.clone(),
        latin.chars().map(|c| if c.is_ascii() { c.to_string() } else { format!("\\u{:04x}", u32::from(c)) }).collect(),
        "??????-?-Xq7".to_owned(),
        "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{fffd}-\u{fffd}-Xq7".to_owned(),
    ] {
        assert_eq!(mask.text(&format!("«{text}»")), "«${T}»", "{text}");
    }
    assert_eq!(
        mask.bytes("пароль-".bytes().chain([0xe9]).chain("-Xq7".bytes()).collect::<Vec<_>>().as_slice()),
        b"${T}"
    );
}

#[test]
fn what_a_cut_leaves_of_a_value_is_masked() {
    let mask = mask(&[("T", "Zq7Xw2Kp9LmN4vRt8YbC"), ("L", "admin")]);
    for length in 2..19 {
        let text = format!("a {}", &"Zq7Xw2Kp9LmN4vRt8YbC"[..length]);
        assert_eq!(mask.masked(text.as_bytes(), true).unwrap(), b"a ${T%\xe2\x80\xa6}", "{text}");
    }
    assert!(mask.masked(b"a adm", true).is_some() && mask.masked(b"a adm", false).is_none());
    // Most of it is enough, wherever it ends.
    assert_eq!(mask.text("Zq7Xw2Kp9LmN… is no token"), "${T%…}… is no token");
    let token = Template::parse("${T}").unwrap();
    let values = Environment::new([("T".into(), "Zq7Xw2Kp9LmN4vRt8YbC".into())]);
    let sent = Mask::new([&token, &token.shortened()], &values);
    assert_eq!(sent.text("Zq7Xw2Kp9LmN4vRt8Yb is no token"), "${T%?} is no token");
    let (left, right) = mask.parted(b"a Zq7Xw2Kp9", b"LmN4vRt8YbC b");
    assert_eq!((left.unwrap(), right.unwrap()), (b"a ${T}".to_vec(), b"${T} b".to_vec()));
}

#[test]
fn a_common_or_short_value_is_masked_only_where_it_stands_alone() {
    let mask = mask(&[("A", "admin"), ("J", "json"), ("N", "4217"), ("E", "error"), ("I", "1005004")]);
    for (text, masked) in [
        ("admin is unknown", "${A} is unknown"),
        ("administrator", "administrator"),
        ("user «admin»", "user «${A}»"),
        ("\\u0022admin\\u0022", "\\u0022${A}\\u0022"),
        ("\\nadmin\\n", "\\n${A}\\n"),
        ("%3Dadmin%26", "%3D${A}%26"),
        ("&quot;admin&quot;", "&quot;${A}&quot;"),
        ("u=ad%6Din&x", "u=${A}&x"),
        (
            "{\"id\": 4217, \"n\": 14217, \"m\": 42170, \"f\": 4217.5, \"g\": 4217.0}",
            "{\"id\": ${N}, \"n\": 14217, \"m\": 42170, \"f\": 4217.5, \"g\": ${N}}",
        ),
        ("{\"error\": \"error\", \"json\": 1}", "{\"error\": \"${E}\", \"json\": 1}"),
        ("{\\\"error\\\": \\\"error\\\"}", "{\\\"error\\\": \\\"${E}\\\"}"),
        ("error_code", "error_code"),
        ("id4217 user1005004 x1005004y 11005004", "id4217 user${I} x${I}y 11005004"),
        ("яadmin", "яadmin"),
    ] {
        assert_eq!(mask.text(text), masked);
    }
    assert_eq!(mask.own("the admin of application/json at 4217"), "the admin of application/json at 4217");
    assert_eq!(mask.field("Content-Type", b"application/json"), None);
    assert_eq!(mask.field("Content-Length", b"4217"), None);
    assert_eq!(mask.field("X-User", b"4217").unwrap(), b"${N}");
    let base64 = STANDARD.encode("{\"user\":\"admin\"}");
    assert!(mask.text(&base64).contains("${A}"));
}

#[test]
fn names_that_the_contract_or_any_error_has_stay() {
    let token = "error_details_4711";
    let mask = mask(&[("E", "error"), ("N", "4217"), ("T", token)]);
    let mask = mask.knowing(["error_code", token, "NOT_FOUND"].map(str::to_owned).into());
    assert_eq!(mask.pointer("/error/error_code/4217"), "/error/error_code/${N}");
    assert_eq!(mask.name(token), token);
    assert_eq!(mask.text(&format!("«{token}»")), "«${T}»");
    assert_eq!(mask.text("NOT_FOUND"), "NOT_FOUND");
    assert_eq!(mask.pointer("header:x-4217"), "header:x-${N}");
    assert_eq!(mask.pointer("status"), "status");
}

#[test]
fn a_name_with_slashes_is_masked_before_it_is_a_pointer() {
    let mask = mask(&[("T", "aB3+dE5/fG7~hI9")]);
    assert_eq!(mask.pointer("/a~1b/aB3+dE5~1fG7~0hI9/0"), "/a~1b/${T}/0");
}

#[test]
fn the_debug_form_of_a_mask_has_no_values() {
    let debug = format!("{:?}", mask(&[("T", "Zq7Xw2Kp9LmN4vRt8YbC")]));
    assert!(debug.contains("${T}") && !debug.to_ascii_lowercase().contains("zq7") && !debug.contains("122"), "{debug}");
}

#[test]
fn ordinary_text_is_left_as_it_is() {
    let mask = mask(&[("T", "Zq7Xw2Kp9LmN4vRt8YbC"), ("L", "48213907")]);
    for text in [
        "{\"error_code\": 6, \"error_message\": \"No access token was given\", \"details\": null}",
        "<html><head><title>404 Not Found</title></head></html>",
        "dGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZw==",
        "2026-11-26T01:02:03Z 5b1f0c52-9d3e-4f7a-8c61-e2d4a7b90f36 %zz & \\ = ~",
    ] {
        assert_eq!(mask.text(text), text);
    }
}

/// A generator of its own, so that a failure comes again.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn of<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }
}

/// One character, spelled in some way.
fn spelled(c: char, chance: &mut Chance) -> String {
    let bytes = |form: &dyn Fn(u8) -> String| c.to_string().bytes().map(form).collect::<String>();
    let units =
        |form: &dyn Fn(u16) -> String| c.encode_utf16(&mut [0; 2]).iter().map(|unit| form(*unit)).collect::<String>();
    match chance.below(14) {
        0 => units(&|unit| format!("\\u{unit:04x}")),
        1 => units(&|unit| format!("\\u{unit:04X}")),
        2 => units(&|unit| format!("\\\\u{unit:04x}")),
        3 => bytes(&|byte| format!("%{byte:02X}")),
        4 => bytes(&|byte| format!("%{byte:02x}")),
        5 => bytes(&|byte| format!("%25{byte:02X}")),
        6 => format!("&#{};", u32::from(c)),
        7 => format!("&#x{:x};", u32::from(c)),
        8 => format!("\\u0026#{};", u32::from(c)),
        9 => format!("&amp;#{};", u32::from(c)),
        10 => bytes(&|byte| format!("\\x{byte:02x}")),
        11 if c.is_ascii_punctuation() => format!("\\{c}"),
        12 => format!("\\u{{{:x}}}", u32::from(c)),
        _ => c.to_string(),
    }
}

#[test]
fn any_value_in_any_mix_of_spellings_is_found() {
    let mut chance = Chance(4711);
    let letters: Vec<char> = "abcXYZ019+/=&'\"<>\\%-_.~ !;#?@пяé😀".chars().collect();
    for _ in 0..3_000 {
        let length = 8 + chance.below(30);
        let value: String = (0..length).map(|_| *chance.of(&letters)).collect();
        let value = value.trim().to_owned();
        if super::words::is_weak(&value) {
            continue;
        }
        let mask = mask(&[("T", &value)]);
        let text: String = value.chars().map(|c| spelled(c, &mut chance)).collect();
        let text = match chance.below(6) {
            0 => STANDARD.encode(&text),
            1 => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
            2 => serde_json::Value::from(text).to_string(),
            _ => text,
        };
        let masked = mask.text(&format!("[{text}]"));
        let inner = masked.trim_matches(['[', ']', '"', '=', '\\']);
        assert_eq!(inner, "${T}", "{value} as {text} as {masked}");
    }
}
