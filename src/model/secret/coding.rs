//! Bytes that stand in a text in Base64 of either alphabet, in hexadecimal, or as a list of numbers; each byte with the place
//! of the text that it stands in. It knows no secret.

use super::spelling::{MAX_DEPTH, is_open, units};

/// Bytes, and where in the text each of them stands.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    places: Places,
}

/// Where in a text bytes stand.
#[derive(Debug, Default)]
enum Places {
    #[default]
    Nowhere,
    /// Each where it says.
    Listed(Vec<(usize, usize)>),
    /// In Base64 without a gap from there on.
    Base64(usize),
    /// In hexadecimal without a gap from there on.
    Hexadecimal(usize),
}

impl Decoded {
    fn push(&mut self, byte: u8, start: usize, end: usize) {
        self.bytes.push(byte);
        match &mut self.places {
            Places::Listed(all) => all.push((start, end)),
            places => *places = Places::Listed(vec![(start, end)]),
        }
    }

    fn span(&self, index: usize) -> (usize, usize) {
        match &self.places {
            Places::Nowhere => (0, 0),
            Places::Listed(all) => all.get(index).copied().unwrap_or_default(),
            Places::Base64(from) => (from + index / 3 * 4 + index % 3, from + index / 3 * 4 + index % 3 + 2),
            Places::Hexadecimal(from) => (from + 2 * index, from + 2 * index + 2),
        }
    }

    /// The part of the text in which these bytes stand.
    pub(super) fn place(&self, start: usize, end: usize) -> (usize, usize) {
        (self.span(start).0, self.span(end - 1).1)
    }

    /// The end of the last byte.
    pub(super) fn end(&self) -> usize {
        self.bytes.len().checked_sub(1).map_or(0, |last| self.span(last).1)
    }
}

/// Shows every run of so many bytes or more that the text may hold in a coding.
pub(super) fn each(text: &[u8], least: usize, look: &mut impl FnMut(&Decoded)) {
    base64(text, (4 * least).div_ceil(3), look);
    hexadecimal(text, 2 * least, look);
    numbers(text, least, look);
}

/// Six bits of Base64 or Base64url (RFC 4648).
fn sextet(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

/// As many characters stand on a line before Base64 goes on on the next one.
const LINE: usize = 16;

/// Shorter runs are words, unless they are padded.
const WORD: usize = 8;

fn base64(text: &[u8], least: usize, look: &mut impl FnMut(&Decoded)) {
    let opens = |byte: u8| matches!(byte, b'%' | b'&' | b'\\');
    let (mut at, mut sextets, mut decoded) = (0, Vec::new(), Decoded::default());
    while let Some(first) = text.get(at) {
        // Of several backslashes, the first is read as deep as the others.
        let begins = opens(*first) && is_open(text, at) && !text[..at].ends_with(b"\\") && may_begin(&text[at..]);
        if sextet(*first).is_none() && !begins {
            at += 1;
            continue;
        }
        let length = text[at..].iter().take_while(|byte| sextet(**byte).is_some()).count();
        let behind = text.get(at + length);
        let goes_on = behind.is_some_and(|byte| opens(*byte) || length >= LINE && matches!(byte, b'\r' | b'\n'));
        let padded = behind == Some(&b'=');
        if length < least && !goes_on || length < WORD && !goes_on && !padded {
            at += length.max(1);
            continue;
        }
        let begin = at;
        if !goes_on {
            at += length;
            for skipped in 0..4 {
                let from = begin + skipped;
                decoded.bytes.clear();
                decoded.places = Places::Base64(from);
                for group in text[from.min(at)..at].chunks(4) {
                    let bits = |index: usize| group.get(index).copied().and_then(sextet);
                    let pairs = [(bits(0), bits(1), 2, 4), (bits(1), bits(2), 4, 2), (bits(2), bits(3), 6, 0)];
                    decoded.bytes.extend(
                        pairs.iter().map_while(|(high, low, left, right)| Some((*high)? << left | (*low)? >> right)),
                    );
                }
                look(&decoded);
            }
            continue;
        }
        sextets.clear();
        while let Some(byte) = text.get(at) {
            if let Some(bits) = sextet(*byte) {
                sextets.push((bits, at, at + 1));
                at += 1;
            } else if matches!(byte, b'\r' | b'\n') && sextets.len() >= LINE {
                at += 1;
            } else if opens(*byte) && is_open(text, at) {
                let units = units(text, at, MAX_DEPTH);
                let spelled = |value: u32| u8::try_from(value).ok().and_then(sextet);
                let found = units.iter().find_map(|(value, length)| Some((spelled(value)?, length)));
                let breaks = |(value, _): &(u32, usize)| matches!(value, 10 | 13) && sextets.len() >= LINE;
                match (found, units.iter().find(breaks)) {
                    (Some((bits, length)), _) => {
                        sextets.push((bits, at, at + length));
                        at += length;
                    }
                    (None, Some((_, length))) => at += length,
                    (None, None) => break,
                }
            } else {
                break;
            }
        }
        at = at.max(begin + 1);
        if sextets.len() >= least {
            // What stands before it may be of the same letters.
            for skipped in 0..4.min(sextets.len()) {
                decode(&sextets[skipped..], &mut decoded);
                look(&decoded);
            }
        }
    }
}

/// Whether what opens an escape may spell a character of Base64.
fn may_begin(text: &[u8]) -> bool {
    let slashes = text.iter().take_while(|byte| **byte == b'\\').count();
    slashes == 0 || text.get(slashes).is_some_and(|byte| matches!(byte, b'/' | b'u' | b'x'))
}

fn decode(sextets: &[(u8, usize, usize)], decoded: &mut Decoded) {
    decoded.bytes.clear();
    decoded.places = Places::Nowhere;
    for group in sextets.chunks(4) {
        for (pair, (left, right)) in group.windows(2).zip([(2, 4), (4, 2), (6, 0)]) {
            decoded.push(pair[0].0 << left | pair[1].0 >> right, pair[0].1, pair[1].2);
        }
    }
}

fn hexadecimal(text: &[u8], least: usize, look: &mut impl FnMut(&Decoded)) {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    let run = |at: usize| text[at.min(text.len())..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let pairs = |decoded: &mut Decoded, at: usize, length: usize| {
        for at in (at..at + length / 2 * 2).step_by(2) {
            if let (Some(high), Some(low)) = (digit(at), digit(at + 1)) {
                decoded.push(u8::try_from(high << 4 | low).unwrap_or_default(), at, at + 2);
            }
        }
    };
    let mut at = 0;
    while at < text.len() {
        if !text[at].is_ascii_hexdigit() {
            at += 1;
            continue;
        }
        let length = run(at);
        if length >= least {
            for from in [at, at + 1] {
                let byte = |pair: &[u8]| {
                    let [high, low] = [*pair.first()?, *pair.get(1)?].map(|digit| char::from(digit).to_digit(16));
                    u8::try_from(high? << 4 | low?).ok()
                };
                let bytes = text[from..at + length].chunks(2).filter_map(byte).collect();
                look(&Decoded { bytes, places: Places::Hexadecimal(from) });
            }
        }
        let (mut end, mut more) = (at + length, length);
        // A dump: `5A 71 37`, `5a:71:37`, `0x5a, 0x71`.
        if length % 2 == 0 && length <= 8 {
            let mut decoded = Decoded::default();
            while more > 0 && more % 2 == 0 {
                pairs(&mut decoded, end - more, more);
                let gap = text[end..].iter().take(2).take_while(|byte| b" ,:-".contains(byte)).count();
                let prefix = if text[end + gap..].starts_with(b"0x") { 2 } else { 0 };
                more = if gap > 0 { run(end + gap + prefix) } else { 0 };
                if more > 0 {
                    end += gap + prefix + more;
                }
            }
            if decoded.bytes.len() * 2 >= least && decoded.bytes.len() * 2 > length {
                look(&decoded);
            }
            end = decoded.end().max(at + length);
        }
        at = end;
    }
}

/// `[90, 113, 55]`, as Node and Java show bytes.
fn numbers(text: &[u8], least: usize, look: &mut impl FnMut(&Decoded)) {
    let number = |at: usize| {
        let minus = usize::from(text.get(at) == Some(&b'-'));
        let digits =
            text[(at + minus).min(text.len())..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        let value = std::str::from_utf8(text.get(at..at + minus + digits)?).ok()?.parse::<i16>().ok()?;
        let byte = u8::try_from(value).ok().or_else(|| Some(i8::try_from(value).ok()?.cast_unsigned()))?;
        Some((byte, at + minus + digits))
    };
    let mut at = 0;
    while let Some(found) = text[at..].iter().position(u8::is_ascii_digit) {
        let start = at + found;
        let start = if start > 0 && text[start - 1] == b'-' { start - 1 } else { start };
        let mut decoded = Decoded::default();
        let mut next = start;
        while let Some((byte, end)) = number(next) {
            decoded.push(byte, next, end);
            next =
                end + text[end..].iter().take_while(|byte| matches!(byte, b',' | b' ' | b'\n' | b'\r' | b'\t')).count();
            if next == end {
                break;
            }
        }
        if decoded.bytes.len() >= least {
            look(&decoded);
        }
        let behind = text[start + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        at = decoded.end().max(start + 1 + behind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, bytes: &str) -> bool {
        let mut found = false;
        each(text.as_bytes(), 4, &mut |decoded| {
            if let Some(start) = decoded.bytes.windows(bytes.len()).position(|window| window == bytes.as_bytes()) {
                let (start, end) = decoded.place(start, start + bytes.len());
                found |= start < end && end <= text.len();
            }
        });
        found
    }

    #[test]
    fn bytes_are_found_in_either_alphabet_at_any_offset_and_over_lines() {
        for text in [
            "Pj4+Pz8/c2VjcmV0",
            "x=Pj4-Pz8_c2VjcmV0",
            "aPj4+Pz8/c2VjcmV0==",
            "abPj4\\u002BPz8\\/c2VjcmV0",
            "Pj4%2BPz8%2Fc2VjcmV0",
        ] {
            assert!(holds(text, "secret"), "{text}");
        }
        assert!(holds("eHh4eHh4eHh4eHh4\nc2VjcmV0", "secret") && holds("eHh4eHh4eHh4eHh4\\r\\nc2VjcmV0", "secret"));
    }

    #[test]
    fn bytes_are_found_in_hexadecimal_and_in_dumps() {
        for text in [
            "736563726574",
            "f736563726574",
            "73:65:63:72:65:74",
            "73 65 63 72 65 74",
            "0x73, 0x65, 0x63, 0x72, 0x65, 0x74",
            "7365 6372 6574",
        ] {
            assert!(holds(text, "secret"), "{text}");
        }
    }

    #[test]
    fn bytes_are_found_in_lists_of_numbers() {
        for text in ["[115, 101,99,114,101,116]", "[\n 115,\n 101,\n 99,\n 114,\n 101,\n 116]"] {
            assert!(holds(text, "secret"), "{text}");
        }
        assert!(holds("-48, -65, -48, -65", "пп"));
    }
}
