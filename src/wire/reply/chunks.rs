//! The lines between the chunks of a body (RFC 9112, section 7.1).

use super::{CHUNK_LINE_LIMIT, Reader, State};
use crate::model::exchange::{Defect, Flaw};
use crate::model::quote::Quote;

/// The longest line that is held against the grammar, in bytes.
const MAX_READ: usize = 512;

impl Reader {
    pub(super) fn chunk_size(&mut self) {
        let line = self.line();
        if line.map_or(self.buffer.len() - self.at, |(start, end)| end - start) > CHUNK_LINE_LIMIT {
            return self.truncate("a chunk whose size has no end".into());
        }
        let Some((start, end)) = line else { return };
        let line = &self.buffer[start..end];
        let digits = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        let text = std::str::from_utf8(digits).unwrap_or_default();
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let size = u64::from_str_radix(text, 16).ok().filter(|_| plain);
        // An endless reply of long lines is not read twice.
        let told = (size.is_none() || line.len() <= MAX_READ && !is_of_grammar(line))
            .then(|| Quote::of("a chunk of the size ", line));
        match size {
            Some(0) => (self.state, self.length) = (State::Trailers, 0),
            Some(size) => self.state = State::ChunkData(size),
            None => return self.truncate(told.unwrap_or_default()),
        }
        if let Some(told) = told {
            self.malformed(told);
        }
    }

    pub(super) fn chunk_end(&mut self) {
        match &self.buffer[self.at..] {
            [b'\r', b'\n', ..] => {
                self.at += 2;
                self.state = State::ChunkSize;
            }
            [] | [b'\r'] => {}
            other => {
                let wrong = usize::from(other[0] == b'\r') + 1;
                let what = Quote::of("a chunk that goes on after its size: ", &other[..wrong]);
                self.truncate(what);
            }
        }
    }

    /// One of a reply is reported.
    fn malformed(&mut self, what: Quote) {
        let Some(reply) = &mut self.reply else { return };
        if !reply.defects.iter().any(|defect| defect.kind == Flaw::Chunk) {
            reply.defects.push(Defect { kind: Flaw::Chunk, what });
        }
    }
}

/// Whether a line with the size of a chunk, without its line feed, is of the grammar: a size, and extensions without the white
/// space that no sender may write (RFC 9110, section 5.6.3).
fn is_of_grammar(line: &[u8]) -> bool {
    let Some(line) = line.strip_suffix(b"\r") else { return false };
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let mut rest = &line[digits..];
    while let Some(extension) = rest.strip_prefix(b";") {
        let name = token(extension);
        rest = &extension[name..];
        if name == 0 {
            return false;
        }
        if let Some(value) = rest.strip_prefix(b"=") {
            let length = token(value).max(quoted(value));
            rest = &value[length..];
            if length == 0 {
                return false;
            }
        }
    }
    digits > 0 && rest.is_empty()
}

/// The length of the token there (RFC 9110, section 5.6.2).
fn token(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| crate::model::token::has(**byte)).count()
}

/// The length of the quoted string there (RFC 9110, section 5.6.4).
fn quoted(bytes: &[u8]) -> usize {
    let Some(text) = bytes.strip_prefix(b"\"") else { return 0 };
    let mut escaped = false;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'"' if !escaped => return at + 2,
            0..=8 | 10..=31 | 127 => return 0,
            _ => escaped = *byte == b'\\' && !escaped,
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::is_of_grammar;

    #[test]
    fn a_size_may_have_extensions_and_no_white_space() {
        for line in ["2", "0aF", "2;a", "2;a=b;c", "5;a=\"I \\\"love; \\\\\";b=!", "5;a=\"\""] {
            assert!(is_of_grammar(format!("{line}\r").as_bytes()), "{line}");
        }
        for line in
            ["", "2 ", " 2", "2\t", "2;", "2;;a", "2; a", "2 ;a", "2;a=", "2;a=\"b", "2;a=\"b\"c", "2;a b", "2,a"]
        {
            assert!(!is_of_grammar(format!("{line}\r").as_bytes()), "{line}");
        }
        assert!(!is_of_grammar(b"2"), "a bare line feed");
    }
}
