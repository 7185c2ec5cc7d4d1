use coverslip_kernels::{
    Activation, Ending, Linear, Machine, Operand, PackedMatrix, bf16, multiply,
};
use proptest::prelude::*;

use crate::twin::{attention_gate, gelu, product, quick_gelu, silu};
use crate::{Matrix, Tolerance, assert_near, matrix};

/// The sizes of a product, and which of its rows are asked for.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    n_rows: usize,
    n_inputs: usize,
    n_outputs: usize,
    first: usize,
    seed: u64,
}

fn sizes() -> impl Strategy<Value = Sizes> {
    let sizes = (1..40_usize, 1..70_usize, 1..50_usize, any::<u64>());
    let whole = sizes.prop_flat_map(|(n_rows, n_inputs, half, seed)| {
        (0..n_rows).prop_map(move |first| Sizes {
            n_rows,
            n_inputs,
            n_outputs: 2 * half,
            first,
            seed,
        })
    });
    whole.prop_map(|sizes| match sizes.seed % 3 {
        // Odd numbers of outputs too.
        0 => Sizes {
            n_outputs: sizes.n_outputs - 1,
            ..sizes
        },
        _ => sizes,
    })
}

struct Layer {
    a: Matrix,
    weight: Matrix,
    bias: Vec<f32>,
}

impl Layer {
    fn new(sizes: Sizes) -> Self {
        let weight = matrix(sizes.n_outputs, sizes.n_inputs, sizes.seed ^ 1);
        Self {
            a: matrix(sizes.n_rows, sizes.n_inputs, sizes.seed),
            weight,
            bias: matrix(1, sizes.n_outputs, sizes.seed ^ 2).values,
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

    /// The product of a row with all outputs, and the bias.
    fn row<E: Tolerance>(&self, a: &[f32]) -> Vec<f64> {
        let outputs = self.weight.rows().zip(&self.bias);
        outputs
            .map(|(weight, bias)| product::<E>(a, weight) + f64::from(*bias))
            .collect()
    }
}

fn written<E: Tolerance>(sizes: Sizes, activation: Activation) -> Result<(), TestCaseError> {
    let layer = Layer::new(sizes);
    let gated = matches!(activation, Activation::Swiglu | Activation::AttentionGate);
    let n_outputs = sizes.n_outputs / if gated { 2 } else { 1 };
    for machine in Machine::all() {
        let packed = if gated {
            PackedMatrix::halves(machine, layer.linear())
        } else {
            PackedMatrix::new(machine, layer.linear())
        };
        let rows = sizes.first..sizes.n_rows;
        let mut to = Operand::<E>::zeros(rows.len() + 1, n_outputs);
        let ending = Ending::Written {
            to: &mut to,
            first: 1,
            activation,
        };
        multiply(&layer.a.operand::<E>(), rows.clone(), &packed, ending);
        prop_assert!(to.row(0).iter().all(|value| value.widened() == 0.0));
        for (at, a) in layer.a.rows().skip(sizes.first).enumerate() {
            let sums = layer.row::<E>(a);
            let (gates, values) = sums.split_at(sums.len() / 2);
            for (column, found) in to.row(at + 1).iter().enumerate() {
                let expected = match activation {
                    Activation::None => sums[column],
                    Activation::Relu => sums[column].max(0.0),
                    Activation::Gelu => gelu(sums[column]),
                    Activation::QuickGelu => quick_gelu(sums[column]),
                    Activation::Swiglu => silu(gates[column]) * values[column],
                    Activation::AttentionGate => attention_gate(gates[column], values[column]),
                };
                assert_near(machine, f64::from(found.widened()), expected, E::WRITTEN)?;
            }
        }
    }
    Ok(())
}

fn added<E: Tolerance>(sizes: Sizes) -> Result<(), TestCaseError> {
    let layer = Layer::new(sizes);
    let before = matrix(sizes.n_rows, sizes.n_outputs, sizes.seed ^ 3);
    for machine in Machine::all() {
        let packed = PackedMatrix::new(machine, layer.linear());
        let mut to = before.operand::<f32>();
        let ending = Ending::Added {
            to: &mut to,
            first: sizes.first,
        };
        let a = layer.a.operand::<E>();
        multiply(&a, sizes.first..sizes.n_rows, &packed, ending);
        for (row, (a, before)) in layer.a.rows().zip(before.rows()).enumerate() {
            let sums = layer.row::<E>(a);
            for ((found, before), sum) in to.row(row).iter().zip(before).zip(sums) {
                let sum = if row < sizes.first { 0.0 } else { sum };
                let expected = f64::from(*before) + sum;
                assert_near(machine, f64::from(*found), expected, f32::WRITTEN)?;
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn products_with_their_activations_are_those_of_the_twin(sizes in sizes()) {
        let activations =
            [Activation::None, Activation::Relu, Activation::Gelu, Activation::QuickGelu];
        for activation in activations {
            written::<f32>(sizes, activation)?;
            written::<bf16>(sizes, activation)?;
        }
    }

    #[test]
    fn gated_products_are_those_of_the_twin(sizes in sizes()) {
        let even = Sizes { n_outputs: sizes.n_outputs.next_multiple_of(2), ..sizes };
        for activation in [Activation::Swiglu, Activation::AttentionGate] {
            written::<f32>(even, activation)?;
            written::<bf16>(even, activation)?;
        }
    }

    #[test]
    fn products_are_added_to_what_is_there(sizes in sizes()) {
        added::<f32>(sizes)?;
        added::<bf16>(sizes)?;
    }
}

/// Where the activations turn, saturate and meet zero.
#[test]
fn activations_hold_far_from_zero() {
    let inputs = [
        -200.0, -30.0, -9.5, -3.0, -0.5, -1e-20, 0.0, 1e-20, 0.5, 3.0, 9.5, 30.0, 200.0_f32,
    ];
    let one = Linear {
        weight: &[1.0],
        bias: &[],
        n_inputs: 1,
        n_outputs: 1,
    };
    for machine in Machine::all() {
        for (activation, twin) in [
            (Activation::Gelu, gelu as fn(f64) -> f64),
            (Activation::QuickGelu, quick_gelu),
        ] {
            let packed = PackedMatrix::new(machine, one);
            let a = Matrix {
                values: inputs.to_vec(),
                n_columns: 1,
            };
            let mut to = Operand::<f32>::zeros(inputs.len(), 1);
            let ending = Ending::Written {
                to: &mut to,
                first: 0,
                activation,
            };
            multiply(&a.operand::<f32>(), 0..inputs.len(), &packed, ending);
            for (row, x) in inputs.into_iter().enumerate() {
                let (found, expected) = (f64::from(to.row(row)[0]), twin(f64::from(x)));
                let allowed = 3e-7 * x.abs().max(1.0);
                assert!(
                    (found - expected).abs() <= f64::from(allowed),
                    "{x}: {found}, not {expected}"
                );
            }
        }
    }
}

#[test]
fn the_gate_of_attention_holds_far_from_zero() {
    let inputs = [-200.0, -30.0, -3.0, -1e-20, 0.0, 1e-4, 3.0, 30.0, 200.0_f32];
    let twice = Linear {
        weight: &[1.0, 1.0],
        bias: &[],
        n_inputs: 1,
        n_outputs: 2,
    };
    for machine in Machine::all() {
        let packed = PackedMatrix::halves(machine, twice);
        let a = Matrix {
            values: inputs.to_vec(),
            n_columns: 1,
        };
        let mut to = Operand::<f32>::zeros(inputs.len(), 1);
        let ending = Ending::Written {
            to: &mut to,
            first: 0,
            activation: Activation::AttentionGate,
        };
        multiply(&a.operand::<f32>(), 0..inputs.len(), &packed, ending);
        for (row, x) in inputs.into_iter().enumerate() {
            let found = f64::from(to.row(row)[0]);
            let expected = attention_gate(f64::from(x), f64::from(x));
            assert!(
                (found - expected).abs() <= 3e-7,
                "{x}: {found}, not {expected}"
            );
        }
    }
}
