use flow::EmbeddingSketch;

/// A Gaussian kernel on some slides, as the matrix of its values. Its width is the median distance
/// between two of them (Gretton et al. 2012, section 8), so that it knows no scale and no order.
pub(crate) struct Kernel {
    n: usize,
    values: Vec<f64>,
}

impl Kernel {
    pub(crate) fn of(slides: &[&EmbeddingSketch]) -> Self {
        let n = slides.len();
        let mut values = vec![0.0; n * n];
        let mut apart = Vec::with_capacity(n * n.saturating_sub(1) / 2);
        for one in 0..n {
            for other in 0..one {
                let squared = squared_distance(slides[one], slides[other]);
                values[one * n + other] = squared;
                values[other * n + one] = squared;
                apart.push(squared);
            }
        }
        // Where half of the slides are the same any width tells the others from them.
        let width = Some(median(apart)).filter(|width| *width > 0.0);
        let width = width.unwrap_or(1.0);
        for value in &mut values {
            *value = (-*value / (2.0 * width)).exp();
        }
        Self { n, values }
    }

    pub(crate) const fn n(&self) -> usize {
        self.n
    }

    /// Of one slide with each.
    pub(crate) fn row(&self, one: usize) -> &[f64] {
        &self.values[one * self.n..(one + 1) * self.n]
    }
}

fn squared_distance(one: &EmbeddingSketch, other: &EmbeddingSketch) -> f64 {
    let pairs = one.values().iter().zip(other.values());
    pairs
        .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
        .sum()
}

/// The upper of the two in the middle, 0 of nothing.
fn median(mut values: Vec<f64>) -> f64 {
    let middle = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    *values.select_nth_unstable_by(middle, f64::total_cmp).1
}
