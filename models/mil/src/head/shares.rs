/// The softmax of scores, summed in f64: a hundred thousand shares still add up to 1.
pub(super) fn shares(scores: &[f32]) -> Vec<f32> {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let shares = scores.iter().map(|&score| f64::from(score - highest).exp());
    let total: f64 = shares.clone().sum();
    shares.map(|share| (share / total) as f32).collect()
}
