//! What a Retry-After header field says (RFC 9110, section 10.2.3).

use std::time::{Duration, SystemTime};

/// For how long, or until when, a client is asked to wait.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RetryAfter {
    /// A number of seconds.
    For(Duration),
    /// A date.
    Until(SystemTime),
}

impl RetryAfter {
    /// Reads the field's value; `None` where it is neither a number of seconds nor a date of HTTP.
    #[must_use]
    pub fn read(value: &str) -> Option<Self> {
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            // More seconds than a number holds are more than anybody waits.
            return Some(Self::For(Duration::from_secs(value.parse().unwrap_or(u64::from(u32::MAX)))));
        }
        httpdate::parse_http_date(value).ok().map(Self::Until)
    }
}
