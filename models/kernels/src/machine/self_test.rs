use half::bf16;

use super::Machine;
use crate::{Ending, Linear, Operand, PackedMatrix, multiply};

const N_ROWS: usize = 41;
const N_INPUTS: usize = 70;
const N_OUTPUTS: usize = 50;

/// Whether a product on `machine` is the one that plain Rust gives, for a layer with edges on all
/// sides. All sums are whole numbers, so they are the same whatever their order.
pub(super) fn agrees(machine: Machine) -> bool {
    products(machine) == products(Machine::portable())
}

fn products(machine: Machine) -> Vec<f32> {
    let whole = |at: usize| (at * 7 % 13) as f32 - 6.0;
    let weight: Vec<f32> = (0..N_INPUTS * N_OUTPUTS).map(whole).collect();
    let layer = Linear {
        weight: &weight,
        bias: &[],
        n_inputs: N_INPUTS,
        n_outputs: N_OUTPUTS,
    };
    let packed = PackedMatrix::<bf16>::new(machine, layer);
    let mut a = Operand::<bf16>::zeros(N_ROWS, N_INPUTS);
    for row in 0..N_ROWS {
        let values: Vec<f32> = (0..N_INPUTS).map(|at| whole(3 * at + row)).collect();
        a.set_row(row, &values);
    }
    let mut sums = Operand::<f32>::zeros(N_ROWS, N_OUTPUTS);
    let ending = Ending::Added {
        to: &mut sums,
        first: 0,
    };
    multiply(&a, 0..N_ROWS, &packed, ending);
    let rows = (0..N_ROWS).flat_map(|row| sums.row(row));
    rows.copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_set_agrees() {
        for machine in Machine::all() {
            assert!(agrees(machine), "{}", machine.instruction_set());
        }
        assert_eq!(products(Machine::portable()).len(), N_ROWS * N_OUTPUTS);
    }
}
