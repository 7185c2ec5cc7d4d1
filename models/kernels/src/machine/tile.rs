use super::{Simd, Word};

/// Words in a cache line.
const LINE_WORDS: usize = 16;

/// Where the operands of a tile lie. Strides count words of 4 bytes: one f32, two bf16 or four bytes.
#[derive(Clone, Copy, Debug)]
pub struct Tile {
    /// The first row of the left operand.
    pub(super) a: *const f32,
    pub(super) a_stride: usize,
    /// The panel of the right operand: two vectors of words for every word of a row of `a`.
    pub(super) b: *const f32,
    /// Words in a row of `a`.
    pub(super) words: usize,
    /// What is to be brought nearer meanwhile: a cache line for every few words.
    pub(super) ahead: *const f32,
    /// The first row of the result.
    pub(super) c: *mut f32,
    pub(super) c_stride: usize,
}

/// Rows of words, one every `stride` words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WordRows<'a> {
    pub(crate) words: &'a [f32],
    pub(crate) stride: usize,
}

/// The right operand of a tile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Panel<'a> {
    /// Two vectors of words for each of `n_words`.
    pub(crate) words: &'a [f32],
    pub(crate) n_words: usize,
    /// Where the words lie that are needed soon.
    pub(crate) ahead: &'a [f32],
}

impl<'a> Panel<'a> {
    /// A panel that what follows is as near as.
    pub(crate) fn near(words: &'a [f32], n_words: usize) -> Self {
        let ahead = words;
        Self {
            words,
            n_words,
            ahead,
        }
    }

    /// Words of a row for which one line of what lies ahead is asked for.
    pub(crate) const WORDS_A_LINE: usize = 4;
}

/// Multiplies `n_rows` rows with one panel and writes rows of two vectors to
/// `c`, one every `c_stride` values. Returns how many rows it wrote: `n_rows` at most.
///
/// # Panics
/// If `a` and `c` have no room for the rows of the tile, which may be more than `n_rows`, or
/// `panel` is shorter than `words` times two vectors.
#[inline(always)]
pub(crate) fn tile<S: Simd, W: Word>(
    simd: S,
    (a, n_rows): (WordRows<'_>, usize),
    panel: Panel<'_>,
    c: &mut [f32],
    c_stride: usize,
) -> usize {
    let height = height::<S, W>(n_rows);
    let words = panel.n_words;
    assert!(words.is_multiple_of(S::word_step::<W>()));
    assert!(a.words.len() >= (height - 1) * a.stride + words);
    assert!(panel.words.len() >= words * 2 * S::LANES);
    assert!(c.len() >= (height - 1) * c_stride + 2 * S::LANES);
    let tile = Tile {
        a: a.words.as_ptr(),
        a_stride: a.stride,
        b: panel.words.as_ptr(),
        words,
        ahead: panel.ahead.as_ptr(),
        c: c.as_mut_ptr(),
        c_stride,
    };
    // SAFETY: the slices are as long as `multiply` asks, and `c` is borrowed alone.
    unsafe { simd.tile::<W>(height, tile) };
    n_rows.min(height)
}

/// Writes the first words of `LANES` rows of `from` as columns: word `n` of all of them from
/// `to[n * stride]` on.
///
/// # Panics
/// If `from` has fewer rows or `to` no room.
#[inline(always)]
pub(crate) fn transposed<S: Simd>(
    simd: S,
    from: WordRows<'_>,
    words: usize,
    to: &mut [f32],
    stride: usize,
) {
    let lanes = S::LANES;
    let whole = words - words % lanes;
    for word in whole..words {
        for row in 0..lanes {
            to[word * stride + row] = from.words[row * from.stride + word];
        }
    }
    for word in (0..whole).step_by(lanes) {
        let from_words = &from.words[word..];
        let to = &mut to[word * stride..];
        assert!(from_words.len() >= (lanes - 1) * from.stride + lanes);
        assert!(to.len() >= (lanes - 1) * stride + lanes);
        // SAFETY: both have a square of `LANES`, and `to` is borrowed alone.
        unsafe { simd.transpose(from_words.as_ptr(), from.stride, to.as_mut_ptr(), stride) };
    }
}

/// The lowest tile that holds all rows, or the highest there is.
#[inline(always)]
fn height<S: Simd, W: Word>(n_rows: usize) -> usize {
    let heights = S::heights::<W>();
    let highest = heights[heights.len() - 1];
    let enough = heights.iter().find(|height| **height >= n_rows);
    enough.copied().unwrap_or(highest)
}

/// `HEIGHT` rows times one panel, into `HEIGHT` rows of two vectors.
///
/// # Safety
/// `a` points to `HEIGHT` rows of `words` readable words, `b` to `words` times two vectors, and
/// `c` to `HEIGHT` rows of two writable vectors that overlap neither.
#[inline(always)]
pub(super) unsafe fn multiply<S: Simd, W: Word, const HEIGHT: usize>(simd: S, tile: Tile) {
    let zero = simd.splat(0.0);
    let mut sums = [[zero; 2]; HEIGHT];
    let (mut a, mut b, mut ahead) = (tile.a, tile.b, tile.ahead);
    for _ in 0..tile.words / Panel::WORDS_A_LINE {
        simd.prefetch(ahead);
        ahead = ahead.wrapping_add(LINE_WORDS);
        for _ in 0..Panel::WORDS_A_LINE {
            // SAFETY: the caller promises a word of each row and two vectors for every step.
            unsafe {
                step::<S, W, HEIGHT>(simd, (a, tile.a_stride), b, &mut sums);
                a = a.add(1);
                b = b.add(2 * S::LANES);
            }
        }
    }
    for _ in 0..tile.words % Panel::WORDS_A_LINE {
        // SAFETY: as above.
        unsafe {
            step::<S, W, HEIGHT>(simd, (a, tile.a_stride), b, &mut sums);
            a = a.add(1);
            b = b.add(2 * S::LANES);
        }
    }
    for (row, sums) in sums.into_iter().enumerate() {
        // SAFETY: the caller promises `HEIGHT` rows of two vectors.
        unsafe {
            let c = tile.c.add(row * tile.c_stride);
            simd.store_to(sums[0], c);
            simd.store_to(sums[1], c.add(S::LANES));
        }
    }
}

/// Adds the products of one word of every row.
///
/// # Safety
/// `a` points to a readable word in each of `HEIGHT` rows, `b` to two readable vectors.
#[inline(always)]
unsafe fn step<S: Simd, W: Word, const HEIGHT: usize>(
    simd: S,
    (a, a_stride): (*const f32, usize),
    b: *const f32,
    sums: &mut [[S::V; 2]; HEIGHT],
) {
    // SAFETY: the caller promises both.
    unsafe {
        let left = simd.load_from(b);
        let right = simd.load_from(b.add(S::LANES));
        for (row, sums) in sums.iter_mut().enumerate() {
            let value = simd.broadcast_from(a.add(row * a_stride));
            sums[0] = W::product(simd, value, left, sums[0]);
            sums[1] = W::product(simd, value, right, sums[1]);
        }
    }
}
