/// How samples in a row are weighted to make another number of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kernel {
    /// A triangle of radius 1, widened by what is shrunk.
    Bilinear,
    /// Keys' cubic with a = -0.5 (Keys 1981), widened by what is shrunk: Pillow's, and PyTorch's
    /// with antialias.
    Bicubic,
    /// Keys' cubic with a = -0.75 at four samples, however much is shrunk: PyTorch's without
    /// antialias.
    BicubicNarrow,
}

/// What one sample of the result is made of.
#[derive(Clone, Debug)]
pub(crate) struct Taps {
    /// The first sample that counts.
    pub(crate) first: usize,
    /// Weights from it on; they sum to 1.
    pub(crate) weights: Vec<f64>,
}

/// The taps of every one of `to` samples over a row of `from`; both lie at the middles of equal
/// stretches of the same length.
pub(crate) fn taps(from: usize, to: usize, kernel: Kernel) -> Vec<Taps> {
    let scale = from as f64 / to as f64;
    let at = |number: usize| (number as f64 + 0.5) * scale;
    match kernel {
        Kernel::Bilinear => (0..to)
            .map(|n| averaged(at(n), scale.max(1.0), from, 1.0, triangle))
            .collect(),
        Kernel::Bicubic => (0..to)
            .map(|n| averaged(at(n), scale.max(1.0), from, 2.0, |x| cubic(x, -0.5)))
            .collect(),
        Kernel::BicubicNarrow => (0..to).map(|n| at_four(at(n) - 0.5, from)).collect(),
    }
}

/// Samples outside the row do not count, the others count as much more.
fn averaged(
    centre: f64,
    widening: f64,
    n_samples: usize,
    radius: f64,
    weight: impl Fn(f64) -> f64,
) -> Taps {
    let radius = radius * widening;
    let first = (centre - radius + 0.5).max(0.0) as usize;
    let end = ((centre + radius + 0.5) as usize).min(n_samples);
    let mut weights: Vec<f64> = (first..end)
        .map(|sample| weight((sample as f64 - centre + 0.5) / widening))
        .collect();
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
    Taps { first, weights }
}

/// Samples outside the row are those at its ends.
fn at_four(position: f64, n_samples: usize) -> Taps {
    let (whole, rest) = (position.floor(), position - position.floor());
    let inside = |sample: i64| sample.clamp(0, n_samples as i64 - 1) as usize;
    let first = inside(whole as i64 - 1);
    let mut weights = vec![0.0; inside(whole as i64 + 2) - first + 1];
    for step in -1..=2_i64 {
        weights[inside(whole as i64 + step) - first] += cubic(step as f64 - rest, -0.75);
    }
    Taps { first, weights }
}

fn triangle(x: f64) -> f64 {
    (1.0 - x.abs()).max(0.0)
}

fn cubic(x: f64, a: f64) -> f64 {
    let x = x.abs();
    if x < 1.0 {
        ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        (((x - 5.0) * x + 8.0) * x - 4.0) * a
    } else {
        0.0
    }
}
