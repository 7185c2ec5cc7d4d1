/// The mean over slides of the squared distance between the probabilities and the truth, which is 1
/// for the true class and 0 for others (Brier 1950).
///
/// `probabilities` has one row a slide and one column a class; all classes are summed, so that the
/// score lies between 0 and 2. Of two classes half of it is the score of the positive one alone.
/// `None` without slides.
pub fn brier(probabilities: &[Vec<f64>], truth: &[usize]) -> Option<f64> {
    let distance = |(row, &truth): (&Vec<f64>, &usize)| -> f64 {
        let terms = row.iter().enumerate();
        terms
            .map(|(class, p)| (p - f64::from(u8::from(class == truth))).powi(2))
            .sum()
    };
    let total: f64 = probabilities.iter().zip(truth).map(distance).sum();
    (!truth.is_empty()).then(|| total / truth.len() as f64)
}
