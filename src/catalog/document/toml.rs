//! TOML to a value and the lines of its parts. What TOML has and JSON has not is a mistake here.

use serde_json::{Map, Number, Value};
use toml::de::{DeTable, DeValue};

use super::lines::{Lines, Newlines, Slip};
use crate::model::pointer::member;

/// The value and its lines.
///
/// # Errors
/// Every mistake that the parser gets to; a datetime, and a number that JSON cannot hold.
pub(super) fn parse(text: &str) -> Result<(Value, Lines), Vec<Slip>> {
    let newlines = Newlines::new(text.as_bytes());
    // Where it is wrong, all mistakes of a large file tell nobody more than the first.
    let (table, errors) = match DeTable::parse(text) {
        Err(first) if text.len() > LARGE => return Err(vec![syntax_slip(&first, text, &newlines)]),
        Ok(table) => (table, Vec::new()),
        Err(_) => DeTable::parse_recoverable(text),
    };
    if !errors.is_empty() {
        return Err(errors.iter().take(MAX_MISTAKES).map(|error| syntax_slip(error, text, &newlines)).collect());
    }
    let mut walk = Walk { newlines, lines: Lines::new(), slips: Vec::new() };
    walk.lines.insert(String::new(), 1);
    let value = walk.table(table.get_ref(), "");
    if walk.slips.is_empty() { Ok((value, walk.lines)) } else { Err(walk.slips) }
}

/// A file of which only the first mistake is reported, in bytes.
const LARGE: usize = 1 << 20;
/// Mistakes that are reported.
const MAX_MISTAKES: usize = 100;

/// A mistake in the syntax, with the text that it is about where that is short.
fn syntax_slip(error: &toml::de::Error, text: &str, newlines: &Newlines) -> Slip {
    let span = error.span().unwrap_or(text.len()..text.len());
    let excerpt = text.get(span.clone()).map(str::trim).filter(|t| !t.is_empty() && t.len() <= 40 && !t.contains('\n'));
    let message = match excerpt {
        Some(excerpt) => format!("{}: `{excerpt}`", error.message()),
        None => error.message().to_owned(),
    };
    Slip { line: Some(newlines.line(span.start)), pointer: String::new(), message }
}

struct Walk {
    newlines: Newlines,
    lines: Lines,
    slips: Vec<Slip>,
}

impl Walk {
    fn table(&mut self, table: &DeTable<'_>, at: &str) -> Value {
        let mut object = Map::new();
        for (key, value) in table {
            let at = member(at, key.get_ref());
            self.lines.insert(at.clone(), self.newlines.line(key.span().start));
            object.insert(key.get_ref().to_string(), self.value(value.get_ref(), &at));
        }
        Value::Object(object)
    }

    fn value(&mut self, value: &DeValue<'_>, at: &str) -> Value {
        match value {
            DeValue::String(text) => Value::String(text.to_string()),
            DeValue::Boolean(truth) => Value::Bool(*truth),
            DeValue::Integer(digits) => {
                let (text, radix) = (digits.as_str(), digits.radix());
                let signed = i64::from_str_radix(text, radix).map(Number::from);
                match signed.or_else(|_| u64::from_str_radix(text, radix).map(Number::from)) {
                    Ok(number) => Value::Number(number),
                    Err(_) => self.slip(at, format!("the integer {digits} has more than 64 bits")),
                }
            }
            DeValue::Float(digits) => match digits.as_str().parse().ok().and_then(Number::from_f64) {
                Some(number) => Value::Number(number),
                None => self.slip(at, format!("`{digits}` is no number that JSON has")),
            },
            DeValue::Datetime(datetime) => {
                self.slip(at, format!("JSON has no dates and times; write it in quotes, as \"{datetime}\""))
            }
            DeValue::Array(elements) => {
                let mut array = Vec::new();
                for (index, element) in elements.iter().enumerate() {
                    let at = format!("{at}/{index}");
                    self.lines.insert(at.clone(), self.newlines.line(element.span().start));
                    array.push(self.value(element.get_ref(), &at));
                }
                Value::Array(array)
            }
            DeValue::Table(table) => self.table(table, at),
        }
    }

    fn slip(&mut self, at: &str, message: String) -> Value {
        self.slips.push(Slip { line: self.lines.get(at).copied(), pointer: at.to_owned(), message });
        Value::Null
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    fn slips(text: &str) -> Vec<(Option<usize>, String, String)> {
        let Err(slips) = parse(text) else { panic!("{text} parses") };
        slips.into_iter().map(|slip| (slip.line, slip.pointer, slip.message)).collect()
    }

    #[test]
    fn numbers_keep_their_kind() {
        let (value, _) =
            parse("a = 0x1F\nb = -1_000\nc = 18446744073709551615\nd = 1.0\ne = 1e3\nf = 0b11").unwrap_or_default();
        assert_eq!(value, json!({"a": 31, "b": -1000, "c": u64::MAX, "d": 1.0, "e": 1000.0, "f": 3}));
    }

    #[test]
    fn each_value_has_the_line_of_its_key() {
        let head = "a = 1\n\n[[op]]\nid = 'x'\nlist = [\n  1,\n  2,\n]\n";
        let text = format!("{head}[op.query.'a/b']\ntype = 'x'\n[[op]]\nbody.media = 'x'\n");
        let (_, lines) = parse(&text).unwrap_or_default();
        for (pointer, line) in [
            ("/a", 1),
            ("/op", 3),
            ("/op/0", 3),
            ("/op/0/id", 4),
            ("/op/0/list", 5),
            ("/op/0/list/1", 7),
            ("/op/0/query/a~1b", 9),
            ("/op/0/query/a~1b/type", 10),
            ("/op/1", 11),
            ("/op/1/body/media", 12),
        ] {
            assert_eq!(lines.get(pointer), Some(&line), "{pointer} in {lines:?}");
        }
    }

    #[test]
    fn what_json_has_not_is_a_mistake() {
        let found = slips("a = 1\nb = 2024-01-01\nc = [nan]\nd = 99999999999999999999");
        assert_eq!(
            found.iter().map(|(line, at, _)| (*line, at.as_str())).collect::<Vec<_>>(),
            [(Some(2), "/b"), (Some(3), "/c/0"), (Some(4), "/d")]
        );
        assert!(found[0].2.contains("\"2024-01-01\""), "{}", found[0].2);
    }

    #[test]
    fn mistakes_in_the_syntax_are_all_reported() {
        let found = slips("a = \nb = 1\nb = 2\nc = [1\n");
        let lines: BTreeSet<_> = found.iter().filter_map(|(line, ..)| *line).collect();
        assert_eq!(lines, BTreeSet::from([1, 3, 4]), "{found:?}");
    }
}
