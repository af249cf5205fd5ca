//! Tokens of HTTP: methods, names of header fields, schemes (RFC 9110, section 5.6.2).

/// Whether a token may have this byte.
#[must_use]
pub fn has(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether the bytes are a token.
#[must_use]
pub fn is(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|byte| has(*byte))
}
