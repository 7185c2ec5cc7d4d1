//! Products of bytes against plain whole numbers: the same bits on every instruction set.

use coverslip_kernels::{
    Activation, Ending, LayerNorm, Linear, Machine, Operand, QuantisedMatrix, QuantisedRows,
    multiply_quantised,
};
use proptest::prelude::*;

use crate::twin::{gelu, quick_gelu, silu};
use crate::{Matrix, assert_near, matrix};

/// Whole numbers, and what one of them is worth.
struct Whole {
    values: Vec<i64>,
    step: f32,
}

impl Whole {
    /// From the least value to the largest in 255 steps, zero being one of them.
    fn of_row(row: &[f32]) -> Self {
        let least = row.iter().copied().fold(0.0, f32::min);
        let span = row.iter().copied().fold(0.0, f32::max) - least;
        let per_value = if span > 0.0 { 255.0 / span } else { 0.0 };
        let zero = (-least * per_value).round_ties_even();
        let most = 255.0 - zero;
        let whole = |value: &f32| (value * per_value).round_ties_even().min(most) as i64;
        Self {
            values: row.iter().map(whole).collect(),
            step: span / 255.0,
        }
    }

    fn of_weights(row: &[f32]) -> Self {
        let largest = row.iter().copied().map(f32::abs).fold(0.0, f32::max);
        let per_value = if largest > 0.0 { 127.0 / largest } else { 0.0 };
        let whole = |value: &f32| (value * per_value).round_ties_even() as i64;
        Self {
            values: row.iter().map(whole).collect(),
            step: largest / 127.0,
        }
    }

    fn product(&self, weights: &Self, bias: f32) -> f32 {
        let pairs = self.values.iter().zip(&weights.values);
        let sum: i64 = pairs.map(|(a, b)| a * b).sum();
        sum as f32 * (self.step * weights.step) + bias
    }
}

struct Layer {
    weight: Matrix,
    bias: Vec<f32>,
}

impl Layer {
    fn new(n_inputs: usize, n_outputs: usize, seed: u64) -> Self {
        Self {
            weight: matrix(n_outputs, n_inputs, seed ^ 1),
            bias: matrix(1, n_outputs, seed ^ 2).values,
        }
    }

    fn linear(&self) -> Linear<'_> {
        Linear {
            weight: &self.weight.values,
            bias: &self.bias,
            n_inputs: self.weight.n_columns,
            n_outputs: self.bias.len(),
        }
    }

    fn row(&self, a: &[f32]) -> Vec<f32> {
        let a = Whole::of_row(a);
        let outputs = self.weight.rows().zip(&self.bias);
        let product = |(weight, bias): (&[f32], &f32)| a.product(&Whole::of_weights(weight), *bias);
        outputs.map(product).collect()
    }
}

/// All rows of a matrix in bytes, in room that held other rows before.
fn bytes(machine: Machine, a: &Matrix) -> QuantisedRows {
    let (n_rows, n_columns) = (a.n_rows(), a.n_columns);
    let mut rows = QuantisedRows::with_room(machine, n_rows, n_columns + 130);
    rows.write(&matrix(n_rows, n_columns + 130, 5).operand(), 0..n_rows);
    rows.write(&a.operand(), 0..n_rows);
    rows
}

fn bits(values: &[f32]) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn rows_are_the_nearest_bytes(
        n_rows in 1..40_usize, n_columns in 1..150_usize, first in 0..3_usize, seed in any::<u64>(),
    ) {
        let mut a = matrix(n_rows + first, n_columns, seed);
        a.values[0] *= 100.0;
        for machine in Machine::all() {
            let mut rows = QuantisedRows::with_room(machine, n_rows, n_columns);
            rows.write(&a.operand(), first..first + n_rows);
            for (row, values) in a.rows().skip(first).enumerate() {
                let expected = Whole::of_row(values);
                let found: Vec<f32> = rows.row(row).collect();
                let worth = expected.values.iter().map(|whole| *whole as f32 * expected.step);
                prop_assert_eq!(bits(&found), bits(&worth.collect::<Vec<_>>()));
                for (found, value) in found.iter().zip(values) {
                    prop_assert!((found - value).abs() <= 0.5001 * expected.step + 1e-6);
                }
            }
        }
    }

    #[test]
    fn products_are_the_twins_to_the_bit(
        n_rows in 1..40_usize, n_inputs in 1..200_usize, n_outputs in 1..100_usize,
        first in 0..40_usize, seed in any::<u64>(),
    ) {
        let first = first % n_rows;
        let a = matrix(n_rows, n_inputs, seed);
        let layer = Layer::new(n_inputs, n_outputs, seed);
        let before = matrix(n_rows, n_outputs, seed ^ 3);
        for machine in Machine::all() {
            let (rows, set) = (bytes(machine, &a), machine.instruction_set());
            let packed = QuantisedMatrix::new(machine, layer.linear());
            let mut written = Operand::<f32>::zeros(n_rows, n_outputs);
            let ending =
                Ending::Written { to: &mut written, first: 0, activation: Activation::None };
            multiply_quantised(&rows, first..n_rows, &packed, ending);
            let mut added = before.operand::<f32>();
            let ending = Ending::Added { to: &mut added, first };
            multiply_quantised(&rows, first..n_rows, &packed, ending);
            for (row, (a, before)) in a.rows().zip(before.rows()).enumerate().skip(first) {
                let expected = layer.row(a);
                prop_assert_eq!(bits(written.row(row - first)), bits(&expected), "{}", set);
                let sums = before.iter().zip(expected).map(|(before, sum)| sum + before);
                prop_assert_eq!(bits(added.row(row)), bits(&sums.collect::<Vec<_>>()), "{}", set);
            }
        }
    }

    #[test]
    fn activations_follow_products(
        n_rows in 1..20_usize, n_inputs in 1..80_usize, half in 1..40_usize, seed in any::<u64>(),
    ) {
        let a = matrix(n_rows, n_inputs, seed);
        let layer = Layer::new(n_inputs, 2 * half, seed);
        for machine in Machine::all() {
            let rows = bytes(machine, &a);
            let packed = QuantisedMatrix::new(machine, layer.linear());
            for (activation, twin) in [
                (Activation::Gelu, gelu as fn(f64) -> f64),
                (Activation::QuickGelu, quick_gelu),
            ] {
                let mut to = Operand::<f32>::zeros(n_rows, 2 * half);
                let ending = Ending::Written { to: &mut to, first: 0, activation };
                multiply_quantised(&rows, 0..n_rows, &packed, ending);
                for (row, a) in a.rows().enumerate() {
                    for (found, sum) in to.row(row).iter().zip(layer.row(a)) {
                        assert_near(machine, f64::from(*found), twin(f64::from(sum)), 1e-5)?;
                    }
                }
            }
            let packed = QuantisedMatrix::halves(machine, layer.linear());
            let mut to = Operand::<f32>::zeros(n_rows, half);
            let activation = Activation::Swiglu;
            let ending = Ending::Written { to: &mut to, first: 0, activation };
            multiply_quantised(&rows, 0..n_rows, &packed, ending);
            for (row, a) in a.rows().enumerate() {
                let sums = layer.row(a);
                for (column, found) in to.row(row).iter().enumerate() {
                    let gate = silu(f64::from(sums[column]));
                    let expected = gate * f64::from(sums[column + half]);
                    assert_near(machine, f64::from(*found), expected, 1e-5)?;
                }
            }
        }
    }

    #[test]
    fn norms_are_quantised_as_if_they_had_been_written(
        n_rows in 2..9_usize, width in 2..90_usize, seed in any::<u64>(),
    ) {
        let x = matrix(n_rows, width, seed);
        let weight = matrix(1, width, seed ^ 1).values;
        let bias = matrix(1, width, seed ^ 2).values;
        for machine in Machine::all() {
            let norm = LayerNorm::new(machine, &weight, &bias, 1e-6);
            let mut normed = Operand::<f32>::zeros(n_rows, width);
            norm.write(&x.operand(), 1..n_rows, &mut normed, 0);
            let mut expected = QuantisedRows::with_room(machine, n_rows, width);
            expected.write(&normed, 0..n_rows - 1);
            let mut found = QuantisedRows::with_room(machine, n_rows, width + 70);
            norm.write_quantised(&x.operand(), 1..n_rows, &mut found);
            for row in 0..n_rows - 1 {
                prop_assert!(found.row(row).eq(expected.row(row)));
            }
        }
    }
}

/// The largest bytes there are, as many as the widest layers have: nothing saturates or wraps.
#[test]
fn long_sums_of_large_bytes_are_exact() {
    const N_INPUTS: usize = 66_000;
    for sign in [1.0, -1.0] {
        let weight = vec![sign; N_INPUTS];
        let linear = Linear {
            weight: &weight,
            bias: &[],
            n_inputs: N_INPUTS,
            n_outputs: 1,
        };
        let a = Matrix {
            values: vec![1.0; N_INPUTS],
            n_columns: N_INPUTS,
        };
        for machine in Machine::all() {
            let packed = QuantisedMatrix::new(machine, linear);
            let mut to = Operand::<f32>::zeros(1, 1);
            let ending = Ending::Added {
                to: &mut to,
                first: 0,
            };
            multiply_quantised(&bytes(machine, &a), 0..1, &packed, ending);
            let (found, expected) = (to.row(0)[0], sign * N_INPUTS as f32);
            let set = machine.instruction_set();
            assert!((found / expected - 1.0).abs() < 1e-6, "{set}: {found}");
        }
    }
}

#[test]
fn rows_and_weights_of_zeros_stay_zero() {
    let zeros = Matrix {
        values: vec![0.0; 3 * 20],
        n_columns: 20,
    };
    let linear = Linear {
        weight: &[0.0; 5 * 20],
        bias: &[1.0, -2.0, 0.0, 3.0, 4.0],
        n_inputs: 20,
        n_outputs: 5,
    };
    for machine in Machine::all() {
        for a in [&zeros, &matrix(3, 20, 9)] {
            let packed = QuantisedMatrix::new(machine, linear);
            let mut to = Operand::<f32>::zeros(3, 5);
            let ending = Ending::Added {
                to: &mut to,
                first: 0,
            };
            multiply_quantised(&bytes(machine, a), 0..3, &packed, ending);
            for row in 0..3 {
                assert_eq!(to.row(row), linear.bias);
            }
        }
    }
}
