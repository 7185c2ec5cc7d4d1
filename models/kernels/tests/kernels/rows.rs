use coverslip_kernels::{Element, Machine, Operand, bf16};
use proptest::prelude::*;

use crate::matrix;

/// Rows at once are the same bits as row by row, and the row behind them stays as it was.
fn rows_at_once_are_rows<E: Element + PartialEq>(
    (n_rows, n_columns): (usize, usize),
    seed: u64,
) -> Result<(), TestCaseError> {
    let matrix = matrix(n_rows, n_columns, seed);
    let one_by_one = matrix.operand::<E>();
    for machine in Machine::all() {
        let mut at_once = Operand::<E>::zeros(n_rows + 1, n_columns);
        at_once.row_mut(n_rows).fill(E::rounded(7.0));
        at_once.set_rows(machine, &matrix.values);
        for row in 0..n_rows {
            let set = machine.instruction_set();
            prop_assert_eq!(at_once.row(row), one_by_one.row(row), "{}", set);
        }
        prop_assert!(at_once.row(n_rows).iter().all(|x| *x == E::rounded(7.0)));
    }
    Ok(())
}

proptest! {
    #[test]
    fn rows_are_set_at_once(size in (0_usize..6, 1_usize..70), seed: u64) {
        rows_at_once_are_rows::<f32>(size, seed)?;
        rows_at_once_are_rows::<bf16>(size, seed)?;
    }
}

#[test]
#[should_panic(expected = "values of rows")]
fn rows_are_whole() {
    Operand::<bf16>::zeros(2, 3).set_rows(Machine::best(), &[0.0; 4]);
}

#[test]
#[should_panic(expected = "no such rows")]
fn rows_are_not_more_than_there_are() {
    Operand::<bf16>::zeros(2, 3).set_rows(Machine::best(), &[0.0; 9]);
}
