use coverslip_kernels::{LayerNorm, Machine, Operand, bf16};
use proptest::prelude::*;

use crate::twin::layer_norm;
use crate::{Tolerance, assert_near, matrix};

fn normalised<E: Tolerance>(n_rows: usize, width: usize, seed: u64) -> Result<(), TestCaseError> {
    let x = matrix(n_rows, width, seed);
    let weight = matrix(1, width, seed ^ 1).values;
    let bias = matrix(1, width, seed ^ 2).values;
    for machine in Machine::all() {
        let norm = LayerNorm::new(machine, &weight, &bias, 1e-6);
        let mut to = Operand::<E>::zeros(n_rows, width);
        norm.write(&x.operand(), 1..n_rows, &mut to, 0);
        for (row, x) in x.rows().skip(1).enumerate() {
            let expected = layer_norm(x, &weight, &bias, 1e-6);
            for (found, expected) in to.row(row).iter().zip(expected) {
                // Two values that are nearly the same are blown up by their norm.
                let tolerance = E::WRITTEN + if width < 4 { 1e-2 } else { 0.0 };
                assert_near(machine, f64::from(found.widened()), expected, tolerance)?;
            }
        }
        prop_assert!(
            to.row(n_rows - 1)
                .iter()
                .all(|value| value.widened() == 0.0)
        );
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn norms_are_those_of_the_twin(n_rows in 2..9_usize, width in 2..90_usize, seed in any::<u64>()) {
        normalised::<f32>(n_rows, width, seed)?;
        normalised::<bf16>(n_rows, width, seed)?;
    }
}
