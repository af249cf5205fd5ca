//! Values that may hold secrets, and the one place where secrets are masked.
//!
//! A [`Template`] is what a suite writes (`${OZ_TOKEN}`); it is resolved against the [`Environment`] only when a probe
//! leaves. Everything else (reports, terminal, commands) sees the template, or text that went through a [`Mask`].
//!
//! A mask looks for no list of forms: it reads a text in every way in which a service may have written a value into it
//! (`spelling`, `coding`), and finds the value in what it reads (`search`). What is common or short is masked only
//! where it stands alone (`words`).

mod coding;
pub(crate) mod environment;
mod mask;
mod references;
mod search;
mod spelling;
mod template;
#[cfg(test)]
mod tests;
mod words;

pub use self::environment::Environment;
pub use mask::Mask;
pub use template::Template;
pub use words::{advice, unmaskable};

/// Every byte that is no unreserved character as `%XX` (RFC 3986, section 2.1).
#[must_use]
pub fn percent_encoded(bytes: &[u8]) -> Vec<u8> {
    let mut encoded = Vec::with_capacity(bytes.len());
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            encoded.push(*byte);
        } else {
            encoded.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    encoded
}
