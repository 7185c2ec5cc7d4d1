use crate::Machine;
use crate::aligned::{Aligned, LINE_BYTES};
use crate::machine::{Element, Simd, WordRows, Work};

/// Rows that a tile may read beyond the last one.
const SPARE_ROWS: usize = 32;
/// Columns are filled up to whole panels of the widest instruction set.
const PANEL: usize = 32;

/// A matrix of activations, row by row: what a product takes from the left, and what it makes.
///
/// Rows lie an odd number of cache lines apart, so that the rows of a tile never meet in the same
/// set of the cache. Columns beyond the last are zero.
#[derive(Clone, Debug)]
pub struct Operand<E> {
    values: Aligned<E>,
    n_rows: usize,
    n_columns: usize,
    stride: usize,
}

impl<E: Element> Operand<E> {
    /// All zero.
    pub fn zeros(n_rows: usize, n_columns: usize) -> Self {
        let per_line = LINE_BYTES / size_of::<E>();
        let lines = n_columns.next_multiple_of(PANEL) / per_line;
        let stride = (lines | 1) * per_line;
        Self {
            values: Aligned::zeros((n_rows + SPARE_ROWS) * stride),
            n_rows,
            n_columns,
            stride,
        }
    }

    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    pub fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// The values of a row.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, row: usize) -> &[E] {
        &self.filled_row(row)[..self.n_columns]
    }

    /// The values of a row.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row_mut(&mut self, row: usize) -> &mut [E] {
        let n_columns = self.n_columns;
        &mut self.filled_row_mut(row)[..n_columns]
    }

    /// Writes a row, rounded.
    ///
    /// # Panics
    /// If there is no such row, or `values` are not as many as the columns.
    pub fn set_row(&mut self, row: usize, values: &[f32]) {
        let to = self.row_mut(row);
        assert_eq!(to.len(), values.len(), "values of a row");
        for (to, value) in to.iter_mut().zip(values) {
            *to = E::rounded(*value);
        }
    }

    /// Writes the first rows, one after another, rounded.
    ///
    /// # Panics
    /// If `values` are no whole rows, or more than there are.
    pub fn set_rows(&mut self, machine: Machine, values: &[f32]) {
        let n_rows = values.len() / self.n_columns;
        assert_eq!(values.len(), n_rows * self.n_columns, "values of rows");
        assert!(n_rows <= self.n_rows, "no such rows");
        machine.run(SetRows { to: self, values });
    }

    /// A row with the zeros behind it.
    #[inline(always)]
    pub(crate) fn filled_row(&self, row: usize) -> &[E] {
        assert!(row < self.n_rows, "no such row");
        &self.values.values()[row * self.stride..(row + 1) * self.stride]
    }

    #[inline(always)]
    pub(crate) fn filled_row_mut(&mut self, row: usize) -> &mut [E] {
        assert!(row < self.n_rows, "no such row");
        &mut self.values.values_mut()[row * self.stride..(row + 1) * self.stride]
    }

    /// Words from `column` of `row` on, and all rows behind it.
    #[inline(always)]
    pub(crate) fn words_from(&self, row: usize, column: usize) -> WordRows<'_> {
        let stride = self.stride / E::PER_WORD;
        WordRows {
            words: &self.values.words()[row * stride + column / E::PER_WORD..],
            stride,
        }
    }
}

struct SetRows<'a, E> {
    to: &'a mut Operand<E>,
    values: &'a [f32],
}

impl<E: Element> Work for SetRows<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let rows = self.values.chunks_exact(self.to.n_columns);
        for (row, values) in rows.enumerate() {
            let to = self.to.row_mut(row);
            let (mut to, mut values) =
                (to.chunks_exact_mut(S::LANES), values.chunks_exact(S::LANES));
            for (to, values) in to.by_ref().zip(values.by_ref()) {
                E::store(simd, simd.load(values), to);
            }
            for (to, value) in to.into_remainder().iter_mut().zip(values.remainder()) {
                *to = E::rounded(*value);
            }
        }
    }
}
