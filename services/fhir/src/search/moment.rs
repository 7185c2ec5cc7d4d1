use chrono::{DateTime, Days, Months, NaiveDate, TimeDelta, Utc};

/// When something is looked for: a comparison with a time that may be as long as a year (R4 section
/// 3.1.1.4.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    comparison: Comparison,
    from: DateTime<Utc>,
    /// Behind its end.
    to: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Within,
    After,
    Before,
    AtOrAfter,
    AtOrBefore,
}

impl Moment {
    /// `None` where it is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (comparison, text) = match text.get(..2) {
            Some("eq") => (Comparison::Within, &text[2..]),
            Some("gt" | "sa") => (Comparison::After, &text[2..]),
            Some("lt" | "eb") => (Comparison::Before, &text[2..]),
            Some("ge") => (Comparison::AtOrAfter, &text[2..]),
            Some("le") => (Comparison::AtOrBefore, &text[2..]),
            _ => (Comparison::Within, text),
        };
        let (from, to) = span(text)?;
        Some(Self {
            comparison,
            from,
            to,
        })
    }

    pub(super) fn holds(&self, at: DateTime<Utc>) -> bool {
        match self.comparison {
            Comparison::Within => (self.from..self.to).contains(&at),
            Comparison::After => at >= self.to,
            Comparison::Before => at < self.from,
            Comparison::AtOrAfter => at >= self.from,
            Comparison::AtOrBefore => at < self.to,
        }
    }
}

fn span(text: &str) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    if text.contains('T') {
        // A `+` that was not percent-encoded arrives as a space.
        let at = DateTime::parse_from_rfc3339(&text.replace(' ', "+")).ok()?;
        let at = at.to_utc();
        let length = match text.contains('.') {
            true => TimeDelta::milliseconds(1),
            false => TimeDelta::seconds(1),
        };
        return Some((at, at.checked_add_signed(length)?));
    }
    let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let (from, to) = match text.len() {
        4 => {
            let from = day(&format!("{text}-01-01"))?;
            (from, from.checked_add_months(Months::new(12))?)
        }
        7 => {
            let from = day(&format!("{text}-01"))?;
            (from, from.checked_add_months(Months::new(1))?)
        }
        10 => {
            let from = day(text)?;
            (from, from.checked_add_days(Days::new(1))?)
        }
        _ => return None,
    };
    let midnight = |day: NaiveDate| Some(day.and_hms_opt(0, 0, 0)?.and_utc());
    Some((midnight(from)?, midnight(to)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(moment: &str, at: &str) -> Option<bool> {
        Some(Moment::read(moment)?.holds(at.parse().ok()?))
    }

    #[test]
    fn a_time_is_as_long_as_it_is_written() {
        let noon = "2026-03-31T12:00:00.500Z";
        for (moment, expected) in [
            ("2026", true),
            ("2026-03", true),
            ("2026-04", false),
            ("eq2026-03-31", true),
            ("gt2026-03-31", false),
            ("ge2026-03-31", true),
            ("lt2026-03-31", false),
            ("le2026-03-31", true),
            ("gt2026-03-31T11:00:00+01:00", true),
            ("2026-03-31T12:00:00Z", true),
            ("2026-03-31T12:00:00.499Z", false),
        ] {
            assert_eq!(holds(moment, noon), Some(expected), "{moment}");
        }
        for bad in ["", "x", "26", "2026-13", "ne2026", "2026-03-31T12:00"] {
            assert!(Moment::read(bad).is_none(), "{bad}");
        }
    }
}
