//! Form data as it leaves (RFC 7578).

/// The delimiter of errdrift's own form data (RFC 2046, section 5.1.1).
pub const BOUNDARY: &str = "errdrift-6f1d2c";

/// A part of form data.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FormPart {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub text: String,
    /// Whether it is sent as a file, so that a server takes it for one.
    pub is_file: bool,
}

impl FormPart {
    /// A part that is a field.
    pub(super) fn field(name: &str, text: impl Into<String>) -> Self {
        Self { name: name.to_owned(), text: text.into(), is_file: false }
    }
}

/// Form data, terminated (RFC 7578).
#[must_use]
pub fn form(parts: &[FormPart]) -> String {
    format!("{}--{BOUNDARY}--\r\n", parts.iter().map(part).collect::<String>())
}

pub(super) fn part(part: &FormPart) -> String {
    let FormPart { name, text, is_file } = part;
    let file = if *is_file { "; filename=\"errdrift.gif\"\r\nContent-Type: image/gif" } else { "" };
    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{text}\r\n")
}
