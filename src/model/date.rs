//! Days, for what expires. It knows no clock and no time of day.

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A day, as RFC 3339 writes it (`full-date`).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date(NaiveDate);

impl Date {
    /// The day of that instant, in UTC.
    #[must_use]
    pub fn of(instant: SystemTime) -> Self {
        Self(DateTime::<Utc>::from(instant).date_naive())
    }

    /// So many days later.
    #[must_use]
    pub fn later(self, days: u16) -> Self {
        Self(self.0.checked_add_days(Days::new(days.into())).unwrap_or(NaiveDate::MAX))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // The library forgives what RFC 3339 does not, as `2027-1-31`.
        let date = text.parse().map(Self).ok().filter(|date| date.to_string() == text);
        date.ok_or_else(|| format!("`{text}` is no date: write it as \"2027-01-31\""))
    }
}

impl TryFrom<String> for Date {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_date_is_read_and_written_the_same_whatever_the_year() {
        for text in ["1970-01-01", "1999-12-31", "2000-02-29", "2024-02-29", "2026-11-22", "2100-03-01", "0001-01-01"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_day_that_does_not_exist_is_none() {
        for text in ["2026-02-29", "2100-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "22.11.2026", "2026-11-31", ""]
        {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn days_are_counted_over_the_end_of_the_year() {
        let date = Date::of(SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_305_600 + 3_600));
        assert_eq!(date.to_string(), "2026-11-22");
        assert_eq!(date.later(90).to_string(), "2027-02-20");
        assert!(date < date.later(1));
    }
}
