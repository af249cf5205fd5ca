//! What a place of a text may stand for: itself, or the character or byte that an escape there spells, however deep.
//!
//! JSON, HTML, URLs, JSON Pointers, quoted-printable, and the string literals of most languages, each within each other. It
//! reads leniently, since it only ever confirms what somebody looks for; it knows no secret.

use super::references;

/// How deep escapes are read: `\\u0026amp;` has three levels.
pub(super) const MAX_DEPTH: u8 = 3;
/// As many bytes of an escape stand after what opens it, where they stand as they are.
const MAX_LENGTH: usize = 10;
/// What stands for a character that was lost on the way: `?`, or U+FFFD.
pub(super) const LOST: u32 = u32::MAX;

/// What a place may stand for: characters or bytes, each with the length that it takes up.
#[derive(Clone, Copy, Default)]
pub(super) struct Units {
    all: [(u32, u32); 20],
    count: usize,
}

impl Units {
    fn push(&mut self, value: u32, length: usize) {
        let Ok(length) = u32::try_from(length) else { return };
        if self.count < self.all.len() && !self.all[..self.count].contains(&(value, length)) {
            self.all[self.count] = (value, length);
            self.count += 1;
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, usize)> {
        self.all[..self.count].iter().map(|(value, length)| (*value, *length as usize))
    }
}

/// Whether an escape may begin with the byte.
pub(super) fn opens(byte: u8) -> bool {
    matches!(byte, b'%' | b'&' | b'\\' | b'=' | b'~')
}

/// Whether an escape may be there; most of what could open one opens none.
pub(super) fn is_open(text: &[u8], at: usize) -> bool {
    let Some(next) = text.get(at + 1) else { return false };
    match text[at] {
        b'\\' => true,
        b'%' => next.is_ascii_hexdigit() || matches!(next, b'u' | b'U') || opens(*next),
        b'=' => next.is_ascii_hexdigit() || opens(*next),
        b'&' => next.is_ascii_alphabetic() || *next == b'#' || opens(*next),
        b'~' => matches!(next, b'0' | b'1') || opens(*next),
        _ => false,
    }
}

/// What the text may stand for at that place, which must be in it.
pub(super) fn units(text: &[u8], at: usize, depth: u8) -> Units {
    let mut units = literal(text, at);
    if !is_open(text, at) {
        return units;
    }
    let mut before = 0;
    for level in 0..depth {
        let known = units;
        for (index, (opener, length)) in known.iter().enumerate() {
            // What has no escape in it reads the same at any depth.
            let behind = &text[(at + length).min(text.len())..(at + length + MAX_LENGTH).min(text.len())];
            if index < before && !behind.iter().any(|byte| opens(*byte)) {
                continue;
            }
            let mut found = |value, behind| units.push(value, length + behind);
            match u8::try_from(opener).unwrap_or_default() {
                b'%' | b'=' => hexadecimal(text, at + length, opener == u32::from(b'%'), level, &mut found),
                b'&' => reference(text, at + length, level, &mut found),
                b'\\' => backslash(text, at + length, level, &mut found),
                b'~' => pointer(text, at + length, level, &mut found),
                _ => {}
            }
        }
        before = known.count;
    }
    units
}

/// The byte or character that stands there, and what doubled quotes and forms make of it.
fn literal(text: &[u8], at: usize) -> Units {
    let mut units = Units::default();
    let byte = text[at];
    units.push(u32::from(byte), 1);
    match byte {
        b'+' => units.push(u32::from(b' '), 1),
        b' ' => units.push(u32::from(b'+'), 1),
        b'?' => units.push(LOST, 1),
        b'\'' | b'"' => {
            // SQL, CSV and YAML write a quote twice, a shell as '\''.
            if text.get(at + 1) == Some(&byte) {
                units.push(u32::from(byte), 2);
            }
            if text[at..].starts_with(b"'\\''") {
                units.push(u32::from(byte), 4);
            }
        }
        0x80.. => {
            if let Some((c, length)) = character(&text[at..]) {
                units.push(if c == '\u{fffd}' { LOST } else { u32::from(c) }, length);
            }
        }
        _ => {}
    }
    units
}

/// The character of UTF-8 that the bytes begin with.
fn character(bytes: &[u8]) -> Option<(char, usize)> {
    let length = match bytes.first()? {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let text = std::str::from_utf8(bytes.get(..length)?).ok()?;
    Some((text.chars().next()?, length))
}

/// The first thing that the text may stand for there and that is wanted.
fn take(text: &[u8], at: usize, level: u8, wanted: impl Fn(u32) -> bool) -> Option<(u32, usize)> {
    let first = *text.get(at)?;
    if !is_open(text, at) {
        return (first < 0x80 && wanted(u32::from(first))).then_some((u32::from(first), 1));
    }
    units(text, at, level).iter().find(|(value, _)| wanted(*value))
}

fn is(byte: u8) -> impl Fn(u32) -> bool {
    move |value| value == u32::from(byte)
}

/// A number of so many digits, at least and at most.
fn number(text: &[u8], at: usize, level: u8, radix: u32, digits: (usize, usize)) -> Option<(u32, usize)> {
    let (mut number, mut length, mut count) = (0_u32, 0, 0);
    let digit = |value: u32| char::from_u32(value).and_then(|c| c.to_digit(radix));
    while count < digits.1
        && let Some((value, more)) = take(text, at + length, level, |value| digit(value).is_some())
    {
        number = number.checked_mul(radix)?.checked_add(digit(value)?)?;
        length += more;
        count += 1;
    }
    (count >= digits.0).then_some((number, length))
}

/// `%41`, `=41` of quoted-printable, and the `%u0041` of old browsers.
fn hexadecimal(text: &[u8], at: usize, percent: bool, level: u8, found: &mut impl FnMut(u32, usize)) {
    if let Some((value, length)) = number(text, at, level, 16, (2, 2)) {
        found(value, length);
    }
    if percent
        && let Some((_, first)) = take(text, at, level, |value| value == u32::from(b'u') || value == u32::from(b'U'))
        && let Some((value, length)) = number(text, at + first, level, 16, (4, 4))
    {
        found(value, first + length);
    }
}

/// `&#65;`, `&#x41;` and `&amp;`.
fn reference(text: &[u8], at: usize, level: u8, found: &mut impl FnMut(u32, usize)) {
    let end = |at| take(text, at, level, is(b';')).map(|(_, length)| length);
    if let Some((_, hash)) = take(text, at, level, is(b'#')) {
        let x = take(text, at + hash, level, |value| value == u32::from(b'x') || value == u32::from(b'X'));
        let begin = hash + x.map_or(0, |(_, length)| length);
        let (radix, digits) = if x.is_some() { (16, (1, 6)) } else { (10, (1, 7)) };
        if let Some((value, length)) = number(text, at + begin, level, radix, digits) {
            // Browsers do without the semicolon.
            found(value, begin + length + end(at + begin + length).unwrap_or(0));
        }
        return;
    }
    let (mut name, mut count, mut length) = ([0; references::MAX_LENGTH], 0, 0);
    let letter = |value: u32| u8::try_from(value).is_ok_and(|byte| byte.is_ascii_alphanumeric());
    while count < name.len()
        && let Some((value, more)) = take(text, at + length, level, letter)
    {
        name[count] = u8::try_from(value).unwrap_or_default();
        count += 1;
        length += more;
    }
    if let Some(value) = references::named(&name[..count])
        && let Some(end) = end(at + length)
    {
        found(value, length + end);
    }
}

/// What a backslash begins in JSON and in the string literals of C, Python, Rust, Ruby, Go, Java, PHP, .NET and shells.
fn backslash(text: &[u8], at: usize, level: u8, found: &mut impl FnMut(u32, usize)) {
    if at >= text.len() {
        return;
    }
    for (value, length) in units(text, at, level).iter() {
        let behind = at + length;
        let braced = || {
            let (_, open) = take(text, behind, level, is(b'{'))?;
            let (value, digits) = number(text, behind + open, level, 16, (1, 6))?;
            let (_, close) = take(text, behind + open + digits, level, is(b'}'))?;
            Some((value, open + digits + close))
        };
        let control = |value| Some((value, 0));
        let spelled = match u8::try_from(value).unwrap_or_default() {
            b'u' => braced().or_else(|| utf16(text, behind, level)),
            b'U' => number(text, behind, level, 16, (8, 8)),
            b'x' => braced().or_else(|| number(text, behind, level, 16, (2, 2))),
            b'0'..=b'7' => number(text, at, level, 8, (1, 3)).map(|(value, whole)| (value, whole - length.min(whole))),
            b'a' => control(7),
            b'b' => control(8),
            b't' => control(9),
            b'n' => control(10),
            b'v' => control(11),
            b'f' => control(12),
            b'r' => control(13),
            b'e' => control(27),
            _ => None,
        };
        match spelled {
            Some((value, more)) => found(value, length + more),
            None if value != LOST => found(value, length),
            None => {}
        }
    }
}

/// Four digits after `\u`, and those of the low surrogate after a high one.
fn utf16(text: &[u8], at: usize, level: u8) -> Option<(u32, usize)> {
    let (high, length) = number(text, at, level, 16, (4, 4))?;
    let low = |slash: usize| {
        let (_, u) = take(text, at + length + slash, level, is(b'u'))?;
        let (low, digits) = number(text, at + length + slash + u, level, 16, (4, 4))?;
        (0xdc00..0xe000).contains(&low).then_some((low, slash + u + digits))
    };
    // One backslash may be written as two, or four.
    let slashes = |at| units(text, at, level);
    if (0xd800..0xdc00).contains(&high)
        && at + length < text.len()
        && let Some((low, more)) =
            slashes(at + length).iter().filter(|(value, _)| is(b'\\')(*value)).find_map(|(_, slash)| low(slash))
    {
        return Some((0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), length + more));
    }
    Some((high, length))
}

/// `~0` and `~1` of a JSON Pointer (RFC 6901).
fn pointer(text: &[u8], at: usize, level: u8, found: &mut impl FnMut(u32, usize)) {
    if let Some((value, length)) = take(text, at, level, |value| value == u32::from(b'0') || value == u32::from(b'1')) {
        found(u32::from(if value == u32::from(b'0') { b'~' } else { b'/' }), length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stands_for(text: &str, c: char) -> bool {
        units(text.as_bytes(), 0, MAX_DEPTH).iter().any(|unit| unit == (u32::from(c), text.len()))
    }

    #[test]
    fn an_escape_of_each_kind_is_read() {
        for (text, c) in [
            ("%2B", '+'),
            ("%2b", '+'),
            ("%u002B", '+'),
            ("=2B", '+'),
            ("+", ' '),
            ("\\u002B", '+'),
            ("\\u{2b}", '+'),
            ("\\U0000002b", '+'),
            ("\\x2b", '+'),
            ("\\53", '+'),
            ("\\/", '/'),
            ("\\\"", '"'),
            ("\\#", '#'),
            ("\\n", '\n'),
            ("&#43;", '+'),
            ("&#x2B;", '+'),
            ("&plus;", '+'),
            ("&amp;", '&'),
            ("&AMP;", '&'),
            ("&eacute;", 'é'),
            ("\\ud83d\\ude00", '😀'),
            ("''", '\''),
            ("'\\''", '\''),
            ("~0", '~'),
            ("~1", '/'),
            ("é", 'é'),
        ] {
            assert!(stands_for(text, c), "{text} is {c}");
        }
    }

    #[test]
    fn escapes_of_escapes_are_read() {
        for (text, c) in [
            ("%252B", '+'),
            ("%25252B", '+'),
            ("\\\\u002B", '+'),
            ("\\\\\\/", '/'),
            ("\\u0026amp;", '&'),
            ("\\\\u0026amp;", '&'),
            ("&amp;#43;", '+'),
            ("&#37;2B", '+'),
            ("\\u00252B", '+'),
            ("%26amp%3B", '&'),
            ("%5Cu002B", '+'),
            ("&amp;quot;", '"'),
        ] {
            assert!(stands_for(text, c), "{text} is {c}");
        }
    }

    #[test]
    fn what_is_no_escape_stands_for_itself_alone() {
        for text in ["%zz", "&nothing;", "&", "%", "\\", "=", "~2"] {
            let units: Vec<_> = units(text.as_bytes(), 0, MAX_DEPTH).iter().collect();
            assert_eq!(units, [(u32::from(text.as_bytes()[0]), 1)], "{text}");
        }
    }
}
