use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::Machine;
use crate::machine::{Bytes, Element, Simd, Word, Work};

/// Sums kept in registers: enough to hide the latency of a product, few enough for every
/// instruction set.
const N_SUMS: usize = 12;
const N_STEPS: usize = 200_000;

/// Floating-point operations a second that one core reaches in registers alone, a product and its
/// sum being two: what no matrix product can exceed. The best of what `during` has time for.
pub fn peak_flops<E: Element>(machine: Machine, during: Duration) -> f64 {
    peak::<E>(machine, during)
}

/// The same of products of bytes, summed as whole numbers.
pub fn peak_byte_ops(machine: Machine, during: Duration) -> f64 {
    peak::<Bytes>(machine, during)
}

fn peak<W: Word>(machine: Machine, during: Duration) -> f64 {
    let (began, mut least) = (Instant::now(), f64::INFINITY);
    let mut n_products = 0;
    while began.elapsed() < during {
        let started = Instant::now();
        n_products = machine.run(Products::<W>(std::marker::PhantomData));
        least = least.min(started.elapsed().as_secs_f64());
    }
    2.0 * n_products as f64 / least
}

struct Products<W>(std::marker::PhantomData<W>);

impl<W: Word> Work for Products<W> {
    /// How many products were made.
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        let value = simd.splat(black_box(0.5));
        let mut sums = [simd.splat(0.0); N_SUMS];
        for _ in 0..N_STEPS {
            for sum in &mut sums {
                *sum = W::product(simd, value, value, *sum);
            }
        }
        let mut all = simd.splat(0.0);
        for sum in sums {
            all = simd.add(all, sum);
        }
        black_box(simd.sum(all));
        N_STEPS * N_SUMS * S::LANES * W::PER_WORD
    }
}
