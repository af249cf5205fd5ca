//! Where values stand in a text, however they are spelled there.

use super::coding;
use super::spelling::{LOST, MAX_DEPTH, is_open, opens, units};

/// A value that is looked for.
#[derive(Clone)]
pub(super) struct Pattern {
    /// The value: letters of ASCII in lower case, any white space as one space.
    bytes: Vec<u8>,
    /// What stands in its place.
    pub(super) name: String,
    /// What stands in the place of a part of it.
    pub(super) part: String,
    /// Whether it counts only where it stands alone.
    pub(super) weak: bool,
}

impl Pattern {
    pub(super) fn new(value: &str, name: String, part: String, weak: bool) -> Self {
        let words: Vec<_> = value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
        Self { bytes: words.join(" ").to_ascii_lowercase().into_bytes(), name, part, weak }
    }

    /// Whether the word is the value, in whatever case.
    pub(super) fn is(&self, word: &str) -> bool {
        self.bytes.eq_ignore_ascii_case(word.as_bytes())
    }

    fn is_number(&self) -> bool {
        self.bytes.iter().all(u8::is_ascii_digit)
    }

    /// Whether it is no part of a longer word that goes on with this character: an id may well stand after letters.
    fn ends_at(&self, c: u32) -> bool {
        let is_digit = |c: u32| char::from_u32(c).is_some_and(|c| c.is_ascii_digit());
        if self.is_number() && self.bytes.len() >= ID { !is_digit(c) } else { !is_word(c) }
    }

    /// As much of it is looked for at least.
    fn least(&self) -> usize {
        let length = self.bytes.len();
        if self.weak { length } else { length.min(PART.max(length.div_ceil(2))) }
    }
}

/// Where a value stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Which value.
    pub(super) pattern: usize,
    /// Whether it is all of it.
    pub(super) whole: bool,
}

/// A number of so many digits is found after letters, too.
const ID: usize = 6;
/// As much of a value is looked for at the end of a text that was cut.
const REST: usize = 2;
/// A shorter part of a value is not looked for.
const PART: usize = 8;
/// Codings within codings are read so deep.
const CODINGS: u8 = 2;
/// Longer bytes in a coding are not looked through for another one.
const NESTED: usize = 8 * 1024;

/// Values, and by which bytes each of them may begin.
pub(super) struct Patterns {
    pub(super) all: Vec<Pattern>,
    begins: Vec<bool>,
    /// The length of the shortest.
    least: usize,
}

impl Patterns {
    pub(super) fn new(all: Vec<Pattern>) -> Self {
        let all: Vec<_> = all.into_iter().filter(|pattern| !pattern.bytes.is_empty()).collect();
        let mut begins = vec![false; 256];
        for pattern in &all {
            let first = pattern.bytes[0];
            for byte in [first, first.to_ascii_uppercase()] {
                begins[usize::from(byte)] = true;
            }
            if first == b'+' {
                begins[usize::from(b' ')] = true;
            }
            if first >= 0x80 {
                // As itself, as Latin-1, taken for Latin-1, and lost.
                begins[0x80..].fill(true);
                begins[usize::from(b'?')] = true;
            }
        }
        let least = all.iter().map(Pattern::least).min().unwrap_or(0);
        Self { all, begins, least }
    }

    /// Where they stand, in order and apart from each other. `cut`: the text goes on after its end.
    pub(super) fn find(&self, text: &[u8], cut: bool) -> Vec<Hit> {
        if self.all.is_empty() {
            return Vec::new();
        }
        let mut hits = Vec::new();
        self.within(text, cut, CODINGS, &mut hits);
        hits.sort_by_key(|hit| (hit.start, std::cmp::Reverse(hit.end)));
        let mut apart: Vec<Hit> = Vec::with_capacity(hits.len());
        for hit in hits {
            match apart.last_mut() {
                Some(last) if hit.start < last.end => last.end = last.end.max(hit.end),
                _ => apart.push(hit),
            }
        }
        apart
    }

    fn within(&self, text: &[u8], cut: bool, level: u8, hits: &mut Vec<Hit>) {
        self.plain(text, cut, hits);
        if level == 0 {
            return;
        }
        coding::each(text, if cut { REST } else { self.least }, &mut |decoded| {
            // Half a byte of a coding may be left.
            let cut = cut && decoded.end() + 3 >= text.len();
            let mut inner = Vec::new();
            let readable = std::str::from_utf8(&decoded.bytes)
                .is_ok_and(|text| !text.chars().any(|c| c.is_control() && !c.is_whitespace()));
            if readable && decoded.bytes.len() <= NESTED {
                self.within(&decoded.bytes, cut, level - 1, &mut inner);
            } else {
                self.plain(&decoded.bytes, cut, &mut inner);
            }
            hits.extend(inner.into_iter().map(|hit| {
                let (start, end) = decoded.place(hit.start, hit.end);
                Hit { start, end, ..hit }
            }));
        });
    }

    /// Where they stand without a coding.
    fn plain(&self, text: &[u8], cut: bool, hits: &mut Vec<Hit>) {
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            let here = self.begins[usize::from(*byte)] || opens(*byte) && is_open(text, at) && self.opened(text, at);
            let Some(hit) = here.then(|| self.best(text, at, cut)).flatten() else {
                at += 1;
                continue;
            };
            at = hit.end.max(at + 1);
            hits.push(hit);
        }
    }

    /// Whether an escape that opens here may be the beginning of a value.
    fn opened(&self, text: &[u8], at: usize) -> bool {
        // The first of several backslashes is read as deep as the others.
        if text[at] == b'\\' && at > 0 && text[at - 1] == b'\\' {
            return false;
        }
        let begins = |(value, _): (u32, usize)| {
            u8::try_from(value).map_or(self.begins[0xff], |byte| self.begins[usize::from(byte)])
        };
        units(text, at, MAX_DEPTH).iter().any(begins)
    }

    /// What stands there: all of a value rather than a part of one, and the longest.
    fn best(&self, text: &[u8], at: usize, cut: bool) -> Option<Hit> {
        let hit = |(index, pattern): (usize, &Pattern)| {
            let (mut end, whole) = follow(text, at, pattern, cut)?;
            if pattern.weak {
                if !is_begin(text, at, pattern) {
                    return None;
                }
                if whole {
                    end = alone(text, end, pattern)?;
                }
            }
            Some(Hit { start: at, end, pattern: index, whole })
        };
        self.all.iter().enumerate().filter_map(hit).max_by_key(|hit| (hit.whole, hit.end))
    }
}

/// The end of the value that begins there, and whether it is all of it.
fn follow(text: &[u8], at: usize, pattern: &Pattern, cut: bool) -> Option<(usize, bool)> {
    let wanted = &pattern.bytes;
    let (mut others, mut part, mut ends) = (Vec::new(), (0, at), 0);
    let mut state = (at, 0);
    for _ in 0..8 * wanted.len() + 1_000 {
        let (here, taken) = state;
        if taken == wanted.len() {
            return Some((here, true));
        }
        if taken > part.0 {
            part = (taken, here);
        }
        let next = match text.get(here) {
            None => {
                ends = ends.max(taken);
                None
            }
            Some(byte) if byte.is_ascii_alphanumeric() => {
                (byte.to_ascii_lowercase() == wanted[taken]).then_some((here + 1, taken + 1))
            }
            Some(_) => {
                // What an escape at the end of a cut text would have become is not known.
                if cut && opens(text[here]) && text.len() - here < 12 {
                    ends = ends.max(taken);
                }
                steps(text, here, wanted, taken, &mut others);
                None
            }
        };
        match next.or_else(|| others.pop()) {
            Some(next) => state = next,
            None => break,
        }
    }
    if cut && ends >= REST {
        return Some((text.len(), false));
    }
    let much = !pattern.weak && part.0 >= PART && part.0 * 2 >= wanted.len();
    much.then_some((part.1, false))
}

/// How what stands here can go on with the value: what it spells, and what may stand between. The longest last.
fn steps(text: &[u8], here: usize, wanted: &[u8], taken: usize, others: &mut Vec<(usize, usize)>) {
    let begin = others.len();
    for (value, length) in units(text, here, MAX_DEPTH).iter() {
        if let Some(more) = spells(value, &wanted[taken..]) {
            others.push((here + length, taken + more));
        }
        if taken > 0 && is_blank(value) {
            others.push((here + length, taken));
        }
    }
    // A soft line break of quoted-printable.
    for soft in [&b"=\r\n"[..], b"=\n"] {
        if taken > 0 && text[here..].starts_with(soft) {
            others.push((here + soft.len(), taken));
        }
    }
    others[begin..].sort_unstable();
}

/// How much of the value a character or byte is.
fn spells(value: u32, wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    if value == LOST {
        // A character that is not ASCII, as long as it is one.
        let continues = |byte: &&u8| **byte & 0xc0 == 0x80;
        return (first >= 0x80).then(|| 1 + wanted[1..].iter().take_while(continues).count());
    }
    if first == b' ' && is_blank(value) {
        return Some(1);
    }
    if u8::try_from(value).is_ok_and(|byte| byte.to_ascii_lowercase() == first) {
        return Some(1);
    }
    let c = char::from_u32(value).filter(|c| !c.is_ascii())?;
    let mut room = [0; 4];
    let encoded = c.encode_utf8(&mut room).as_bytes();
    wanted.starts_with(encoded).then_some(encoded.len())
}

/// Whether it may stand within a value that was broken or padded: white space, NUL of UTF-16, a soft hyphen, a byte order mark.
fn is_blank(value: u32) -> bool {
    matches!(value, 0 | 9 | 10 | 11 | 12 | 13 | 32 | 0xa0 | 0xad | 0x200b | 0xfeff)
}

fn is_word(value: u32) -> bool {
    char::from_u32(value).is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// The character that the bytes end in.
fn last(bytes: &[u8]) -> Option<char> {
    let bytes = &bytes[bytes.len().saturating_sub(4)..];
    let text = (0..bytes.len()).find_map(|start| std::str::from_utf8(&bytes[start..]).ok())?;
    text.chars().last()
}

/// The longest escape before a value that is read to see whether the value stands alone.
const BEFORE: usize = 12;

/// Whether no word goes on here.
fn is_begin(text: &[u8], at: usize, pattern: &Pattern) -> bool {
    let Some(before) = last(&text[..at]) else { return true };
    if pattern.ends_at(u32::from(before)) {
        let fraction = before == '.' && at > 1 && text[at - 2].is_ascii_digit();
        return !(fraction && pattern.is_number());
    }
    // `\n` and `%3D` end in letters, which are those of no word.
    (at.saturating_sub(BEFORE)..at - 1).any(|start| {
        let ends_here = |(value, length): (u32, usize)| start + length == at && pattern.ends_at(value) && value != LOST;
        is_open(text, start) && units(text, start, MAX_DEPTH).iter().any(ends_here)
    })
}

/// The end of a value that no word follows, with the fraction that a number may have got.
fn alone(text: &[u8], end: usize, pattern: &Pattern) -> Option<usize> {
    let Some(byte) = text.get(end) else { return Some(end) };
    if pattern.is_number() && *byte == b'.' {
        let digits = text[end + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let zeros = text[end + 1..end + 1 + digits].iter().all(|byte| *byte == b'0');
        return zeros.then_some(if digits > 0 { end + 1 + digits } else { end });
    }
    let spelled = units(text, end, MAX_DEPTH);
    // The longest is what the text means there: a letter in UTF-8, an escape.
    let means = spelled.iter().max_by_key(|(_, length)| *length);
    (!means.is_some_and(|(value, _)| value != LOST && !pattern.ends_at(value))).then_some(end)
}
