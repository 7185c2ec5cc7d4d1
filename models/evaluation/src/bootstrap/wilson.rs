/// Wilson's score interval (1927) of a share of `n` independent cases, at 95 %; `n` may be a
/// fraction where cases are not quite independent.
pub(crate) fn wilson(share: f64, n: f64) -> (f64, f64) {
    let z2 = Z * Z;
    let centre = share + z2 / (2.0 * n);
    let reach = Z * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    let within = |bound: f64| (bound / (1.0 + z2 / n)).clamp(0.0, 1.0);
    (within(centre - reach), within(centre + reach))
}

/// Of the normal distribution, 97.5 % lie below.
const Z: f64 = 1.959_963_984_540_054;

#[cfg(test)]
mod tests {
    use super::*;

    /// `statsmodels.stats.proportion.proportion_confint(method="wilson")`, and by hand n / (n + z²).
    #[test]
    fn agrees_with_published_values() {
        let (low, high) = wilson(0.9, 10.0);
        assert!((low - 0.595_850).abs() < 1e-5, "{low}");
        assert!((high - 0.982_123).abs() < 1e-5, "{high}");
        let (low, high) = wilson(1.0, 20.0);
        assert!((low - 20.0 / (20.0 + Z * Z)).abs() < 1e-12, "{low}");
        assert_eq!(high, 1.0);
    }
}
