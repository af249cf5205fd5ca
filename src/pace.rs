//! When the next probe may leave: the rate that the user set, and the pauses that the target asks for (`Retry-After`).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex as Lock, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::Mutex;
use tokio::time::{Instant, Interval, MissedTickBehavior};

use crate::exchange::Reply;

/// A longer pause is not waited for.
const LONGEST: Duration = Duration::from_secs(30);
/// The pause where a rate limit does not say how long.
const UNTOLD: Duration = Duration::from_secs(1);
/// How often one probe waits.
pub(crate) const WAITS: usize = 3;
/// Probes that waited in vain, one after the other, after which no pause is waited for any more.
const IN_VAIN: usize = 2;

/// When the next probe may leave.
pub(crate) struct Pace {
    rate: Option<Mutex<Interval>>,
    /// Nothing leaves before this.
    until: Lock<Option<Instant>>,
    in_vain: AtomicUsize,
}

impl Pace {
    /// A pace of so many probes a second at most.
    pub(crate) fn new(rate: Option<u32>) -> Self {
        let interval = |rate: u32| {
            let mut interval = tokio::time::interval_at(Instant::now(), Duration::from_secs(1) / rate.max(1));
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            Mutex::new(interval)
        };
        Self { rate: rate.map(interval), until: Lock::default(), in_vain: AtomicUsize::default() }
    }

    /// Waits until a probe may leave.
    pub(crate) async fn turn(&self) {
        if let Some(rate) = &self.rate {
            rate.lock().await.tick().await;
        }
        loop {
            let until = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
            match until.filter(|until| *until > Instant::now()) {
                Some(until) => tokio::time::sleep_until(until).await,
                None => return,
            }
        }
    }

    /// Takes in that the target asks for a pause, and says whether to send again behind it.
    pub(crate) fn hold(&self, pause: Duration) -> bool {
        if pause > LONGEST || self.in_vain.load(Ordering::Relaxed) >= IN_VAIN {
            return false;
        }
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        *until = (*until).max(Some(Instant::now() + pause));
        true
    }

    /// Takes in how it ended for a probe that waited.
    pub(crate) fn waited(&self, in_vain: bool) {
        if in_vain {
            self.in_vain.fetch_add(1, Ordering::Relaxed);
        } else {
            self.in_vain.store(0, Ordering::Relaxed);
        }
    }
}

/// The pause that a reply asks for: a 429, and a 503 that says how long (RFC 6585, section 4; RFC 9110, section 10.2.3).
pub(crate) fn asked(reply: &Reply) -> Option<Duration> {
    let told = reply.header("retry-after").and_then(|value| {
        let seconds = value.parse().ok().map(Duration::from_secs);
        let date = || httpdate::parse_http_date(&value).ok()?.duration_since(SystemTime::now()).ok();
        seconds.or_else(date)
    });
    match reply.status {
        429 => Some(told.unwrap_or(UNTOLD)),
        503 => told,
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
        assert_eq!(asked(&reply(429, None)), Some(UNTOLD));
        assert_eq!(asked(&reply(429, Some("7"))), Some(Duration::from_secs(7)));
        assert_eq!(asked(&reply(503, Some("0"))), Some(Duration::ZERO));
        assert_eq!(asked(&reply(503, None)), None);
        assert_eq!(asked(&reply(503, Some("soon"))), None);
        assert_eq!(asked(&reply(400, Some("7"))), None);
        let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(600));
        assert!(asked(&reply(503, Some(&date))).is_some_and(|pause| pause > Duration::from_secs(500)));
    }

    #[test]
    fn a_pause_of_days_is_not_waited_for() {
        let pace = Pace::new(None);
        assert!(!pace.hold(Duration::from_secs(999_999)));
        assert!(pace.hold(Duration::ZERO));
        pace.waited(true);
        pace.waited(true);
        assert!(!pace.hold(Duration::ZERO), "what never ends");
        pace.waited(false);
        assert!(pace.hold(Duration::ZERO));
    }
}
