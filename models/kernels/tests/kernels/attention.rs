use coverslip_kernels::{Attention, AttentionShape, Machine, Operand, bf16};
use proptest::prelude::*;

use crate::{Matrix, Tolerance, assert_near, matrix, twin};

#[derive(Clone, Copy, Debug)]
struct Sizes {
    n_tokens: usize,
    n_heads: usize,
    head_width: usize,
    first: usize,
    seed: u64,
}

/// Query, key and value of every head, in turn.
fn parts(sizes: Sizes) -> Vec<Matrix> {
    let part = |number: u64| {
        let mut part = matrix(sizes.n_tokens, sizes.head_width, sizes.seed ^ number);
        if number < sizes.n_heads as u64 {
            part.values.iter_mut().for_each(|query| *query *= 4.0);
        }
        part
    };
    (0..3 * sizes.n_heads as u64).map(part).collect()
}

/// The parts side by side, each filled up to whole vectors, behind `first` rows of something else.
fn packed<E: Tolerance>(sizes: Sizes, parts: &[Matrix], columns: usize) -> Operand<E> {
    let mut qkv = Operand::zeros(sizes.first + sizes.n_tokens, parts.len() * columns);
    for row in 0..sizes.first {
        qkv.row_mut(row).fill(E::rounded(1e3));
    }
    for (at, part) in parts.iter().enumerate() {
        for (token, values) in part.rows().enumerate() {
            let row = &mut qkv.row_mut(sizes.first + token)[at * columns..];
            for (to, value) in row.iter_mut().zip(values) {
                *to = E::rounded(*value);
            }
        }
    }
    qkv
}

fn mixed<E: Tolerance>(sizes: Sizes) -> Result<(), TestCaseError> {
    let parts = parts(sizes);
    for machine in Machine::all() {
        let columns = machine.head_columns::<E>(sizes.head_width);
        let qkv = packed::<E>(sizes, &parts, columns);
        let shape = AttentionShape {
            n_tokens: sizes.n_tokens,
            n_heads: sizes.n_heads,
            head_columns: columns,
        };
        let mut attention = Attention::<E>::new(machine, shape);
        let mut to = Operand::zeros(qkv.n_rows(), sizes.n_heads * columns);
        // Twice: what a call leaves behind must not matter.
        for _ in 0..2 {
            attention.mix(&qkv, &mut to, sizes.first);
        }
        for head in 0..sizes.n_heads {
            let part = |number: usize| &parts[number * sizes.n_heads + head];
            let expected = twin::attention::<E>(part(0), part(1), part(2));
            for (token, expected) in expected.into_iter().enumerate() {
                let found = &to.row(sizes.first + token)[head * columns..][..columns];
                let (values, beyond) = found.split_at(sizes.head_width);
                for (found, expected) in values.iter().zip(expected) {
                    // Shares are rounded, and so is their mix.
                    let found = f64::from(found.widened());
                    assert_near(machine, found, expected, 2.0 * E::WRITTEN)?;
                }
                prop_assert!(beyond.iter().all(|value| value.widened() == 0.0));
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn attention_is_that_of_the_twin(
        n_tokens in 1..80_usize,
        n_heads in 1..4_usize,
        head_width in 1..90_usize,
        first in 0..3_usize,
        seed in any::<u64>(),
    ) {
        let sizes = Sizes { n_tokens, n_heads, head_width, first, seed };
        mixed::<f32>(sizes)?;
        mixed::<bf16>(sizes)?;
    }
}

#[test]
fn attention_over_the_tokens_of_published_encoders() -> Result<(), TestCaseError> {
    for (n_tokens, head_width) in [(197, 64), (261, 80), (1029, 32)] {
        let sizes = Sizes {
            n_tokens,
            n_heads: 1,
            head_width,
            first: 0,
            seed: 7,
        };
        mixed::<f32>(sizes)?;
        mixed::<bf16>(sizes)?;
    }
    Ok(())
}
