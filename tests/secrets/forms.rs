//! The forms in which services write a text into another one.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Chance that comes again.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// How many forms there are.
pub(crate) const FORMS: usize = 16;

/// The text in that form.
pub(crate) fn form(text: &str, number: usize, chance: &mut Chance) -> String {
    let each = |form: &dyn Fn(char) -> String| text.chars().map(form).collect::<String>();
    let bytes = |form: &dyn Fn(u8) -> String| text.bytes().map(form).collect::<String>();
    match number {
        0 => text.to_owned(),
        // PHP
        1 => json(text).replace('/', "\\/"),
        // .NET
        2 => each(&|c| if c.is_ascii_alphanumeric() { c.into() } else { escaped(c, true) }),
        // Go, Python
        3 => each(&|c| if c.is_ascii() && !"<>&\"\\".contains(c) { c.into() } else { escaped(c, false) }),
        // JSON in JSON
        4 => json(&json(text)).replace('/', "\\\\\\/"),
        5 => each(&|c| if c.is_ascii_alphanumeric() { c.into() } else { format!("&#{};", u32::from(c)) }),
        6 => each(&|c| if c.is_ascii_alphanumeric() { c.into() } else { format!("&#x{:X};", u32::from(c)) }),
        7 => html(text),
        8 => json(&html(&html(text))),
        9 => percent(text),
        // Twice, in HTML
        10 => html(&percent(&percent(text))).to_lowercase(),
        11 => STANDARD.encode(format!("Bearer {text}")),
        12 => URL_SAFE_NO_PAD.encode(format!("{{\"t\":\"{}\"}}", json(text))),
        13 => bytes(&|byte| format!("{byte:02x}")),
        14 => text.as_bytes().escape_ascii().to_string(),
        _ => text.chars().map(|c| mixed(c, chance.below(8))).collect(),
    }
}

/// The inside of a JSON string.
pub(crate) fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

fn html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;").replace('+', "&#43;")
}

fn percent(text: &str) -> String {
    let one = |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).into() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

fn escaped(c: char, upper: bool) -> String {
    let unit = |unit: &u16| if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") };
    c.encode_utf16(&mut [0; 2]).iter().map(unit).collect()
}

fn mixed(c: char, how: usize) -> String {
    match how {
        0 => escaped(c, true),
        1 => format!("&#{};", u32::from(c)),
        2 => percent(&c.to_string()),
        3 => percent(&percent(&c.to_string())),
        4 => format!("\\u0026#x{:x};", u32::from(c)),
        5 if c.is_ascii_punctuation() => format!("\\{c}"),
        _ => c.into(),
    }
}
