use serde::{Deserialize, Serialize};

use crate::FEWEST_SLIDES;

/// The part of a week in what is charted, and limits of three deviations: where nothing has changed a
/// chart of continuous figures leaves them once in 560 weeks (Lucas and Saccucci 1990, table 3). Rates of
/// few slides are no continuous figures; what they come to is in `tests/false_alarms.rs`.
const WEIGHT: f64 = 0.2;
const DEVIATIONS: f64 = 3.0;

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub part: u64,
    pub whole: u64,
}

/// Where a rate stands after a week.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChartPoint {
    /// The exponentially weighted mean of the weeks until now.
    pub mean: f64,
    pub low: f64,
    pub high: f64,
    pub is_within: bool,
}

impl Counted {
    /// `None` of nothing.
    pub fn rate(&self) -> Option<f64> {
        (self.whole > 0).then(|| self.part as f64 / self.whole as f64)
    }

    pub const fn plus(self, other: Self) -> Self {
        Self {
            part: self.part + other.part,
            whole: self.whole + other.whole,
        }
    }
}

/// A control chart of weekly rates by their exponentially weighted moving average (Roberts 1959), each
/// week with the limits that its number of slides allows. The limits also hold that the reference is a
/// sample, and half a slide for the steps that a count goes in.
///
/// One point a week; `None` of weeks with fewer than [`FEWEST_SLIDES`], which move nothing, and of all
/// where the reference has fewer.
pub fn chart(reference: Counted, weeks: &[Counted]) -> Vec<Option<ChartPoint>> {
    let mut chart = Chart::from(reference);
    let is_judged = |counted: &Counted| counted.whole >= FEWEST_SLIDES as u64;
    let points = weeks.iter().map(|week| {
        let both = is_judged(&reference) && is_judged(week);
        both.then(|| chart.next(*week))
    });
    points.collect()
}

struct Chart {
    centre: f64,
    /// Of one slide.
    variance: f64,
    n_reference: f64,
    mean: f64,
    of_mean: f64,
    /// The part of the reference that has left the mean.
    renewed: f64,
}

impl From<Counted> for Chart {
    fn from(reference: Counted) -> Self {
        // Between 0 and 1 (Jeffreys), or the first event ever would leave the limits.
        let centre = (reference.part as f64 + 0.5) / (reference.whole as f64 + 1.0);
        Self {
            centre,
            variance: centre * (1.0 - centre),
            n_reference: reference.whole as f64,
            mean: centre,
            of_mean: 0.0,
            renewed: 0.0,
        }
    }
}

impl Chart {
    fn next(&mut self, week: Counted) -> ChartPoint {
        let n = week.whole as f64;
        let kept = 1.0 - WEIGHT;
        self.mean = kept * self.mean + WEIGHT * (week.part as f64 / n);
        self.of_mean = kept * kept * self.of_mean + WEIGHT * WEIGHT * self.variance / n;
        self.renewed = kept * self.renewed + WEIGHT;
        let of_centre = self.renewed * self.renewed * self.variance / self.n_reference;
        let reach = DEVIATIONS * (self.of_mean + of_centre).sqrt() + WEIGHT / (2.0 * n);
        ChartPoint {
            mean: self.mean,
            low: (self.centre - reach).max(0.0),
            high: (self.centre + reach).min(1.0),
            is_within: (self.mean - self.centre).abs() <= reach,
        }
    }
}
