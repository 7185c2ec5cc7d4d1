use crate::Operand;
use crate::machine::{Element, Simd};
use crate::math::{attention_gate, gelu, quick_gelu, silu};
use crate::panels::{Columns, Panels};

/// What becomes of a product and its bias.
#[derive(Debug)]
pub enum Ending<'a, E> {
    /// Written to the rows from `first` on, after the activation.
    Written {
        to: &'a mut Operand<E>,
        first: usize,
        activation: Activation,
    },
    /// Added to the rows from `first` on.
    Added {
        to: &'a mut Operand<f32>,
        first: usize,
    },
}

/// What is done to each output; of a matrix of halves, to each pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    None,
    Relu,
    /// The exact (erf) GELU.
    Gelu,
    /// `x * sigmoid(1.702 x)`.
    QuickGelu,
    /// `silu(a) * b`, of a matrix of halves.
    Swiglu,
    /// `tanh(a) * sigmoid(b)`, of a matrix of halves (Ilse et al. 2018, eq. 9).
    AttentionGate,
}

impl Activation {
    fn takes_halves(self) -> bool {
        matches!(self, Self::Swiglu | Self::AttentionGate)
    }
}

impl<E: Element> Ending<'_, E> {
    /// # Panics
    /// If there is no room for `n_rows` rows of the weights' outputs, or halves meet an activation
    /// of single outputs.
    pub(crate) fn check<T>(&self, weights: &Panels<T>, n_rows: usize) {
        let (room, columns, first, halves) = match self {
            Self::Written {
                to,
                first,
                activation,
            } => {
                let halves = activation.takes_halves();
                (to.n_rows(), to.n_columns(), *first, halves)
            }
            Self::Added { to, first } => (to.n_rows(), to.n_columns(), *first, false),
        };
        let per_output = if halves { 2 } else { 1 };
        assert!(first + n_rows <= room, "rows of a product");
        assert_eq!(
            columns * per_output,
            weights.n_outputs,
            "outputs of a product"
        );
        assert_eq!(
            halves,
            weights.columns == Columns::Halves,
            "halves are for gates"
        );
    }
}

/// The rows of a tile.
#[derive(Clone, Copy)]
pub(crate) struct Done<'a> {
    pub(crate) sums: &'a [f32],
    pub(crate) bias: &'a [f32],
    /// Counted from the first row of the product.
    pub(crate) row: usize,
    pub(crate) panel: usize,
}

impl<E: Element> Ending<'_, E> {
    #[inline(always)]
    pub(crate) fn take<S: Simd>(&mut self, simd: S, done: Done<'_>) {
        match self {
            Self::Added { to, first } => put::<S, f32, Added>(simd, done, to, *first),
            Self::Written {
                to,
                first,
                activation,
            } => match activation {
                Activation::None => put::<S, E, Identity>(simd, done, to, *first),
                Activation::Relu => put::<S, E, Relu>(simd, done, to, *first),
                Activation::Gelu => put::<S, E, Gelu>(simd, done, to, *first),
                Activation::QuickGelu => put::<S, E, QuickGelu>(simd, done, to, *first),
                Activation::Swiglu => write_gated::<S, E, Swiglu>(simd, done, to, *first),
                Activation::AttentionGate => {
                    write_gated::<S, E, AttentionGate>(simd, done, to, *first);
                }
            },
        }
    }
}

/// Takes a vector of outputs, bias and all, to its place.
trait Put<E> {
    fn put<S: Simd>(simd: S, sum: S::V, to: &mut [E]);
}

trait Pointwise {
    fn value<S: Simd>(simd: S, x: S::V) -> S::V;
}

impl<E: Element, P: Pointwise> Put<E> for P {
    #[inline(always)]
    fn put<S: Simd>(simd: S, sum: S::V, to: &mut [E]) {
        E::store(simd, P::value(simd, sum), to);
    }
}

trait Gate {
    fn value<S: Simd>(simd: S, a: S::V, b: S::V) -> S::V;
}

struct Added;
struct Identity;
struct Relu;
struct Gelu;
struct QuickGelu;
struct Swiglu;
struct AttentionGate;

impl Put<f32> for Added {
    #[inline(always)]
    fn put<S: Simd>(simd: S, sum: S::V, to: &mut [f32]) {
        simd.store(simd.add(sum, simd.load(to)), to);
    }
}

impl Pointwise for Identity {
    #[inline(always)]
    fn value<S: Simd>(_: S, x: S::V) -> S::V {
        x
    }
}

impl Pointwise for Relu {
    #[inline(always)]
    fn value<S: Simd>(simd: S, x: S::V) -> S::V {
        simd.max(x, simd.splat(0.0))
    }
}

impl Pointwise for Gelu {
    #[inline(always)]
    fn value<S: Simd>(simd: S, x: S::V) -> S::V {
        gelu(simd, x)
    }
}

impl Pointwise for QuickGelu {
    #[inline(always)]
    fn value<S: Simd>(simd: S, x: S::V) -> S::V {
        quick_gelu(simd, x)
    }
}

impl Gate for Swiglu {
    #[inline(always)]
    fn value<S: Simd>(simd: S, a: S::V, b: S::V) -> S::V {
        simd.mul(silu(simd, a), b)
    }
}

impl Gate for AttentionGate {
    #[inline(always)]
    fn value<S: Simd>(simd: S, a: S::V, b: S::V) -> S::V {
        attention_gate(simd, a, b)
    }
}

#[inline(always)]
fn put<S: Simd, E: Element, P: Put<E>>(simd: S, done: Done<'_>, to: &mut Operand<E>, first: usize) {
    let width = 2 * S::LANES;
    let bias = [simd.load(done.bias), simd.load(&done.bias[S::LANES..])];
    for (row, sums) in done.sums.chunks_exact(width).enumerate() {
        let to = to.filled_row_mut(first + done.row + row);
        let to = &mut to[done.panel * width..(done.panel + 1) * width];
        for (half, bias) in bias.into_iter().enumerate() {
            let sum = simd.add(simd.load(&sums[half * S::LANES..]), bias);
            P::put(simd, sum, &mut to[half * S::LANES..]);
        }
    }
}

#[inline(always)]
fn write_gated<S: Simd, E: Element, G: Gate>(
    simd: S,
    done: Done<'_>,
    to: &mut Operand<E>,
    first: usize,
) {
    let lanes = S::LANES;
    let bias = [simd.load(done.bias), simd.load(&done.bias[lanes..])];
    for (row, sums) in done.sums.chunks_exact(2 * lanes).enumerate() {
        let a = simd.add(simd.load(sums), bias[0]);
        let b = simd.add(simd.load(&sums[lanes..]), bias[1]);
        let to = to.filled_row_mut(first + done.row + row);
        E::store(simd, G::value(simd, a, b), &mut to[done.panel * lanes..]);
    }
}
