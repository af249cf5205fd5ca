//! The text that the bytes of a file are.

use super::lines::Newlines;
use super::problem::Problem;

/// The text that a file's bytes are. Not one of our formats has control characters other than tabs and line ends.
///
/// # Errors
/// The first line that is no text.
pub fn text(file: &str, bytes: Vec<u8>) -> Result<String, Problem> {
    let wrong =
        |before: &[u8], message: String| Err(Problem::of_file(file, message).on(Some(Newlines::new(before).last())));
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            return wrong(&error.as_bytes()[..error.utf8_error().valid_up_to()], "is not UTF-8".to_owned());
        }
    };
    let controls = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x7f);
    match text.bytes().position(|byte| controls(&byte)) {
        Some(at) => wrong(
            &text.as_bytes()[..at],
            format!("has the control character U+{:04X}, which no text has", text.as_bytes()[at]),
        ),
        None => Ok(text),
    }
}
