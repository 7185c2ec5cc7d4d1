use bytemuck::Pod;

use crate::aligned::Aligned;
use crate::{Linear, Machine};

/// The values of a linear layer laid out for one instruction set: panels of two vectors of outputs,
/// each the whole length of the inputs.
#[derive(Clone, Debug)]
pub(crate) struct Panels<T> {
    pub(crate) machine: Machine,
    pub(crate) columns: Columns,
    pub(crate) n_inputs: usize,
    pub(crate) n_outputs: usize,
    values: Aligned<T>,
    /// Filled up with zeros to whole panels.
    bias: Vec<f32>,
    n_words: usize,
    /// Outputs in a vector, two vectors a panel.
    lanes: usize,
}

/// Which outputs stand side by side in a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Columns {
    InOrder,
    /// A vector of the first half of the outputs, then the same of the second half.
    Halves,
}

impl<T: Pod> Panels<T> {
    /// Values in a word.
    const PER_WORD: usize = size_of::<f32>() / size_of::<T>();

    /// Panels whose rows are a multiple of `word_step` words. `fill` turns an output's weights into
    /// its column, which it is told the number of.
    ///
    /// # Panics
    /// If the weight or the bias have another size than the layer says, or halves are asked for
    /// where there are none.
    pub(crate) fn new(
        (machine, word_step): (Machine, usize),
        linear: Linear<'_>,
        columns: Columns,
        mut fill: impl FnMut(usize, &[f32]) -> Vec<T>,
    ) -> Self {
        linear.check(columns);
        let lanes = machine.lanes();
        let order = columns.order(linear.n_outputs, lanes);
        let n_words = linear.n_inputs.div_ceil(Self::PER_WORD);
        let n_words = n_words.next_multiple_of(word_step);
        let mut panels = Self {
            machine,
            columns,
            n_inputs: linear.n_inputs,
            n_outputs: linear.n_outputs,
            values: Aligned::zeros(order.len() * n_words * Self::PER_WORD),
            bias: vec![0.0; order.len()],
            n_words,
            lanes,
        };
        for (column, output) in order.into_iter().enumerate() {
            if let Some(output) = output {
                let row = &linear.weight[output * linear.n_inputs..][..linear.n_inputs];
                panels.set_column(column, &fill(column, row));
                panels.bias[column] = linear.bias.get(output).copied().unwrap_or(0.0);
            }
        }
        panels
    }

    fn set_column(&mut self, column: usize, values: &[T]) {
        let panel_width = 2 * self.lanes;
        let (panel, lane) = (column / panel_width, column % panel_width);
        let n_values = self.n_words * panel_width * Self::PER_WORD;
        let panel = &mut self.values.values_mut()[panel * n_values..(panel + 1) * n_values];
        for (input, value) in values.iter().enumerate() {
            let word = input / Self::PER_WORD * panel_width + lane;
            panel[word * Self::PER_WORD + input % Self::PER_WORD] = *value;
        }
    }

    /// Words in a row of the left operand.
    #[inline(always)]
    pub(crate) fn words(&self) -> usize {
        self.n_words
    }

    /// Columns of all panels, those that fill up included.
    pub(crate) fn n_columns(&self) -> usize {
        self.bias.len()
    }

    /// Words of every panel, with its biases.
    #[inline(always)]
    pub(crate) fn panels(&self) -> impl Iterator<Item = (&[f32], &[f32])> {
        let width = 2 * self.lanes;
        let panels = self.values.words().chunks_exact(self.n_words * width);
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
