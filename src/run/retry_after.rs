//! The pause that a reply asks for (`Retry-After`).

use std::time::{Duration, SystemTime};

use crate::model::exchange::Reply;
use crate::model::retry_after::RetryAfter;

/// What a limit asks for; its pause, where it says how long.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Limit(pub(crate) Option<Duration>);

/// The limit that a reply tells of: a 429, and a 503 that says how long (RFC 6585, section 4; RFC 9110, section 10.2.3).
pub(crate) fn limit(reply: &Reply) -> Option<Limit> {
    let told = reply.header("retry-after").and_then(|value| RetryAfter::read(&value)).map(|asked| match asked {
        RetryAfter::For(pause) => pause,
        // What was to be waited for may be over.
        RetryAfter::Until(date) => date.duration_since(SystemTime::now()).unwrap_or_default(),
    });
    match reply.status {
        429 => Some(Limit(told)),
        503 => told.map(|told| Limit(Some(told))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, retry_after: Option<&str>) -> Reply {
        let headers = retry_after.map(|value| ("Retry-After".to_owned(), value.as_bytes().to_vec()));
        Reply { status, headers: headers.into_iter().collect(), ..Reply::default() }
    }

    #[test]
    fn a_rate_limit_is_obeyed_and_an_outage_only_where_it_says_how_long() {
        let asks = |seconds| Some(Limit(Some(Duration::from_secs(seconds))));
        assert_eq!(limit(&reply(429, None)), Some(Limit(None)));
        assert_eq!(limit(&reply(429, Some("soon"))), Some(Limit(None)));
        assert_eq!(limit(&reply(429, Some("-1"))), Some(Limit(None)));
        assert_eq!(limit(&reply(429, Some("7"))), asks(7));
        assert_eq!(limit(&reply(503, Some("0"))), asks(0));
        assert_eq!(limit(&reply(503, None)), None);
        assert_eq!(limit(&reply(503, Some("soon"))), None);
        assert_eq!(limit(&reply(503, Some("Thu, 01 Jan 1970 00:00:00 GMT"))), asks(0));
        assert_eq!(limit(&reply(400, Some("7"))), None);
        let long = |limit: Option<Limit>| limit.and_then(|limit| limit.0);
        assert!(long(limit(&reply(429, Some("99999999999999999999")))).is_some_and(|pause| pause.as_secs() > 1 << 30));
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(600));
        assert!(long(limit(&reply(503, Some(&date)))).is_some_and(|pause| pause > Duration::from_secs(500)));
    }
}
