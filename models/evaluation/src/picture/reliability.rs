use serde::Serialize;

use crate::bootstrap::wilson;

/// Answers that are about equally sure, and how many of them are right.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    pub n: usize,
    pub mean_confidence: f64,
    pub share_right: f64,
    /// Wilson's interval of `share_right`, each slide a case.
    pub low: f64,
    pub high: f64,
}

pub(crate) const MOST_BINS: usize = 15;
pub(crate) const SLIDES_A_BIN: usize = 10;

/// Bins with about as many answers each, the least sure first: a bin for every ten answers, at least
/// one and at most 15. Equal confidences are never parted, so the order of the answers is nothing.
pub(crate) fn equal_mass_bins(confidence: &[f64], is_right: &[bool]) -> Vec<Bin> {
    let mut sorted: Vec<(f64, bool)> = confidence
        .iter()
        .copied()
        .zip(is_right.iter().copied())
        .collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let n = sorted.len();
    let n_bins = (n / SLIDES_A_BIN).clamp(1, MOST_BINS);

    let mut bins = Vec::new();
    let (mut from, mut to) = (0, 0);
    for tied in sorted.chunk_by(|a, b| a.0 == b.0) {
        to += tied.len();
        if to * n_bins >= (bins.len() + 1) * n {
            bins.push(bin(&sorted[from..to]));
            from = to;
        }
    }
    if from < n {
        bins.push(bin(&sorted[from..]));
    }
    bins
}

fn bin(answers: &[(f64, bool)]) -> Bin {
    let n = answers.len();
    let sure: f64 = answers.iter().map(|(confidence, _)| confidence).sum();
    let n_right = answers.iter().filter(|(_, is_right)| *is_right).count();
    let share_right = n_right as f64 / n as f64;
    let (low, high) = wilson(share_right, n as f64);
    Bin {
        n,
        mean_confidence: sure / n as f64,
        share_right,
        low,
        high,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_about_as_many_and_never_part_equals() {
        let confidence: Vec<f64> = (0..45).map(|i| f64::from(i / 15) / 3.0).collect();
        let bins = equal_mass_bins(&confidence, &[true; 45]);
        assert_eq!(
            bins.iter().map(|bin| bin.n).collect::<Vec<_>>(),
            [15, 15, 15]
        );
        let apart: Vec<f64> = (0..400).map(|i| f64::from(i) / 400.0).collect();
        let bins = equal_mass_bins(&apart, &[false; 400]);
        assert_eq!(bins.len(), MOST_BINS);
        assert!(
            bins.iter().all(|bin| (26..=28).contains(&bin.n)),
            "{bins:?}"
        );
    }
}
