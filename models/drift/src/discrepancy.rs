use flow::EmbeddingSketch;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::FEWEST_SLIDES;
use crate::kernel::Kernel;

/// Times the slides are dealt anew, so that no chance is told below 1 in 2000.
pub const PERMUTATIONS: u32 = 1_999;

/// Slides of either side that are compared; whoever has more gives the first of them, in an order that
/// says nothing of when they came.
pub const MOST_COMPARED: usize = 256;

const SEED: u64 = 0;

/// How far two sets of slides lie apart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Discrepancy {
    /// Squared maximum mean discrepancy, unbiased: about 0 of slides that are alike, and below it as often
    /// as above; never above 2.
    pub mmd2: f64,
    /// How often slides dealt at random lie as far apart: the chance of this where nothing has changed.
    pub p_value: f64,
    pub n_reference: usize,
    pub n_recent: usize,
}

/// Squared maximum mean discrepancy of `recent` from `reference` with a Gaussian kernel, and by
/// permutation how likely that is among slides that are alike (Gretton et al. 2012, "A Kernel Two-Sample
/// Test", JMLR 13). The test holds its level at any number of slides, where they are independent. The
/// same slides in the same order have the same numbers.
///
/// `None` where either side has fewer than [`FEWEST_SLIDES`]. At most [`MOST_COMPARED`] of either count.
pub fn discrepancy(
    reference: &[EmbeddingSketch],
    recent: &[EmbeddingSketch],
) -> Option<Discrepancy> {
    if reference.len().min(recent.len()) < FEWEST_SLIDES {
        return None;
    }
    let n_reference = reference.len().min(MOST_COMPARED);
    let n_recent = recent.len().min(MOST_COMPARED);
    let pooled = recent[..n_recent].iter().chain(&reference[..n_reference]);
    let pooled: Vec<&EmbeddingSketch> = pooled.collect();
    let parting = Parting::of(Kernel::of(&pooled), n_recent);
    let mut dealt: Vec<usize> = (0..pooled.len()).collect();
    let mmd2 = parting.mmd2(&dealt);
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut n_as_far = 0_u32;
    for _ in 0..PERMUTATIONS {
        for at in 0..n_recent {
            let other = random.random_range(at..dealt.len());
            dealt.swap(at, other);
        }
        // What is equal may differ in its last bits, summed in another order.
        n_as_far += u32::from(parting.mmd2(&dealt) >= mmd2 - 1e-12);
    }
    Some(Discrepancy {
        mmd2,
        p_value: f64::from(n_as_far + 1) / f64::from(PERMUTATIONS + 1),
        n_reference,
        n_recent,
    })
}

/// Slides that are parted into two sets, now in this way and now in another.
struct Parting {
    kernel: Kernel,
    n_first: usize,
    /// Of each slide with all others.
    rows: Vec<f64>,
    /// Of all pairs, each both ways.
    total: f64,
}

impl Parting {
    fn of(kernel: Kernel, n_first: usize) -> Self {
        let row = |one: usize| kernel.row(one).iter().sum::<f64>() - kernel.row(one)[one];
        let rows: Vec<f64> = (0..kernel.n()).map(row).collect();
        Self {
            n_first,
            total: rows.iter().sum(),
            rows,
            kernel,
        }
    }

    /// Of the first of `dealt` from the rest.
    fn mmd2(&self, dealt: &[usize]) -> f64 {
        let first = &dealt[..self.n_first];
        let mut within = 0.0;
        for (at, one) in first.iter().enumerate() {
            let row = self.kernel.row(*one);
            within += first[..at].iter().map(|other| row[*other]).sum::<f64>();
        }
        let within = 2.0 * within;
        let of_first: f64 = first.iter().map(|one| self.rows[*one]).sum();
        let between = of_first - within;
        let beyond = self.total - within - 2.0 * between;
        let (n, m) = (first.len() as f64, (dealt.len() - first.len()) as f64);
        within / (n * (n - 1.0)) + beyond / (m * (m - 1.0)) - 2.0 * between / (n * m)
    }
}
