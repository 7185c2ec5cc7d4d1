use std::ops::Range;

use crate::aligned::{Aligned, LINE_BYTES};
use crate::machine::{Simd, WordRows, Work};
use crate::{Machine, Operand};

/// Rows that a tile may read beyond the last one.
const SPARE_ROWS: usize = 32;

/// Rows of activations in bytes, each with a grid of its own from its least value to its largest:
/// the left operand of a product with a [`QuantisedMatrix`](crate::QuantisedMatrix).
///
/// Holds room for rows of any width up to a most, so that writing allocates nothing.
#[derive(Clone, Debug)]
pub struct QuantisedRows {
    machine: Machine,
    values: Aligned<u8>,
    grids: Vec<Grid>,
    /// A row on its way.
    row: Aligned<f32>,
    n_columns: usize,
    /// Bytes from row to row.
    stride: usize,
}

/// What the bytes of a row stand for: a byte less `zero`, times `step`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Grid {
    pub(crate) step: f32,
    pub(crate) zero: i32,
}

impl QuantisedRows {
    /// Room for `most_rows` rows of `most_columns` columns.
    pub fn with_room(machine: Machine, most_rows: usize, most_columns: usize) -> Self {
        let stride = stride(most_columns);
        Self {
            machine,
            values: Aligned::zeros((most_rows + SPARE_ROWS) * stride),
            grids: vec![Grid::default(); most_rows],
            row: Aligned::zeros(stride),
            n_columns: most_columns,
            stride,
        }
    }

    /// Quantises `rows` of `from` into the first rows.
    ///
    /// # Panics
    /// If there is no room for them.
    pub fn write(&mut self, from: &Operand<f32>, rows: Range<usize>) {
        assert!(rows.end <= from.n_rows(), "rows to be quantised");
        self.shape(rows.len(), from.n_columns());
        self.machine.run(Quantise {
            from,
            rows,
            to: self,
        });
    }

    /// What a value became.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, row: usize) -> impl Iterator<Item = f32> {
        let grid = self.grids[row];
        let bytes = &self.values.values()[row * self.stride..][..self.n_columns];
        let value = move |byte: &u8| (i32::from(*byte) - grid.zero) as f32 * grid.step;
        bytes.iter().map(value)
    }

    /// Makes the rows `n_columns` wide.
    ///
    /// # Panics
    /// If there is no room for `n_rows` of them.
    pub(crate) fn shape(&mut self, n_rows: usize, n_columns: usize) {
        assert!(n_rows <= self.grids.len(), "rows of bytes");
        assert!(
            stride(n_columns) <= self.row.values().len(),
            "columns of bytes"
        );
        self.n_columns = n_columns;
        self.stride = stride(n_columns);
    }

    pub(crate) fn n_rows(&self) -> usize {
        self.grids.len()
    }

    pub(crate) fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// Room for a row of f32 on its way, `n_filled` values long.
    #[inline(always)]
    pub(crate) fn row_on_its_way(&mut self, n_filled: usize) -> &mut [f32] {
        &mut self.row.values_mut()[..n_filled]
    }

    /// Quantises what is in the first `n_filled` values of the row on its way.
    #[inline(always)]
    pub(crate) fn take_row<S: Simd>(&mut self, simd: S, row: usize, n_filled: usize) {
        let to = &mut self.values.values_mut()[row * self.stride..(row + 1) * self.stride];
        self.grids[row] = quantise(simd, &self.row.values()[..n_filled], to);
    }

    #[inline(always)]
    pub(crate) fn grids(&self) -> &[Grid] {
        &self.grids
    }

    /// The words of `row`, and all rows behind it.
    #[inline(always)]
    pub(crate) fn words_from(&self, row: usize) -> WordRows<'_> {
        let stride = self.stride / size_of::<f32>();
        WordRows {
            words: &self.values.words()[row * stride..],
            stride,
        }
    }
}

/// An odd number of cache lines, so that the rows of a tile never meet in the same set of the cache.
fn stride(n_columns: usize) -> usize {
    (n_columns.div_ceil(LINE_BYTES) | 1) * LINE_BYTES
}

struct Quantise<'a> {
    from: &'a Operand<f32>,
    rows: Range<usize>,
    to: &'a mut QuantisedRows,
}

impl Work for Quantise<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let n_filled = self.from.n_columns().next_multiple_of(S::LANES);
        let (stride, grids) = (self.to.stride, &mut self.to.grids);
        let rows = self.to.values.values_mut().chunks_exact_mut(stride);
        for ((from, to), grid) in self.rows.zip(rows).zip(grids) {
            *grid = quantise(simd, &self.from.filled_row(from)[..n_filled], to);
        }
    }
}

/// Writes the bytes of a row, whose length is whole vectors.
#[inline(always)]
fn quantise<S: Simd>(simd: S, row: &[f32], to: &mut [u8]) -> Grid {
    // Zero is always on the grid: it is what fills rows up.
    let (mut least, mut largest) = (simd.splat(0.0), simd.splat(0.0));
    for values in row.chunks_exact(S::LANES) {
        let values = simd.load(values);
        least = simd.min(least, values);
        largest = simd.max(largest, values);
    }
    let least = -simd.largest(simd.sub(simd.splat(0.0), least));
    let span = simd.largest(largest) - least;
    let per_value = 255.0 / span;
    // A row of zeros, or of next to nothing.
    let per_value = if per_value.is_finite() {
        per_value
    } else {
        0.0
    };
    let zero = (-least * per_value).round_ties_even();
    let (factor, shift, most) = (simd.splat(per_value), simd.splat(zero), simd.splat(255.0));
    for (values, to) in row
        .chunks_exact(S::LANES)
        .zip(to.chunks_exact_mut(S::LANES))
    {
        let whole = simd.round(simd.mul(simd.load(values), factor));
        // Where both ends of the row were rounded up, the largest is 256.
        simd.store_bytes(simd.min(simd.add(whole, shift), most), to);
    }
    Grid {
        step: span / 255.0,
        zero: zero as i32,
    }
}
