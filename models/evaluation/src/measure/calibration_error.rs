use crate::picture::equal_mass_bins;

/// Expected calibration error: the mean gap between how sure the answers are and how often they are
/// right, over equal-mass bins (Naeini et al. 2015; bins: [`equal_mass_bins`]). Never below 0, so
/// that noise pushes it up where slides are few. `None` without slides.
pub(super) fn calibration_error(confidence: &[f64], is_right: &[bool]) -> Option<f64> {
    let n = confidence.len() as f64;
    let bins = equal_mass_bins(confidence, is_right);
    let weighted = bins
        .iter()
        .map(|bin| bin.n as f64 / n * (bin.mean_confidence - bin.share_right).abs());
    (!confidence.is_empty()).then(|| weighted.sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 20 slides are two bins of ten: by hand, 0.5 * |0.2 - 0.3| + 0.5 * |0.8 - 0.6|.
    #[test]
    fn agrees_with_a_sum_by_hand() {
        let confidence: Vec<f64> = [[0.1, 0.3], [0.7, 0.9]]
            .iter()
            .flat_map(|pair| (0..10).map(move |i| pair[i % 2]))
            .collect();
        let is_right: Vec<bool> = (0..20)
            .map(|i| if i < 10 { i < 3 } else { i < 16 })
            .collect();
        let found = calibration_error(&confidence, &is_right);
        assert!(
            found.is_some_and(|ece| (ece - 0.15).abs() < 1e-12),
            "{found:?}"
        );
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(calibration_error(&[], &[]), None);
    }
}
