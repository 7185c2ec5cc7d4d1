use crate::aligned::Aligned;
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

/// A linear layer laid out for one instruction set: panels of two vectors of outputs, each the
/// whole length of the inputs.
#[derive(Clone, Debug)]
pub struct PackedMatrix<E> {
    machine: Machine,
    panels: Aligned<E>,
    /// Filled up with zeros to whole panels.
    bias: Vec<f32>,
    n_inputs: usize,
    n_words: usize,
    /// Outputs in a vector, two vectors a panel.
    lanes: usize,
    columns: Columns,
    n_outputs: usize,
}

/// Which outputs stand side by side in a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Columns {
    InOrder,
    /// A vector of the first half of the outputs, then the same of the second half.
    Halves,
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
        assert!(linear.n_outputs.is_multiple_of(2), "outputs have halves");
        Self::with_columns(machine, linear, Columns::Halves)
    }

    fn with_columns(machine: Machine, linear: Linear<'_>, columns: Columns) -> Self {
        let Linear {
            weight,
            bias,
            n_inputs,
            n_outputs,
        } = linear;
        assert_eq!(weight.len(), n_inputs * n_outputs, "values of a weight");
        assert!(
            bias.is_empty() || bias.len() == n_outputs,
            "values of a bias"
        );
        let lanes = machine.lanes();
        let order = columns.order(n_outputs, lanes);
        let n_words = n_inputs
            .div_ceil(E::PER_WORD)
            .next_multiple_of(machine.word_step::<E>());
        let mut packed = Self {
            machine,
            panels: Aligned::zeros(order.len() * n_words * E::PER_WORD),
            bias: vec![0.0; order.len()],
            n_inputs,
            n_words,
            lanes,
            columns,
            n_outputs,
        };
        for (column, output) in order.into_iter().enumerate() {
            if let Some(output) = output {
                let row = &weight[output * n_inputs..(output + 1) * n_inputs];
                packed.set_column(column, row);
                packed.bias[column] = bias.get(output).copied().unwrap_or(0.0);
            }
        }
        packed
    }

    fn set_column(&mut self, column: usize, row: &[f32]) {
        let panel_width = 2 * self.lanes;
        let (panel, lane) = (column / panel_width, column % panel_width);
        let values = self.words() * panel_width * E::PER_WORD;
        let panel = &mut self.panels.values_mut()[panel * values..(panel + 1) * values];
        for (input, value) in row.iter().enumerate() {
            let word = input / E::PER_WORD * panel_width + lane;
            panel[word * E::PER_WORD + input % E::PER_WORD] = E::rounded(*value);
        }
    }

    pub fn n_inputs(&self) -> usize {
        self.n_inputs
    }

    pub fn n_outputs(&self) -> usize {
        self.n_outputs
    }

    pub(crate) fn machine(&self) -> Machine {
        self.machine
    }

    pub(crate) fn columns(&self) -> Columns {
        self.columns
    }

    /// Words in a row of the left operand.
    #[inline(always)]
    pub(crate) fn words(&self) -> usize {
        self.n_words
    }

    /// Words of every panel, with its biases.
    #[inline(always)]
    pub(crate) fn panels(&self) -> impl Iterator<Item = (&[f32], &[f32])> {
        let width = 2 * self.lanes;
        let panels = self.panels.words().chunks_exact(self.words() * width);
        panels.zip(self.bias.chunks_exact(width))
    }
}

impl Columns {
    /// The output in each column of all panels; `None` fills up.
    fn order(self, n_outputs: usize, lanes: usize) -> Vec<Option<usize>> {
        let within = |limit: usize| move |output: usize| (output < limit).then_some(output);
        match self {
            Self::InOrder => (0..n_outputs.next_multiple_of(2 * lanes))
                .map(within(n_outputs))
                .collect(),
            Self::Halves => {
                let half = n_outputs / 2;
                let starts = (0..half).step_by(lanes);
                let first = |start| (start..start + lanes).map(within(half));
                let panel = |start| {
                    let second = first(start).map(move |output| Some(output? + half));
                    first(start).chain(second)
                };
                starts.flat_map(panel).collect()
            }
        }
    }
}
