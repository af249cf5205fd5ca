//! Dates of the civil calendar, for what expires: read, compared, counted on. It knows no clock and no time of day.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A day, as RFC 3339 writes it (`full-date`).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Date {
    /// Days since 1970-01-01.
    days: i64,
}

/// The days of 400 years, after which the calendar repeats.
const ERA: i64 = 146_097;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;

impl Date {
    /// The day of that instant, in UTC.
    #[must_use]
    pub fn of(instant: SystemTime) -> Self {
        let seconds = instant.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        Self { days: i64::try_from(seconds / 86_400).unwrap_or_default() }
    }

    /// So many days later.
    #[must_use]
    pub fn later(self, days: u16) -> Self {
        Self { days: self.days + i64::from(days) }
    }

    /// The day of a year, month and day of the month, which may not exist.
    fn from_civil(year: i64, month: i64, day: i64) -> Self {
        // Years begin in March here, so that the leap day is the last one.
        let year = if month <= 2 { year - 1 } else { year };
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
        Self { days: year.div_euclid(400) * ERA + days - EPOCH }
    }

    /// Year, month and day of the month.
    fn civil(self) -> (i64, i64, i64) {
        let days = self.days + EPOCH;
        let of_era = days.rem_euclid(ERA);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        (year + days.div_euclid(ERA) * 400 + i64::from(month <= 2), month, day)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |range| text.get(range).and_then(|digits: &str| digits.parse().ok());
        let parts = (number(0..4), number(5..7), number(8..10));
        let (Some(year), Some(month), Some(day)) = parts else { return Err(wrong(text)) };
        let date = Self::from_civil(year, month, day);
        // What is no day comes out as another one, or is written otherwise.
        if (1..=12).contains(&month) && date.to_string() == text { Ok(date) } else { Err(wrong(text)) }
    }
}

fn wrong(text: &str) -> String {
    format!("`{text}` is no date: write it as \"2027-01-31\"")
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
        assert_eq!("2026-11-22".parse::<Date>().unwrap().days, 20_779);
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
        let date = Date::of(UNIX_EPOCH + Duration::from_secs(1_795_305_600 + 3_600));
        assert_eq!(date.to_string(), "2026-11-22");
        assert_eq!(date.later(90).to_string(), "2027-02-20");
        assert!(date < date.later(1));
    }
}
