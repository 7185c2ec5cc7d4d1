//! Fat: large clear cells between thin membranes.

use crate::canvas::Dyes;
use crate::draw::{Scatter, Seed};
use crate::noise::{gradient, smooth_step};
use crate::point::Point;

/// The dyes at `p` if it lies in fat.
pub(crate) fn dyes(seed: Seed, p: Point) -> Dyes {
    let cells = Scatter {
        seed,
        spacing: 56.0,
        jitter: 0.62,
    };
    let bend = Point::new(
        gradient(seed.branch(1), p.x / 26.0, p.y / 26.0),
        gradient(seed.branch(2), p.x / 26.0, p.y / 26.0),
    );
    let (nearest, second) = cells.two_nearest(p + bend * 5.0);
    // About the distance to the border with the next cell.
    let border = 0.5 * (second - nearest);
    let membrane = smooth_step(1.7, 0.5, border);
    let corner = smooth_step(36.0, 44.0, nearest);
    Dyes::new(0.01, 0.015).mixed(Dyes::new(0.08, 0.42), membrane.max(0.8 * corner))
}
