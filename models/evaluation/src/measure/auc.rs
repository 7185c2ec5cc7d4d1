/// Area under the ROC curve: the chance that a positive scores above a negative, ties counting half
/// (Mann and Whitney 1947). `None` unless both kinds are present.
pub fn auc(scores: &[f64], is_positive: &[bool]) -> Option<f64> {
    let mut sorted: Vec<(f64, bool)> = scores
        .iter()
        .copied()
        .zip(is_positive.iter().copied())
        .collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let n_positive = sorted.iter().filter(|(_, positive)| *positive).count() as f64;
    let n_negative = sorted.len() as f64 - n_positive;
    if n_positive == 0.0 || n_negative == 0.0 {
        return None;
    }
    let (mut pairs_won, mut negatives_below) = (0.0, 0.0);
    for tied in sorted.chunk_by(|a, b| a.0 == b.0) {
        let positives = tied.iter().filter(|(_, positive)| *positive).count() as f64;
        let negatives = tied.len() as f64 - positives;
        pairs_won += positives * (negatives_below + negatives / 2.0);
        negatives_below += negatives;
    }
    Some(pairs_won / (n_positive * n_negative))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `sklearn.metrics.roc_auc_score` 1.9.
    #[test]
    fn agrees_with_scikit_learn() {
        let scores = [0.1, 0.4, 0.35, 0.8, 0.4, 0.9, 0.2, 0.4];
        let labels = [false, false, true, true, true, false, false, true];
        let found = auc(&scores, &labels).expect("both kinds");
        assert!((found - 0.625).abs() < 1e-12, "{found}");
    }

    #[test]
    fn needs_both_kinds() {
        assert_eq!(auc(&[0.1, 0.2], &[true, true]), None);
        assert_eq!(auc(&[], &[]), None);
        assert_eq!(auc(&[0.1, 0.2], &[false, true]), Some(1.0));
    }
}
