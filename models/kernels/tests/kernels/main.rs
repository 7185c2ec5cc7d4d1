//! Every kernel, on every instruction set of this processor, against its plain twin in f64.

mod attention;
mod layer_norm;
mod multiply;
mod quantised;
mod rounding;
mod rows;
mod twin;

use coverslip_kernels::{Element, Machine, Operand, bf16};
use proptest::prelude::*;

/// Values of a matrix and its number of columns.
#[derive(Clone, Debug)]
struct Matrix {
    values: Vec<f32>,
    n_columns: usize,
}

impl Matrix {
    fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.values.chunks_exact(self.n_columns)
    }

    fn n_rows(&self) -> usize {
        self.values.len() / self.n_columns
    }

    fn operand<E: Element>(&self) -> Operand<E> {
        let mut operand = Operand::zeros(self.n_rows(), self.n_columns);
        for (row, values) in self.rows().enumerate() {
            operand.set_row(row, values);
        }
        operand
    }
}

/// Values of (rows, columns) with no pattern, from a seed.
fn matrix(n_rows: usize, n_columns: usize, seed: u64) -> Matrix {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1 << 23) as f32 - 1.0
    };
    Matrix {
        values: (0..n_rows * n_columns).map(|_| next()).collect(),
        n_columns,
    }
}

/// How far values of an element may be from the twin's.
trait Tolerance: Element {
    /// Of a result that is written as this element, relative to the larger of 1 and the value.
    const WRITTEN: f64;
}

impl Tolerance for f32 {
    const WRITTEN: f64 = 2e-5;
}

/// Half a unit in the last of 8 places.
impl Tolerance for bf16 {
    const WRITTEN: f64 = 1.0 / 256.0 + 1e-4;
}

fn assert_near(
    machine: Machine,
    found: f64,
    expected: f64,
    tolerance: f64,
) -> Result<(), TestCaseError> {
    let allowed = tolerance * expected.abs().max(1.0);
    prop_assert!(
        (found - expected).abs() <= allowed,
        "{}: {found}, not {expected}",
        machine.instruction_set()
    );
    Ok(())
}
