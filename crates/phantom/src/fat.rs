//! Fat: large clear cells between thin membranes.

use crate::canvas::Dyes;
use crate::draw::{Scatter, Seed};
use crate::noise::{gradient, smooth_step};
use crate::point::Point;

/// The dyes at `p` if it lies in fat.
pub(crate) fn dyes(seed: Seed, p: Point) -> Dyes {
    let (nearest, second) = two_nearest(seed, p);
    let membrane = smooth_step(1.5, 0.5, 0.5 * (second - nearest));
    let corner = smooth_step(36.0, 44.0, nearest);
    Dyes::new(0.01, 0.015).mixed(Dyes::new(0.08, 0.42), membrane.max(0.8 * corner))
}

/// About the distance to the membrane between two cells, micrometres.
pub(crate) fn border(seed: Seed, p: Point) -> f32 {
    let (nearest, second) = two_nearest(seed, p);
    0.5 * (second - nearest)
}

fn two_nearest(seed: Seed, p: Point) -> (f32, f32) {
    let seed = seed.branch(63);
    let cells = Scatter {
        seed,
        spacing: 56.0,
        jitter: 0.62,
    };
    let bend = Point::new(
        gradient(seed.branch(1), p.x / 26.0, p.y / 26.0),
        gradient(seed.branch(2), p.x / 26.0, p.y / 26.0),
    );
    cells.two_nearest(p + bend * 5.0)
}
