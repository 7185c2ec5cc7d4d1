use crate::aligned::Aligned;
use crate::machine::{Element, Panel, Simd, WordRows, Work, tile, transposed};
use crate::math::exp2;
use crate::{Machine, Operand};

/// The sizes of an attention over one image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttentionShape {
    pub n_tokens: usize,
    pub n_heads: usize,
    /// Columns of a head; see [`Machine::head_columns`].
    pub head_columns: usize,
}

impl Machine {
    /// The columns that a head of `width` values must have: whole vectors, and what a product takes
    /// at once. Those beyond `width` are zero.
    pub fn head_columns<E: Element>(self, width: usize) -> usize {
        let at_once = self.word_step::<E>() * E::PER_WORD;
        width.next_multiple_of(at_once.max(MOST_LANES))
    }
}

/// Multi-head self-attention (Vaswani et al. 2017), head by head, and a few queries at a time with
/// all their keys.
///
/// Holds the room it works in, so that calls allocate nothing.
#[derive(Clone, Debug)]
pub struct Attention<E> {
    machine: Machine,
    word_step: usize,
    shape: AttentionShape,
    /// Panels of keys, as long as a head is wide.
    keys: Aligned<E>,
    /// Panels of a head's columns, as long as there are tokens.
    values: Aligned<E>,
    scores: Aligned<f32>,
    /// The scores' exponentials.
    shares: Aligned<E>,
}

/// Values in the longest vector.
const MOST_LANES: usize = 16;
/// Rows of the highest tile.
const MOST_ROWS: usize = 32;

impl<E: Element> Attention<E> {
    /// # Panics
    /// If `head_columns` are not what [`Machine::head_columns`] gives.
    pub fn new(machine: Machine, shape: AttentionShape) -> Self {
        let AttentionShape {
            n_tokens,
            head_columns: columns,
            ..
        } = shape;
        let filled = machine.head_columns::<E>(columns);
        assert_eq!(columns, filled, "columns of a head");
        let panel = 2 * machine.lanes();
        let tokens = n_tokens.next_multiple_of(panel);
        Self {
            machine,
            word_step: machine.word_step::<E>(),
            shape,
            keys: Aligned::zeros(tokens * columns),
            values: Aligned::zeros(tokens * columns.next_multiple_of(panel)),
            scores: Aligned::zeros(MOST_ROWS * tokens),
            shares: Aligned::zeros(MOST_ROWS * tokens),
        }
    }

    /// Mixes the values of one image's tokens, the rows of `qkv` from `first` on, into the same
    /// rows of `to`.
    ///
    /// A row of `qkv` has the queries of all heads, then their keys, then their values. The
    /// products of query and key must be logarithms to base 2: queries come multiplied with
    /// `log2(e) / sqrt(head width)`.
    ///
    /// # Panics
    /// If sizes do not fit.
    pub fn mix(&mut self, qkv: &Operand<E>, to: &mut Operand<E>, first: usize) {
        let width = self.shape.n_heads * self.shape.head_columns;
        assert_eq!(
            qkv.n_columns(),
            3 * width,
            "columns of query, key and value"
        );
        assert_eq!(to.n_columns(), width, "columns of what is mixed");
        assert!(
            first + self.shape.n_tokens <= qkv.n_rows().min(to.n_rows()),
            "rows"
        );
        self.machine.run(Mix {
            attention: self,
            qkv,
            to,
            first,
        });
    }

    /// Words of a column of values.
    #[inline(always)]
    fn value_words(&self) -> usize {
        let words = self.shape.n_tokens.div_ceil(E::PER_WORD);
        words.next_multiple_of(self.word_step)
    }
}

struct Mix<'a, E> {
    attention: &'a mut Attention<E>,
    qkv: &'a Operand<E>,
    to: &'a mut Operand<E>,
    first: usize,
}

impl<E: Element> Work for Mix<'_, E> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        for head in 0..self.attention.shape.n_heads {
            self.pack_keys(simd, head);
            self.pack_values::<S>(head);
            let mut query = 0;
            while query < self.attention.shape.n_tokens {
                query += self.queries(simd, head, query);
            }
        }
    }
}

impl<E: Element> Mix<'_, E> {
    /// The column where a head's part begins: 0 of the queries, 1 of the keys, 2 of the values.
    #[inline(always)]
    fn column(&self, part: usize, head: usize) -> usize {
        let shape = self.attention.shape;
        (part * shape.n_heads + head) * shape.head_columns
    }

    #[inline(always)]
    fn pack_keys<S: Simd>(&mut self, simd: S, head: usize) {
        let panel = 2 * S::LANES;
        let shape = self.attention.shape;
        let column = self.column(1, head);
        let words = shape.head_columns / E::PER_WORD;
        let to: &mut [f32] = bytemuck::cast_slice_mut(self.attention.keys.values_mut());
        for token in (0..shape.n_tokens).step_by(S::LANES) {
            // Rows beyond the last token are turned as well; their scores are not looked at.
            let from = self.qkv.words_from(self.first + token, column);
            let to = &mut to[token / panel * words * panel + token % panel..];
            transposed(simd, from, words, to, panel);
        }
    }

    #[inline(always)]
    fn pack_values<S: Simd>(&mut self, head: usize) {
        let panel = 2 * S::LANES;
        let shape = self.attention.shape;
        let column = self.column(2, head);
        let tokens = self.attention.value_words() * E::PER_WORD;
        let to = self.attention.values.values_mut();
        for token in 0..shape.n_tokens {
            let from = &self.qkv.filled_row(self.first + token)[column..][..shape.head_columns];
            let row = token / E::PER_WORD * panel * E::PER_WORD + token % E::PER_WORD;
            for (at, from) in from.chunks(panel).enumerate() {
                E::interleave(from, &mut to[at * tokens * panel + row..]);
            }
        }
    }

    /// Answers the queries of one tile, from `query` on; returns how many.
    #[inline(always)]
    fn queries<S: Simd>(&mut self, simd: S, head: usize, query: usize) -> usize {
        let panel = 2 * S::LANES;
        let shape = self.attention.shape;
        let stride = shape.n_tokens.next_multiple_of(panel);
        let n_left = shape.n_tokens - query;

        let row = self.first + query;
        let left = self.qkv.words_from(row, self.column(0, head));
        let words = shape.head_columns / E::PER_WORD;
        let mut n_rows = 0;
        let keys = self.attention.keys.words().chunks_exact(words * panel);
        for (at, keys) in keys.take(stride / panel).enumerate() {
            let scores = &mut self.attention.scores.values_mut()[at * panel..];
            n_rows = tile::<S, E>(
                simd,
                (left, n_left),
                Panel::near(keys, words),
                scores,
                stride,
            );
        }

        let mut sums = [0.0; MOST_ROWS];
        let scores = self.attention.scores.values_mut().chunks_exact_mut(stride);
        let shares = self.attention.shares.values_mut().chunks_exact_mut(stride);
        for ((scores, shares), sum) in scores.zip(shares).zip(&mut sums[..n_rows]) {
            scores[shape.n_tokens..].fill(f32::NEG_INFINITY);
            *sum = exponentials(simd, scores, shares);
        }

        let left = WordRows {
            words: self.attention.shares.words(),
            stride: stride / E::PER_WORD,
        };
        let words = self.attention.value_words();
        let values = self.attention.values.words().chunks_exact(words * panel);
        let column = self.column(0, head);
        let mut mixed = [0.0; MOST_ROWS * 32];
        for (at, values) in values.take(shape.head_columns.div_ceil(panel)).enumerate() {
            tile::<S, E>(
                simd,
                (left, n_rows),
                Panel::near(values, words),
                &mut mixed,
                panel,
            );
            let n_columns = panel.min(shape.head_columns - at * panel);
            for (token, mixed) in mixed.chunks_exact(panel).take(n_rows).enumerate() {
                let share = simd.splat(1.0 / sums[token]);
                let to = &mut self.to.filled_row_mut(row + token)[column + at * panel..];
                for lane in (0..n_columns).step_by(S::LANES) {
                    let value = simd.mul(simd.load(&mixed[lane..]), share);
                    E::store(simd, value, &mut to[lane..]);
                }
            }
        }
        n_rows
    }
}

/// Writes 2 to the power of each score less the highest, and returns their sum.
#[inline(always)]
fn exponentials<S: Simd, E: Element>(simd: S, scores: &[f32], shares: &mut [E]) -> f32 {
    let mut highest = simd.splat(f32::NEG_INFINITY);
    for scores in scores.chunks_exact(S::LANES) {
        highest = simd.max(highest, simd.load(scores));
    }
    let highest = simd.splat(simd.largest(highest));
    let mut sum = simd.splat(0.0);
    for (scores, shares) in scores
        .chunks_exact(S::LANES)
        .zip(shares.chunks_exact_mut(S::LANES))
    {
        let share = exp2(simd, simd.sub(simd.load(scores), highest));
        sum = simd.add(sum, share);
        E::store(simd, share, shares);
    }
    simd.sum(sum)
}
