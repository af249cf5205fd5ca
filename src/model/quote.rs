//! What was seen of a target where there is no reply, or after one: words of ours, and its own bytes as they came.
//!
//! The bytes are not made readable before they are shown, so that what must not be shown is still found in them.

use std::fmt;

/// The most bytes that are reported.
pub const MAX_QUOTED: usize = 4_096;

/// Words of ours, and the bytes that they are about.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Quote {
    /// Ours.
    pub words: String,
    /// The target's, as many as are reported.
    pub bytes: Option<Vec<u8>>,
    /// Whether more of them came.
    pub cut: bool,
}

impl Quote {
    /// What these words say of these bytes.
    #[must_use]
    pub fn of(words: impl Into<String>, bytes: &[u8]) -> Self {
        let told = &bytes[..bytes.len().min(MAX_QUOTED)];
        Self { words: words.into(), bytes: Some(told.to_vec()), cut: told.len() < bytes.len() }
    }

    /// The same with more words before it.
    #[must_use]
    pub fn after(self, words: impl fmt::Display) -> Self {
        Self { words: format!("{words}{}", self.words), ..self }
    }
}

impl<T: Into<String>> From<T> for Quote {
    fn from(words: T) -> Self {
        Self { words: words.into(), bytes: None, cut: false }
    }
}

impl fmt::Display for Quote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)?;
        let more = if self.cut { "…" } else { "" };
        match self.bytes.as_deref() {
            None => Ok(()),
            Some([]) => f.write_str("nothing"),
            Some([0x15 | 0x16, 0x03, ..]) => f.write_str("a TLS record"),
            Some(bytes) if is_binary(bytes) => {
                let shown: Vec<_> = bytes.iter().take(24).map(|byte| format!("{byte:02X}")).collect();
                write!(f, "the bytes {}{}", shown.join(" "), if bytes.len() > 24 { " …" } else { "" })
            }
            Some(bytes) => write!(f, "«{}{more}»", bytes.escape_ascii()),
        }
    }
}

fn is_binary(bytes: &[u8]) -> bool {
    bytes.iter().filter(|byte| **byte < 0x09 || **byte == 0x7f).count() * 4 > bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_made_readable_when_they_are_shown() {
        assert_eq!(Quote::of("a line: ", b"it's\x01").after("line 2, ").to_string(), "line 2, a line: «it\\'s\\x01»");
        assert_eq!(Quote::of("", &[0; 30]).to_string(), format!("the bytes {}…", "00 ".repeat(24)));
        assert_eq!(Quote::of("", b"\x16\x03\x01").to_string(), "a TLS record");
        assert_eq!(Quote::of("after ", b"").to_string(), "after nothing");
        let long = Quote::of("", &[b'x'; MAX_QUOTED + 1]);
        assert!(long.cut && long.to_string().ends_with("x…»"));
        assert_eq!(Quote::from("closed").to_string(), "closed");
    }
}
