/// Probability of a logit, without overflow at either end.
pub(crate) fn sigmoid(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// The temperature that makes `sigmoid(logit / temperature)` fit the labels best (Guo et al. 2017).
///
/// The targets are Platt's (1999), `(n + 1) / (n + 2)` and `1 / (n + 2)` for n labels of a kind, so
/// that a few perfectly separated slides do not give boundless confidence.
pub(crate) fn temperature(logits: &[f64], is_positive: &[bool]) -> f64 {
    let n_positive = is_positive.iter().filter(|&&positive| positive).count() as f64;
    let n_negative = is_positive.len() as f64 - n_positive;
    let target = |positive: bool| match positive {
        true => (n_positive + 1.0) / (n_positive + 2.0),
        false => 1.0 / (n_negative + 2.0),
    };
    let loss = |log_temperature: f64| -> f64 {
        let temperature = log_temperature.exp();
        logits
            .iter()
            .zip(is_positive)
            .map(|(logit, &positive)| cross_entropy(logit / temperature, target(positive)))
            .sum()
    };
    lowest(loss, LOG_TEMPERATURES).exp()
}

/// The same for classes that exclude each other: the temperature under which
/// `softmax(logits / temperature)` gives the true classes the highest likelihood.
pub(crate) fn softmax_temperature(logits: &[Vec<f64>], classes: &[usize]) -> f64 {
    let loss = |log_temperature: f64| -> f64 {
        let temperature = log_temperature.exp();
        let slides = logits.iter().zip(classes);
        let of_one = slides.map(|(logits, &class)| {
            let scaled: Vec<f64> = logits.iter().map(|logit| logit / temperature).collect();
            -softmax(&scaled)[class].max(f64::MIN_POSITIVE).ln()
        });
        // Half a slide that could be of any class bounds the confidence of separated ones.
        let prior = logits.iter().map(|logits| {
            let scaled: Vec<f64> = logits.iter().map(|logit| logit / temperature).collect();
            let shares = softmax(&scaled);
            let n_classes = shares.len() as f64;
            -shares
                .iter()
                .map(|share| share.max(f64::MIN_POSITIVE).ln())
                .sum::<f64>()
                / n_classes
        });
        of_one.sum::<f64>() + 0.5 * prior.sum::<f64>() / logits.len().max(1) as f64
    };
    lowest(loss, LOG_TEMPERATURES).exp()
}

/// Probabilities of logits, without overflow.
pub(crate) fn softmax(logits: &[f64]) -> Vec<f64> {
    let highest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let shares: Vec<f64> = logits.iter().map(|logit| (logit - highest).exp()).collect();
    let total: f64 = shares.iter().sum();
    shares.into_iter().map(|share| share / total).collect()
}

const LOG_TEMPERATURES: (f64, f64) = (-3.0, 3.0);

fn cross_entropy(logit: f64, target: f64) -> f64 {
    logit.max(0.0) - logit * target + (-logit.abs()).exp().ln_1p()
}

/// Where a function with one valley is lowest, by golden-section search.
fn lowest(f: impl Fn(f64) -> f64, (mut low, mut high): (f64, f64)) -> f64 {
    let golden = (5_f64.sqrt() - 1.0) / 2.0;
    while high - low > 1e-6 {
        let (left, right) = (high - golden * (high - low), low + golden * (high - low));
        if f(left) < f(right) {
            high = right;
        } else {
            low = left;
        }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Logits whose probabilities are those of the labels, sharpened threefold.
    #[test]
    fn finds_the_factor_by_which_logits_are_too_sharp() {
        let (mut logits, mut labels) = (Vec::new(), Vec::new());
        for step in -30..=30 {
            let true_logit = f64::from(step) / 10.0;
            let n_positive = (200.0 * sigmoid(true_logit)).round() as usize;
            for number in 0..200 {
                logits.push(3.0 * true_logit);
                labels.push(number < n_positive);
            }
        }
        let found = temperature(&logits, &labels);
        assert!((found - 3.0).abs() < 0.05, "{found}");
    }

    #[test]
    fn separated_slides_do_not_give_certainty() {
        let (logits, labels) = ([-4.0, -5.0, 6.0, 4.0], [false, false, true, true]);
        let temperature = temperature(&logits, &labels);
        let probability = sigmoid(4.0 / temperature);
        assert!((0.6..0.85).contains(&probability), "{probability}");
    }

    #[test]
    fn finds_the_factor_by_which_class_logits_are_too_sharp() {
        let true_logits = [0.0, 1.0, -0.5];
        let shares = softmax(&true_logits);
        let (mut logits, mut classes) = (Vec::new(), Vec::new());
        for (class, share) in shares.iter().enumerate() {
            for _ in 0..(2000.0 * share).round() as usize {
                logits.push(true_logits.map(|logit| 2.0 * logit).to_vec());
                classes.push(class);
            }
        }
        let found = softmax_temperature(&logits, &classes);
        assert!((found - 2.0).abs() < 0.05, "{found}");
        let separated = softmax_temperature(&[vec![4.0, 0.0], vec![0.0, 4.0]], &[0, 1]);
        assert!(separated > 0.3, "{separated}");
    }

    #[test]
    fn the_ends_do_not_overflow() {
        assert_eq!((sigmoid(-1e6), sigmoid(1e6)), (0.0, 1.0));
        assert!(cross_entropy(-1e6, 1.0).is_finite());
    }
}
