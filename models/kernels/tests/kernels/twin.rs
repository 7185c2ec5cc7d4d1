//! The kernels once more, in f64 and as plainly as can be.

use coverslip_kernels::Element;

use crate::Matrix;

/// A value after it was stored as an element.
pub(crate) fn stored<E: Element>(value: f32) -> f64 {
    f64::from(E::rounded(value).widened())
}

/// The product of row `row` of `a` with row `output` of `weight`, whose values were stored.
pub(crate) fn product<E: Element>(a: &[f32], weight: &[f32]) -> f64 {
    let pairs = a.iter().zip(weight);
    pairs.map(|(a, b)| stored::<E>(*a) * stored::<E>(*b)).sum()
}

pub(crate) fn gelu(x: f64) -> f64 {
    0.5 * x * (1.0 + erf(x * std::f64::consts::FRAC_1_SQRT_2))
}

/// The error function by its series (Abramowitz and Stegun 1964, 7.1.6), exact for |x| below 6.
fn erf(x: f64) -> f64 {
    if x.abs() > 6.0 {
        return x.signum();
    }
    let (mut term, mut sum) = (x, x);
    for n in 1..200 {
        term *= 2.0 * x * x / f64::from(2 * n + 1);
        sum += term;
    }
    std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp() * sum
}

pub(crate) fn quick_gelu(x: f64) -> f64 {
    x / (1.0 + (-1.702 * x).exp())
}

pub(crate) fn silu(x: f64) -> f64 {
    x / (1.0 + (-x).exp())
}

pub(crate) fn attention_gate(a: f64, b: f64) -> f64 {
    a.tanh() / (1.0 + (-b).exp())
}

pub(crate) fn layer_norm(row: &[f32], weight: &[f32], bias: &[f32], eps: f64) -> Vec<f64> {
    let n = row.len() as f64;
    let mean = row.iter().map(|x| f64::from(*x)).sum::<f64>() / n;
    let away = |x: &f32| f64::from(*x) - mean;
    let variance = row.iter().map(|x| away(x).powi(2)).sum::<f64>() / n;
    let scale = 1.0 / (variance + eps).sqrt();
    row.iter()
        .zip(weight.iter().zip(bias))
        .map(|(x, (weight, bias))| away(x) * scale * f64::from(*weight) + f64::from(*bias))
        .collect()
}

/// Queries, keys and values of one head, each a row a token; the result likewise.
pub(crate) fn attention<E: Element>(query: &Matrix, key: &Matrix, value: &Matrix) -> Vec<Vec<f64>> {
    let answer = |query: &[f32]| {
        let scores: Vec<f64> = key.rows().map(|key| product::<E>(query, key)).collect();
        let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let shares: Vec<f64> = scores
            .iter()
            .map(|score| (score - highest).exp2())
            .collect();
        let sum: f64 = shares.iter().sum();
        let mut mixed = vec![0.0; value.n_columns];
        for (share, value) in shares.iter().zip(value.rows()) {
            for (mixed, value) in mixed.iter_mut().zip(value) {
                *mixed += share / sum * stored::<E>(*value);
            }
        }
        mixed
    };
    query.rows().map(answer).collect()
}
