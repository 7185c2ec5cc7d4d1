/// Cohen's kappa with quadratic weights (Cohen 1968) over grades below `n_grades`: 1 is agreement,
/// 0 is chance. `None` if nothing was graded or only one grade occurs on both sides.
pub fn quadratic_weighted_kappa(
    truth: &[usize],
    predicted: &[usize],
    n_grades: usize,
) -> Option<f64> {
    let (of_truth, of_predicted) = (counts(truth, n_grades), counts(predicted, n_grades));
    let n = truth.len() as f64;
    let observed: f64 = truth
        .iter()
        .zip(predicted)
        .map(|(&a, &b)| weight(a, b))
        .sum();
    let mut expected = 0.0;
    for (a, in_truth) in of_truth.iter().enumerate() {
        for (b, in_predicted) in of_predicted.iter().enumerate() {
            expected += weight(a, b) * in_truth * in_predicted / n;
        }
    }
    (expected > 0.0).then(|| 1.0 - observed / expected)
}

fn weight(a: usize, b: usize) -> f64 {
    (a as f64 - b as f64).powi(2)
}

fn counts(grades: &[usize], n_grades: usize) -> Vec<f64> {
    let mut counts = vec![0.0; n_grades];
    for &grade in grades {
        counts[grade.min(n_grades - 1)] += 1.0;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `sklearn.metrics.cohen_kappa_score(weights="quadratic")` 1.9.
    #[test]
    fn agrees_with_scikit_learn() {
        let truth = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5];
        let predicted = [1, 2, 4, 4, 3, 2, 2, 3, 5, 5];
        let found = quadratic_weighted_kappa(&truth, &predicted, 6).expect("several grades");
        assert!((found - KAPPA).abs() < 1e-9, "{found}");
    }

    const KAPPA: f64 = 0.810_810_810_8;

    #[test]
    fn agreement_chance_and_nothing() {
        assert_eq!(quadratic_weighted_kappa(&[1, 5], &[1, 5], 6), Some(1.0));
        assert_eq!(quadratic_weighted_kappa(&[1, 5], &[3, 3], 6), Some(0.0));
        assert_eq!(quadratic_weighted_kappa(&[2, 2], &[2, 2], 6), None);
        assert_eq!(quadratic_weighted_kappa(&[], &[], 6), None);
    }
}
