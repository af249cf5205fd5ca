//! What is JSON by RFC 8259 and many parsers refuse or read otherwise, ours among them: it is reported, and what stands for it is
//! judged with the rest of the body.

use serde_json::value::RawValue;

use super::describe;
use super::finding::Finding;
use super::found::Found;
use super::rule::rules;
use crate::model::place::Place;
use crate::model::secret::Mask;

rules! {
    BODY_NOT_INTEROPERABLE = Warning "body-not-interoperable" {
        what: "The body is JSON that many parsers refuse: half a surrogate pair, a number beyond a double, deep nesting.",
        why: "Whether a client can read the error depends on its library: one fails, another reads a replacement character, infinity or nothing.",
        example: "{\"error_message\": \"\\ud83d\", …}",
        source: "RFC 7493 (I-JSON), section 2; RFC 8259, sections 6, 8.2 and 9",
    }
}

/// Levels of nesting that are read. The parser's own limit is 128.
const MAX_LEVELS: usize = 120;

/// What stands for a number that no double holds: the largest that one does.
const LARGEST: &str = "1.7976931348623157e308";

/// JSON that any parser reads.
#[derive(Debug)]
pub(super) struct Repaired {
    pub(super) text: String,
    /// Where in the text as it came the value ends.
    pub(super) end: usize,
    pub(super) told: Vec<Finding>,
}

/// The first value of a text that our parser refuses, in a form that it reads; an error where it is no JSON by RFC 8259.
pub(super) fn repair(text: &str, mask: &Mask) -> Result<Repaired, serde_json::Error> {
    // A raw value is held against the grammar alone, without a limit of depth, size or range.
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let raw = values.next().transpose()?.map_or("", RawValue::get);
    let end = values.byte_offset();
    let mut repair = Repair { text: raw, ..Repair::default() };
    repair.value();
    let told = repair.told(mask);
    Ok(Repaired { text: repair.out, end, told })
}

/// A text under repair; it is of the grammar.
#[derive(Debug, Default)]
struct Repair<'t> {
    text: &'t str,
    at: usize,
    out: String,
    depth: usize,
    deepest: usize,
    /// The first of each kind.
    surrogate: Option<&'t str>,
    number: Option<&'t str>,
}

impl Repair<'_> {
    fn value(&mut self) {
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b'"' => self.string(),
                b'-' | b'0'..=b'9' => self.number(),
                b'[' | b'{' => {
                    self.depth += 1;
                    self.deepest = self.deepest.max(self.depth);
                    if self.depth == MAX_LEVELS + 1 {
                        self.out.push_str("null");
                    }
                    self.copy(1);
                }
                b']' | b'}' => {
                    self.copy(1);
                    self.depth -= 1;
                }
                _ => self.copy(1),
            }
        }
    }

    /// Takes so many bytes, of whole characters; those below the deepest level are not kept.
    fn copy(&mut self, length: usize) {
        let taken = &self.text[self.at..self.at + length];
        self.put(taken);
        self.at += length;
    }

    fn put(&mut self, text: &str) {
        if self.depth <= MAX_LEVELS {
            self.out.push_str(text);
        }
    }

    fn string(&mut self) {
        self.copy(1);
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(['"', '\\']).unwrap_or(rest.len());
            self.copy(plain);
            match self.text.as_bytes().get(self.at) {
                Some(b'\\') => self.escape(),
                Some(_) => return self.copy(1),
                None => return,
            }
        }
    }

    fn escape(&mut self) {
        match (self.unit(self.at), self.unit(self.at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => self.copy(12),
            (Some(0xd800..=0xdfff), _) => {
                self.surrogate = self.surrogate.or(self.text.get(self.at..self.at + 6));
                self.put("\\ufffd");
                self.at += 6;
            }
            (Some(_), _) => self.copy(6),
            (None, _) => self.copy(2),
        }
    }

    /// The unit of UTF-16 that an escape there spells.
    fn unit(&self, at: usize) -> Option<u16> {
        let digits = self.text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    }

    fn number(&mut self) {
        let rest = &self.text[self.at..];
        let of_number = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | 'e' | 'E');
        let length = rest.find(|c| !of_number(c)).unwrap_or(rest.len());
        let written = &rest[..length];
        if written.parse::<f64>().is_ok_and(f64::is_finite) {
            return self.copy(length);
        }
        self.number = self.number.or(Some(written));
        self.put(if written.starts_with('-') { "-" } else { "" });
        self.put(LARGEST);
        self.at += length;
    }

    fn told(&self, mask: &Mask) -> Vec<Finding> {
        let found = |facet: &str, expected: &str, source: &str, actual: String| {
            let found = Found::new(&BODY_NOT_INTEROPERABLE, Place::VALUE).facet(facet).expected(expected);
            found.source(source).actual(actual)
        };
        let surrogate = self.surrogate.map(|escape| {
            let source = "RFC 7493, section 2.1: MUST NOT; RFC 8259, section 8.2";
            found("surrogate", "whole surrogate pairs", source, format!("`{escape}` without its other half"))
        });
        let number = self.number.map(|written| {
            let source = "RFC 7493, section 2.2: SHOULD NOT; RFC 8259, section 6";
            found("number", "numbers that a double holds", source, format!("`{}`", describe::cut(&mask.text(written))))
        });
        let depth = (self.deepest > MAX_LEVELS).then(|| {
            let source = "RFC 8259, section 9: a parser may set limits on the depth of nesting";
            let actual = format!(
                "{} levels; errdrift itself reads {MAX_LEVELS}, and takes what is below for null",
                self.deepest
            );
            found("depth", "nesting that parsers read", source, actual)
        });
        [surrogate, number, depth].into_iter().flatten().collect()
    }
}

/// Replies that fire these rules: severity, rule and place, the probe, and what came. All are silent on what is promised.
#[cfg(test)]
pub(super) fn fires() -> Vec<super::tests::prelude::Row> {
    use super::tests::prelude::*;

    let details = |details: &str| {
        let body = format!("{{\"error_code\":4,\"error_message\":\"x\",\"details\":{details}}}");
        Outcome::Reply(text(400, body))
    };
    vec![
        ("warning body-not-interoperable", OFFSET, details("\"\\ud800\"")),
        ("warning body-not-interoperable", OFFSET, details("[-1e999]")),
        ("warning body-not-interoperable", OFFSET, details(&("[".repeat(500) + &"]".repeat(500)))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &str) -> String {
        repair(text, &Mask::default()).unwrap().text
    }

    #[test]
    fn only_what_parsers_refuse_is_replaced() {
        for same in [r#"{"a\"\\": [1.5e-9, "\ud834\udd1e\u00e9\/", true, null, -0]}"#, "\"é\\n\"", "0.1e-999"] {
            assert_eq!(repaired(same), same);
        }
        assert_eq!(
            repaired(r#"["\ud800\n", "\uDC00\ud800", "\\ud800"]"#),
            r#"["\ufffd\n", "\ufffd\ufffd", "\\ud800"]"#
        );
        assert_eq!(repaired("[1e400,-1e+999,2]"), format!("[{LARGEST},-{LARGEST},2]"));
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(repaired(&nested(MAX_LEVELS)), nested(MAX_LEVELS));
        let most = "[".repeat(MAX_LEVELS) + "null" + &"]".repeat(MAX_LEVELS);
        assert_eq!(repaired(&nested(100_000)), most);
        assert_eq!(repaired(&most.replace("null", "{\"a\":[\"]\",1e400]}")), most);
    }

    #[test]
    fn what_is_no_json_is_not_repaired() {
        for text in
            ["[\"\\ud800", "[1e400", "\"\\uD800\\\"", "[\"\\ud800\",]", &"[".repeat(100_000), "\"\\ud80x\"", "1e"]
        {
            assert!(repair(text, &Mask::default()).is_err(), "{text:.20}");
        }
    }
}
