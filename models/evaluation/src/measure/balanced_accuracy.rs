/// Mean over the classes present in `truth` of the share of that class called right.
/// `None` if there is no truth.
pub fn balanced_accuracy<C: PartialEq + Ord>(truth: &[C], called: &[C]) -> Option<f64> {
    let mut classes: Vec<&C> = truth.iter().collect();
    classes.sort();
    classes.dedup();
    let recalls = classes.iter().map(|&class| {
        let of_class = truth.iter().zip(called).filter(|(t, _)| *t == class);
        let (n_right, n) = of_class.fold((0, 0), |(right, n), (t, c)| {
            (right + usize::from(t == c), n + 1)
        });
        f64::from(u32::try_from(n_right).unwrap_or(u32::MAX)) / f64::from(n)
    });
    (!classes.is_empty()).then(|| recalls.sum::<f64>() / classes.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_weighs_the_same() {
        let truth = [0, 0, 0, 0, 1, 1, 2];
        let called = [0, 0, 0, 1, 1, 0, 2];
        let expected = (0.75 + 0.5 + 1.0) / 3.0;
        let found = balanced_accuracy(&truth, &called).expect("classes");
        assert!((found - expected).abs() < 1e-12);
        assert_eq!(balanced_accuracy::<u8>(&[], &[]), None);
    }
}
