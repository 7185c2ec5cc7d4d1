use crate::panels::{Columns, Panels};
use crate::{Element, Machine};

/// A linear layer as frameworks store it.
#[derive(Clone, Copy, Debug)]
pub struct Linear<'a> {
    /// Shape (outputs, inputs).
    pub weight: &'a [f32],
    /// As many as outputs, or none.
    pub bias: &'a [f32],
    pub n_inputs: usize,
    pub n_outputs: usize,
}

impl Linear<'_> {
    pub(crate) fn check(&self, columns: Columns) {
        let (n_inputs, n_outputs) = (self.n_inputs, self.n_outputs);
        assert_eq!(
            self.weight.len(),
            n_inputs * n_outputs,
            "values of a weight"
        );
        let n_biases = self.bias.len();
        assert!(n_biases == 0 || n_biases == n_outputs, "values of a bias");
        let is_whole = columns == Columns::InOrder || n_outputs.is_multiple_of(2);
        assert!(is_whole, "outputs have halves");
    }
}

/// A linear layer laid out for one instruction set.
#[derive(Clone, Debug)]
pub struct PackedMatrix<E> {
    panels: Panels<E>,
}

impl<E: Element> PackedMatrix<E> {
    /// # Panics
    /// If the weight or the bias have another size than the layer says.
    pub fn new(machine: Machine, linear: Linear<'_>) -> Self {
        Self::with_columns(machine, linear, Columns::InOrder)
    }

    /// A layer whose outputs are two halves to be multiplied with each other, as a SwiGLU does.
    ///
    /// # Panics
    /// If the weight or the bias have another size than the layer says, or there is no half.
    pub fn halves(machine: Machine, linear: Linear<'_>) -> Self {
        Self::with_columns(machine, linear, Columns::Halves)
    }

    fn with_columns(machine: Machine, linear: Linear<'_>, columns: Columns) -> Self {
        let rounded = |row: &[f32]| row.iter().map(|value| E::rounded(*value)).collect();
        let step = machine.word_step::<E>();
        Self {
            panels: Panels::new((machine, step), linear, columns, |_, row| rounded(row)),
        }
    }

    pub fn n_inputs(&self) -> usize {
        self.panels.n_inputs
    }

    pub fn n_outputs(&self) -> usize {
        self.panels.n_outputs
    }

    #[inline(always)]
    pub(crate) fn panels(&self) -> &Panels<E> {
        &self.panels
    }
}
