use std::ops::Range;

use bytemuck::Pod;

use crate::ending::Done;
use crate::machine::{Bytes, Element, Panel, Simd, Word, WordRows, Work, tile};
use crate::panels::Panels;
use crate::{Ending, Operand, PackedMatrix, QuantisedMatrix, QuantisedRows};

/// Multiplies `rows` of `a` with `weights`.
///
/// # Panics
/// If sizes do not fit, or halves meet an activation of single outputs.
pub fn multiply<E: Element>(
    a: &Operand<E>,
    rows: Range<usize>,
    weights: &PackedMatrix<E>,
    ending: Ending<'_, E>,
) {
    assert!(rows.end <= a.n_rows(), "rows of the left operand");
    assert_eq!(a.n_columns(), weights.n_inputs(), "inputs of a product");
    run((a, weights), rows, ending);
}

/// Multiplies `rows` of `a` with `weights` in whole numbers of 32 bits, which are exact, and scales
/// what comes out: the same bits on every machine, up to the activation.
///
/// # Panics
/// If sizes do not fit, or halves meet an activation of single outputs.
pub fn multiply_quantised(
    a: &QuantisedRows,
    rows: Range<usize>,
    weights: &QuantisedMatrix,
    ending: Ending<'_, f32>,
) {
    assert!(rows.end <= a.n_rows(), "rows of the left operand");
    assert_eq!(a.n_columns(), weights.n_inputs(), "inputs of a product");
    run((a, weights), rows, ending);
}

/// The two sides of a product.
trait Factors: Copy {
    type Word: Word;
    type Value: Pod;

    fn left<'a>(self, row: usize) -> WordRows<'a>
    where
        Self: 'a;

    fn right<'a>(self) -> &'a Panels<Self::Value>
    where
        Self: 'a;

    /// Turns the sums of the rows from `row` on and a panel into values.
    fn scale<S: Simd>(self, simd: S, sums: &mut [f32], row: usize, panel: usize);
}

impl<E: Element> Factors for (&Operand<E>, &PackedMatrix<E>) {
    type Word = E;
    type Value = E;

    #[inline(always)]
    fn left<'a>(self, row: usize) -> WordRows<'a>
    where
        Self: 'a,
    {
        self.0.words_from(row, 0)
    }

    #[inline(always)]
    fn right<'a>(self) -> &'a Panels<E>
    where
        Self: 'a,
    {
        self.1.panels()
    }

    #[inline(always)]
    fn scale<S: Simd>(self, _: S, _: &mut [f32], _: usize, _: usize) {}
}

impl Factors for (&QuantisedRows, &QuantisedMatrix) {
    type Word = Bytes;
    type Value = i8;

    #[inline(always)]
    fn left<'a>(self, row: usize) -> WordRows<'a>
    where
        Self: 'a,
    {
        self.0.words_from(row)
    }

    #[inline(always)]
    fn right<'a>(self) -> &'a Panels<i8>
    where
        Self: 'a,
    {
        self.1.panels()
    }

    #[inline(always)]
    fn scale<S: Simd>(self, simd: S, sums: &mut [f32], row: usize, panel: usize) {
        let width = 2 * S::LANES;
        let grids = &self.0.grids()[row..];
        for (sums, grid) in sums.chunks_exact_mut(width).zip(grids) {
            let step = simd.splat(grid.step);
            for (half, sums) in sums.chunks_exact_mut(S::LANES).enumerate() {
                let (steps, totals) = self.1.columns(panel * width + half * S::LANES);
                // What the zero of the row adds to every product of its bytes.
                let sum = simd.whole_difference(simd.load(sums), grid.zero, simd.load(totals));
                simd.store(simd.mul(sum, simd.mul(step, simd.load(steps))), sums);
            }
        }
    }
}

fn run<E: Element, F: Factors>(factors: F, rows: Range<usize>, ending: Ending<'_, E>) {
    let weights = factors.right();
    ending.check(weights, rows.len());
    weights.machine.run(Product {
        factors,
        rows,
        ending,
    });
}

struct Product<'a, E, F> {
    factors: F,
    rows: Range<usize>,
    ending: Ending<'a, E>,
}

/// Values in the largest tile there is.
const TILE_VALUES: usize = 32 * 32;

#[repr(align(64))]
struct TileSums([f32; TILE_VALUES]);

impl<E: Element, F: Factors> Work for Product<'_, E, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let mut sums = TileSums([0.0; TILE_VALUES]);
        let width = 2 * S::LANES;
        let weights = self.factors.right();
        let n_words = weights.words();
        let mut panels = weights.panels().enumerate().peekable();
        while let Some((at, (words, bias))) = panels.next() {
            // The next panel comes from afar: a part of it is asked for with every tile.
            let next = panels.peek().map_or(words, |(_, (next, _))| next);
            let per_row = next.len().div_ceil(self.rows.len());
            let mut row = self.rows.start;
            while row < self.rows.end {
                let done = row - self.rows.start;
                let panel = Panel {
                    words,
                    n_words,
                    ahead: &next[(done * per_row).min(next.len())..],
                };
                let left = (self.factors.left(row), self.rows.end - row);
                let n_done = tile::<S, F::Word>(simd, left, panel, &mut sums.0, width);
                let sums = &mut sums.0[..n_done * width];
                self.factors.scale(simd, sums, row, at);
                let tile = Done {
                    sums,
                    bias,
                    row: done,
                    panel: at,
                };
                self.ending.take(simd, tile);
                row += n_done;
            }
        }
    }
}
