use crate::machine::Bytes;
use crate::panels::{Columns, Panels};
use crate::{Linear, Machine};

/// A linear layer in bytes: each output has its own scale, which takes the largest of its weights
/// to 127.
#[derive(Clone, Debug)]
pub struct QuantisedMatrix {
    panels: Panels<i8>,
    /// What one is worth, in each column of all panels.
    steps: Vec<f32>,
    /// The sum of each column: whole numbers in the place of f32.
    totals: Vec<f32>,
}

/// The most inputs whose sums of products are sure to fit 32 bits.
const MOST_INPUTS: usize = i32::MAX as usize / (255 * 127);

impl QuantisedMatrix {
    /// # Panics
    /// If the weight or the bias have another size than the layer says, or inputs are more than
    /// 66,311.
    pub fn new(machine: Machine, linear: Linear<'_>) -> Self {
        Self::with_columns(machine, linear, Columns::InOrder)
    }

    /// A layer whose outputs are two halves to be multiplied with each other, as a SwiGLU does.
    ///
    /// # Panics
    /// As `new`, or if there is no half.
    pub fn halves(machine: Machine, linear: Linear<'_>) -> Self {
        Self::with_columns(machine, linear, Columns::Halves)
    }

    fn with_columns(machine: Machine, linear: Linear<'_>, columns: Columns) -> Self {
        assert!(linear.n_inputs <= MOST_INPUTS, "inputs of a sum of 32 bits");
        let mut filled = Vec::new();
        let step = machine.word_step::<Bytes>();
        let panels = Panels::new((machine, step), linear, columns, |column, row| {
            let (step, values) = quantised(row);
            filled.push((
                column,
                step,
                values.iter().copied().map(i32::from).sum::<i32>(),
            ));
            values
        });
        let mut steps = vec![0.0; panels.n_columns()];
        let mut totals = vec![0.0; panels.n_columns()];
        for (column, step, total) in filled {
            steps[column] = step;
            totals[column] = f32::from_bits(total.cast_unsigned());
        }
        Self {
            panels,
            steps,
            totals,
        }
    }

    pub fn n_inputs(&self) -> usize {
        self.panels.n_inputs
    }

    pub fn n_outputs(&self) -> usize {
        self.panels.n_outputs
    }

    #[inline(always)]
    pub(crate) fn panels(&self) -> &Panels<i8> {
        &self.panels
    }

    /// Steps and totals of the columns from `column` on.
    #[inline(always)]
    pub(crate) fn columns(&self, column: usize) -> (&[f32], &[f32]) {
        (&self.steps[column..], &self.totals[column..])
    }
}

/// What one is worth, and the nearest whole numbers.
fn quantised(row: &[f32]) -> (f32, Vec<i8>) {
    let largest = row
        .iter()
        .fold(0.0_f32, |largest, value| largest.max(value.abs()));
    let per_value = if largest > 0.0 { 127.0 / largest } else { 0.0 };
    let whole = |value: &f32| (value * per_value).round_ties_even() as i8;
    (largest / 127.0, row.iter().map(whole).collect())
}
