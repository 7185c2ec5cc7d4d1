use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};
use thiserror::Error;

/// Days of UTC, from one on and before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageSpan {
    from: NaiveDate,
    to: NaiveDate,
}

/// Why there is no such time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("`to` is the first day that does not count, and must come after `from`")]
pub struct WrongSpan;

impl UsageSpan {
    /// Without a beginning, from the first of the month that `today` lies in or, where the end is given,
    /// that the day before the end lies in. Without an end, up to and with today.
    pub fn new(
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
        today: NaiveDate,
    ) -> Result<Self, WrongSpan> {
        let last = to.map_or(Some(today), |to| to.checked_sub_days(Days::new(1)));
        let last = last.ok_or(WrongSpan)?;
        let to = to.or_else(|| today.checked_add_days(Days::new(1)));
        let (from, to) = (from.or(last.with_day(1)), to);
        match (from, to) {
            (Some(from), Some(to)) if from < to => Ok(Self { from, to }),
            _ => Err(WrongSpan),
        }
    }

    pub const fn from(&self) -> NaiveDate {
        self.from
    }

    /// The first day that does not count.
    pub const fn to(&self) -> NaiveDate {
        self.to
    }

    pub(super) fn instants(&self) -> [DateTime<Utc>; 2] {
        [self.from, self.to].map(|day| day.and_time(NaiveTime::MIN).and_utc())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn what_is_left_out_is_this_month() -> Result<(), WrongSpan> {
        let today = day("2026-11-22");
        let span = UsageSpan::new(None, None, today)?;
        assert_eq!(
            (span.from(), span.to()),
            (day("2026-11-01"), day("2026-11-23"))
        );
        let before = UsageSpan::new(None, Some(day("2026-11-01")), today)?;
        assert_eq!(before.from(), day("2026-10-01"));
        let turn = UsageSpan::new(None, None, day("2026-12-31"))?;
        assert_eq!(turn.to(), day("2027-01-01"));
        for (from, to) in [("2026-11-02", "2026-11-02"), ("2026-11-03", "2026-11-02")] {
            let span = UsageSpan::new(Some(day(from)), Some(day(to)), today);
            assert_eq!(span, Err(WrongSpan));
        }
        Ok(())
    }
}
