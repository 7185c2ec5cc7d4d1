use std::ops::Range;

use crate::machine::{Element, Simd, Work};
use crate::{Machine, Operand, QuantisedRows};

/// Layer normalisation of rows, then `* weight + bias` (Ba et al. 2016).
#[derive(Clone, Debug)]
pub struct LayerNorm {
    machine: Machine,
    /// Filled up with zeros, which keeps what is written beyond the last column zero.
    weight: Vec<f32>,
    bias: Vec<f32>,
    width: usize,
    eps: f32,
}

impl LayerNorm {
    /// # Panics
    /// If weight and bias are not of one size.
    pub fn new(machine: Machine, weight: &[f32], bias: &[f32], eps: f32) -> Self {
        assert_eq!(weight.len(), bias.len(), "values of a norm");
        let filled = |values: &[f32]| {
            let mut filled = values.to_vec();
            filled.resize(values.len().next_multiple_of(machine.lanes()), 0.0);
            filled
        };
        Self {
            machine,
            weight: filled(weight),
            bias: filled(bias),
            width: weight.len(),
            eps,
        }
    }

    /// Normalises `rows` of `from` into the rows of `to` from `first` on.
    ///
    /// # Panics
    /// If sizes do not fit.
    pub fn write<E: Element>(
        &self,
        from: &Operand<f32>,
        rows: Range<usize>,
        to: &mut Operand<E>,
        first: usize,
    ) {
        assert_eq!(
            from.n_columns(),
            self.width,
            "columns of what is normalised"
        );
        assert_eq!(to.n_columns(), self.width, "columns of what is written");
        self.machine.run(Normalise {
            norm: self,
            from,
            rows,
            to,
            first,
        });
    }

    /// Normalises `rows` of `from` into the first rows of `to`.
    ///
    /// # Panics
    /// If sizes do not fit.
    pub fn write_quantised(&self, from: &Operand<f32>, rows: Range<usize>, to: &mut QuantisedRows) {
        assert_eq!(
            from.n_columns(),
            self.width,
            "columns of what is normalised"
        );
        to.shape(rows.len(), self.width);
        self.machine.run(NormaliseAndQuantise {
            norm: self,
            from,
            rows,
            to,
        });
    }
}

struct Normalise<'a, E> {
    norm: &'a LayerNorm,
    from: &'a Operand<f32>,
    rows: Range<usize>,
    to: &'a mut Operand<E>,
    first: usize,
}

impl<E: Element> Work for Normalise<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let n_filled = self.norm.weight.len();
        for (row, to) in self.rows.zip(self.first..) {
            let x = &self.from.filled_row(row)[..n_filled];
            normalise(simd, self.norm, x, self.to.filled_row_mut(to));
        }
    }
}

struct NormaliseAndQuantise<'a> {
    norm: &'a LayerNorm,
    from: &'a Operand<f32>,
    rows: Range<usize>,
    to: &'a mut QuantisedRows,
}

impl Work for NormaliseAndQuantise<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let n_filled = self.norm.weight.len();
        for (to, row) in self.rows.enumerate() {
            let x = &self.from.filled_row(row)[..n_filled];
            normalise(simd, self.norm, x, self.to.row_on_its_way(n_filled));
            self.to.take_row(simd, to, n_filled);
        }
    }
}

/// Normalises a row that is filled up to whole vectors.
#[inline(always)]
fn normalise<S: Simd, E: Element>(simd: S, norm: &LayerNorm, x: &[f32], to: &mut [E]) {
    let (mean, scale) = moments(simd, x, norm);
    let shift = simd.splat(-mean * scale);
    let scale = simd.splat(scale);
    let to = &mut to[..x.len()];
    for at in (0..x.len()).step_by(S::LANES) {
        let normalised = simd.mul_add(simd.load(&x[at..]), scale, shift);
        let weight = simd.load(&norm.weight[at..]);
        let bias = simd.load(&norm.bias[at..]);
        E::store(simd, simd.mul_add(normalised, weight, bias), &mut to[at..]);
    }
}

/// Mean, and one over the standard deviation.
#[inline(always)]
fn moments<S: Simd>(simd: S, x: &[f32], norm: &LayerNorm) -> (f32, f32) {
    let n = norm.width as f32;
    let mut sums = [simd.splat(0.0); 2];
    for (at, x) in x.chunks_exact(S::LANES).enumerate() {
        sums[at % 2] = simd.add(sums[at % 2], simd.load(x));
    }
    let mean = simd.sum(simd.add(sums[0], sums[1])) / n;
    let middle = simd.splat(mean);
    let mut squares = [simd.splat(0.0); 2];
    for (at, x) in x.chunks_exact(S::LANES).enumerate() {
        let away = simd.sub(simd.load(x), middle);
        squares[at % 2] = simd.mul_add(away, away, squares[at % 2]);
    }
    // The zeros behind the row are as far from the mean as it is from zero.
    let n_zeros = (x.len() - norm.width) as f32;
    let squares = simd.sum(simd.add(squares[0], squares[1])) - n_zeros * mean * mean;
    (mean, 1.0 / (squares / n + norm.eps).sqrt())
}
