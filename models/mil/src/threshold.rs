/// The probability from which on to call positive: the one with the highest balanced accuracy, in
/// the middle of the gap it lies in; of equally good gaps the one nearest one half.
pub(crate) fn threshold(probabilities: &[f64], is_positive: &[bool]) -> f64 {
    let mut sorted: Vec<(f64, bool)> = probabilities
        .iter()
        .copied()
        .zip(is_positive.iter().copied())
        .collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let n_positive = is_positive.iter().filter(|&&positive| positive).count();
    let n_negative = is_positive.len() - n_positive;

    let mut best = (f64::NEG_INFINITY, 0.5);
    let (mut missed, mut passed) = (0, 0);
    for pair in sorted.windows(2) {
        let (below, above) = (pair[0], pair[1]);
        missed += usize::from(below.1);
        passed += usize::from(!below.1);
        if below.0 == above.0 {
            continue;
        }
        let sensitivity = share(n_positive - missed, n_positive);
        let specificity = share(passed, n_negative);
        let middle = (below.0 + above.0) / 2.0;
        let accuracy = sensitivity + specificity;
        let is_nearer = (middle - 0.5).abs() < (best.1 - 0.5_f64).abs();
        if accuracy > best.0 || (accuracy == best.0 && is_nearer) {
            best = (accuracy, middle);
        }
    }
    best.1
}

fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lies_in_the_middle_of_the_gap() {
        let found = threshold(&[0.1, 0.9, 0.3, 0.7], &[false, true, false, true]);
        assert!((found - 0.5).abs() < 1e-12);
    }

    #[test]
    fn accepts_the_fewest_errors_per_class() {
        // One positive among the negatives: any cut between 0.4 and 0.8 misses only that one.
        let probabilities = [0.05, 0.1, 0.2, 0.4, 0.8, 0.9];
        let labels = [false, true, false, false, true, true];
        assert!((threshold(&probabilities, &labels) - 0.6).abs() < 1e-12);
    }

    #[test]
    fn one_kind_only_leaves_one_half() {
        assert_eq!(threshold(&[0.7], &[true]), 0.5);
        assert_eq!(threshold(&[0.7, 0.7], &[true, false]), 0.5);
    }
}
