//! A text in every way in which somebody may decode it. It shares no code with what masks.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use regex::Regex;

static ESCAPE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\\+u([0-9a-fA-F]{4})(?:\\+u([dD][c-fC-F][0-9a-fA-F]{2}))?|\\+u\{([0-9a-fA-F]{1,6})\}|%([0-9a-fA-F]{2})|&#([0-9]{1,7});|",
        r"&#[xX]([0-9a-fA-F]{1,6});|\\+x([0-9a-fA-F]{2})|(&amp;)|(&lt;)|(&gt;)|(&quot;)|(&apos;)|\\+([^a-zA-Z0-9\\])|(~1)|(~0)"
    ))
    .unwrap()
});

static BASE64: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[A-Za-z0-9+/_-]{8,}").unwrap());
static HEX: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[0-9a-fA-F]{12,}").unwrap());

/// What the escapes of the text spell.
fn once(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let mut bytes = Vec::new();
    let mut at = 0;
    for found in ESCAPE.captures_iter(&text) {
        let whole = found.get(0).unwrap();
        bytes.extend_from_slice(&text.as_bytes()[at..whole.start()]);
        at = whole.end();
        let number =
            |group: usize, radix| found.get(group).map(|digits| u32::from_str_radix(digits.as_str(), radix).unwrap());
        let mut character = |value: u32| {
            bytes.extend(char::from_u32(value).map_or_else(|| whole.as_str().to_owned(), String::from).bytes());
        };
        if let (Some(high), Some(low)) = (number(1, 16), number(2, 16)) {
            let pair = String::from_utf16_lossy(&[u16::try_from(high).unwrap(), u16::try_from(low).unwrap()]);
            bytes.extend_from_slice(pair.as_bytes());
        } else if let Some(value) = number(1, 16).or(number(3, 16)).or(number(5, 10)).or(number(6, 16)) {
            character(value);
        } else if let Some(byte) = number(4, 16).or(number(7, 16)) {
            bytes.push(u8::try_from(byte).unwrap());
        } else {
            let plain = ["&", "<", ">", "\"", "'"].iter().zip(8..).find(|(_, group)| found.get(*group).is_some());
            let other = found.get(13).map(|c| c.as_str()).or(found.get(14).map(|_| "/")).or(found.get(15).map(|_| "~"));
            bytes.extend_from_slice(plain.map(|(c, _)| *c).or(other).unwrap_or_default().as_bytes());
        }
    }
    bytes.extend_from_slice(&text.as_bytes()[at..]);
    bytes
}

/// The text without what may be put in between, in lower case.
pub(crate) fn bare(text: &[u8]) -> Vec<u8> {
    let mut bare: Vec<u8> =
        text.iter().filter(|byte| !matches!(byte, b' ' | b'\r' | b'\n' | b'\t' | b'\\' | b'+' | 0)).copied().collect();
    bare.make_ascii_lowercase();
    bare
}

/// The text as it is, and as what its escapes spell, as often as they spell something else.
pub(crate) fn readings(text: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![text.to_vec()];
    for _ in 0..5 {
        let next = once(&all[all.len() - 1]);
        if next == all[all.len() - 1] {
            break;
        }
        all.push(next);
    }
    all
}

/// What stands in Base64 and hexadecimal in the text.
fn packed(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&alphabet::STANDARD, config);
    let mut all = Vec::new();
    for run in BASE64.find_iter(&text) {
        let run = run.as_str().replace('-', "+").replace('_', "/");
        for skipped in 0..4 {
            let run = &run[skipped..];
            let run = if run.len() % 4 == 1 { &run[..run.len() - 1] } else { run };
            all.extend(engine.decode(run).unwrap_or_default());
            all.push(b'\n');
        }
    }
    for run in HEX.find_iter(&text) {
        for skipped in 0..2 {
            let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
            all.extend(run.as_str().as_bytes()[skipped..].chunks_exact(2).map(pair));
            all.push(b'\n');
        }
    }
    all
}

/// The first of the secrets that somebody finds in the text, with what stands around it.
pub(crate) fn finds(text: &[u8], secrets: &[String]) -> Option<String> {
    let mut all = readings(text);
    let packed: Vec<_> = [&all[0], &all[all.len() - 1]].into_iter().map(|text| packed(text)).collect();
    all.extend(packed.iter().flat_map(|packed| readings(packed)));
    all.push(self::packed(&packed[0]));
    for reading in all {
        let reading = bare(&reading);
        for secret in secrets {
            let secret = bare(secret.as_bytes());
            if let Some(at) = reading.windows(secret.len()).position(|window| window == secret) {
                let around = &reading[at.saturating_sub(120)..(at + secret.len() + 40).min(reading.len())];
                return Some(String::from_utf8_lossy(around).into_owned());
            }
        }
    }
    None
}

#[test]
fn what_is_hidden_in_a_text_is_found() {
    let secret = "Zq7/Xw2+Kp9\"é😀";
    for number in 0..crate::secrets::forms::FORMS {
        let form = crate::secrets::forms::form(secret, number, &mut crate::secrets::forms::Chance(1));
        assert!(finds(format!("a \"{form}\" b").as_bytes(), &[secret.to_owned()]).is_some(), "{number}: {form}");
    }
    assert_eq!(finds(b"nothing %41 of the kind", &[secret.to_owned()]), None);
}
