use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A week of the ISO 8601 calendar, of UTC, such as `2026-W47`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IsoWeek {
    /// That the Monday belongs to by the calendar of weeks.
    year: i32,
    number: u32,
}

/// A week that there is not.
#[derive(Debug, Error)]
#[error("a week is written as 2026-W47")]
pub struct NoIsoWeek;

impl IsoWeek {
    pub fn of(at: DateTime<Utc>) -> Self {
        let week = at.iso_week();
        Self {
            year: week.year(),
            number: week.week(),
        }
    }

    /// Its Monday, at midnight.
    pub fn start(self) -> DateTime<Utc> {
        let monday = NaiveDate::from_isoywd_opt(self.year, self.number, Weekday::Mon);
        // Every week was made from a day, or looked up when it was read.
        let monday = monday.unwrap_or_default();
        monday.and_time(NaiveTime::MIN).and_utc()
    }

    /// The Monday after it, at midnight.
    pub fn end(self) -> DateTime<Utc> {
        self.start() + TimeDelta::weeks(1)
    }
}

impl fmt::Display for IsoWeek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-W{:02}", self.year, self.number)
    }
}

impl FromStr for IsoWeek {
    type Err = NoIsoWeek;

    fn from_str(text: &str) -> Result<Self, NoIsoWeek> {
        let (year, number) = text.split_once("-W").ok_or(NoIsoWeek)?;
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if (year.len(), number.len()) != (4, 2) || !are_digits(year) {
            return Err(NoIsoWeek);
        }
        let (Ok(year), Ok(number)) = (year.parse(), number.parse()) else {
            return Err(NoIsoWeek);
        };
        NaiveDate::from_isoywd_opt(year, number, Weekday::Mon).ok_or(NoIsoWeek)?;
        Ok(Self { year, number })
    }
}

impl TryFrom<String> for IsoWeek {
    type Error = NoIsoWeek;

    fn try_from(text: String) -> Result<Self, NoIsoWeek> {
        text.parse()
    }
}

impl From<IsoWeek> for String {
    fn from(week: IsoWeek) -> Self {
        week.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday_and_may_begin_the_year_before()
    -> Result<(), Box<dyn std::error::Error>> {
        let sylvester = "2024-12-31T23:59:00Z".parse()?;
        let week = IsoWeek::of(sylvester);
        assert_eq!(week.to_string(), "2025-W01");
        assert_eq!(week.start().to_rfc3339(), "2024-12-30T00:00:00+00:00");
        assert_eq!(IsoWeek::of(week.end()).to_string(), "2025-W02");
        assert_eq!("2025-W01".parse::<IsoWeek>()?, week);
        for wrong in [
            "2025-W54", "2025-W1", "2025W01", "25-W01", "2025-W00", "-025-W01",
        ] {
            assert!(wrong.parse::<IsoWeek>().is_err(), "{wrong}");
        }
        Ok(())
    }
}
