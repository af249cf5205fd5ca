//! JSON text beyond what a parsed value shows: members that stand twice, and integers that are not written in digits.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::describe;
use super::found::Found;
use super::reading::Reading;
use super::rule::{Needs, rules};
use crate::model::place::Place;
use crate::model::pointer::{member, push};
use crate::model::secret::Mask;

pub(super) static NEEDS_JSON: Needs =
    Needs { what: "reply with a body in JSON", belongs: |_| true, holds: |case| case.json.is_some() };

rules! {
    BODY_DUPLICATE_MEMBER = Error "body-duplicate-member" {
        what: "An object has the same member twice.",
        why: "Which of the values counts depends on the client's parser.",
        example: "{\"error_code\": 0, \"error_code\": 3, …}",
        source: "RFC 8259, section 4: names SHOULD be unique",
        needs: NEEDS_JSON,
    }
}

/// The most of one body that is reported.
const MAX_DEFECTS: usize = 24;

/// Whether there is certainly no duplicate member and no number with a fraction or an exponent.
pub(super) fn is_plain(text: &str) -> bool {
    let follows = |pair: &[u8]| pair[0].is_ascii_digit() && matches!(pair[1], b'.' | b'e' | b'E');
    !text.as_bytes().windows(2).any(follows) && serde_json::from_str::<Unique>(text).is_ok()
}

/// A value in which no object has a member twice.
struct Unique;

impl<'de> serde::Deserialize<'de> for Unique {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Unique;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a value")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
                let mut seen = std::collections::BTreeSet::new();
                while let Some(name) = map.next_key::<String>()? {
                    map.next_value::<Unique>()?;
                    if !seen.insert(name) {
                        return Err(serde::de::Error::custom("twice"));
                    }
                }
                Ok(Unique)
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Unique, A::Error> {
                while seq.next_element::<Unique>()?.is_some() {}
                Ok(Unique)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Unique, E> {
                Ok(Unique)
            }

            fn visit_i64<E>(self, _: i64) -> Result<Unique, E> {
                Ok(Unique)
            }

            fn visit_u64<E>(self, _: u64) -> Result<Unique, E> {
                Ok(Unique)
            }

            fn visit_f64<E>(self, _: f64) -> Result<Unique, E> {
                Ok(Unique)
            }

            fn visit_str<E>(self, _: &str) -> Result<Unique, E> {
                Ok(Unique)
            }

            fn visit_unit<E>(self) -> Result<Unique, E> {
                Ok(Unique)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// The members of an object in order, duplicates kept.
struct Members<'j>(Vec<(String, &'j RawValue)>);

impl<'de> serde::Deserialize<'de> for Members<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

/// Finds duplicate members and whole numbers that are not written plainly. The depth is bounded by the parse before it.
pub(super) fn walk(raw: &RawValue, at: &mut String, mask: &Mask, reading: &mut Reading) {
    let length = at.len();
    if reading.defects.len() + reading.unplain.len() > MAX_DEFECTS {
        return;
    }
    let text = raw.get();
    match text.as_bytes().first() {
        Some(b'{') => {
            let Ok(Members(members)) = serde_json::from_str(text) else { return };
            let mut seen: BTreeMap<&str, Vec<String>> = BTreeMap::new();
            for (name, value) in &members {
                let values = seen.entry(name.as_str()).or_default();
                // As many as a finding names.
                if values.len() < 3 {
                    values.push(describe::cut(&mask.text(value.get())));
                }
                push(at, name);
                walk(value, at, mask, reading);
                at.truncate(length);
            }
            for (name, values) in seen.iter().filter(|(_, values)| values.len() > 1) {
                let at = mask.pointer(&member(at, name));
                let found = Found::new(&BODY_DUPLICATE_MEMBER, Place::pointer(describe::begin(&at)))
                    .expected("each member once");
                let actual = format!("`{}` more than once: {}", describe::cut(&mask.name(name)), values.join(", "));
                reading.defects.push(found.actual(actual));
            }
        }
        Some(b'[') => {
            let Ok(elements) = serde_json::from_str::<Vec<&RawValue>>(text) else { return };
            for (index, element) in elements.into_iter().enumerate() {
                push(at, &index.to_string());
                walk(element, at, mask, reading);
                at.truncate(length);
            }
        }
        Some(b'-' | b'0'..=b'9')
            if text.contains(['.', 'e', 'E']) && text.parse::<f64>().is_ok_and(|number| number.fract() == 0.0) =>
        {
            reading.unplain.push((at.clone(), text.to_owned()));
        }
        _ => {}
    }
}

/// Replies that fire these rules: severity, rule and place, the probe, and what came. All are silent on what is promised.
#[cfg(test)]
pub(super) fn fires() -> Vec<super::tests::prelude::Row> {
    use super::tests::prelude::*;

    vec![(
        "error body-duplicate-member /error_code",
        OFFSET,
        Outcome::Reply(text(400, "{\"error_code\":0,\"error_code\":4,\"error_message\":\"x\"}")),
    )]
}
