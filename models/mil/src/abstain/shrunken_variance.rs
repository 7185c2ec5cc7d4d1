/// Variances of many features from few cases, drawn towards their mean so that a feature that
/// happened to vary little does not decide alone (Opgen-Rhein and Strimmer 2007, with the sampling
/// variance `2 s^4 / (n - 1)` of normal data).
///
/// `variances` are the unbiased ones of `n` cases, n at least 3.
pub(super) fn shrunken(variances: &[f64], n: usize) -> Vec<f64> {
    let target = variances.iter().sum::<f64>() / variances.len() as f64;
    let freedom = n as f64 - 1.0;
    let noise: f64 = variances.iter().map(|v| 2.0 * v * v / freedom).sum();
    let spread: f64 = variances.iter().map(|v| (v - target).powi(2)).sum();
    let towards = match spread > noise {
        true => noise / spread,
        false => 1.0,
    };
    let drawn = |variance: &f64| towards * target + (1.0 - towards) * variance;
    variances.iter().map(drawn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_cases_are_drawn_far_and_many_hardly() {
        let variances = [1.0, 2.0, 9.0];
        // By hand: the target is 4, the noise 172 / (n - 1), the spread 38.
        assert_eq!(shrunken(&variances, 5), [4.0; 3]);
        let many = shrunken(&variances, 1001);
        let towards = 0.172 / 38.0;
        assert!((many[0] - (1.0 + 3.0 * towards)).abs() < 1e-12, "{many:?}");
        assert!((many[2] - (9.0 - 5.0 * towards)).abs() < 1e-12, "{many:?}");
    }
}
