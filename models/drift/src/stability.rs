use serde::{Deserialize, Serialize};

/// Bins of equal width on scores from 0 to 1.
pub const BINS: usize = 10;

/// How many scores lie in each bin; 1 lies in the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Histogram([u64; BINS]);

impl Histogram {
    /// Scores below 0 count as 0, those above 1 as 1.
    pub fn of(scores: impl IntoIterator<Item = f64>) -> Self {
        let mut counts = [0; BINS];
        for score in scores {
            let bin = (score * BINS as f64) as usize;
            counts[bin.min(BINS - 1)] += 1;
        }
        Self(counts)
    }

    pub fn n(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Half a score is added to each bin, so that an empty one is unlikely and not impossible (Jeffreys).
    fn shares(&self) -> [f64; BINS] {
        let whole = self.n() as f64 + BINS as f64 / 2.0;
        self.0.map(|count| (count as f64 + 0.5) / whole)
    }
}

/// The population stability index: the sum over bins of the difference of shares times that of their
/// logarithms (Siddiqi 2006, "Credit Risk Scorecards"). 0 of equal shares; in use above 0.25 is called a
/// shift, but by chance alone it is about 9 (1/n + 1/m) of n and m alike scores (Yurdakul 2018), so that
/// ten slides show more. `None` without scores on either side.
pub fn stability_index(reference: &Histogram, recent: &Histogram) -> Option<f64> {
    if reference.n() == 0 || recent.n() == 0 {
        return None;
    }
    let pairs = recent.shares().into_iter().zip(reference.shares());
    Some(pairs.map(|(a, b)| (a - b) * (a / b).ln()).sum())
}
