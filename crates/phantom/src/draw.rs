//! Random numbers that belong to places: hashes of a seed and a lattice cell.

use crate::noise::split;
use crate::point::{Area, Point};

/// A seed for one purpose; [`Seed::branch`] gives independent ones for others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seed(u32);

impl Seed {
    pub(crate) const fn new(seed: u64) -> Self {
        // One step of splitmix64, so that neighbouring seeds share nothing.
        let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self((z ^ (z >> 31)) as u32)
    }

    pub(crate) const fn branch(self, purpose: u32) -> Self {
        Self(mix(self.0 ^ purpose.wrapping_mul(0x9e37_79b1)))
    }

    /// A hash of this seed and a lattice cell.
    #[inline(always)]
    pub(crate) const fn hash(self, column: i32, row: i32) -> u32 {
        let x = (column as u32).wrapping_mul(0x85eb_ca6b);
        let y = (row as u32).wrapping_mul(0xc2b2_ae35).rotate_left(13);
        mix(x ^ y ^ self.0)
    }

    pub(crate) const fn at(self, column: i32, row: i32) -> Draws {
        Draws(self.hash(column, row))
    }

    /// The draws of the slide as a whole.
    pub(crate) const fn draws(self) -> Draws {
        Draws(mix(self.0))
    }
}

/// The 32-bit finaliser of MurmurHash3 (public domain, A. Appleby).
#[inline(always)]
const fn mix(mut h: u32) -> u32 {
    h ^= h >> 16;
    h = h.wrapping_mul(0x85eb_ca6b);
    h ^= h >> 13;
    h = h.wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}

/// A stream of random numbers that always starts the same at the same place.
#[derive(Clone, Debug)]
pub(crate) struct Draws(u32);

impl Draws {
    /// Uniform in [0, 1).
    pub(crate) fn unit(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9);
        (mix(self.0) >> 8) as f32 * (1.0 / (1 << 24) as f32)
    }

    pub(crate) fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// About normal with mean 0 and deviation 1, never beyond 3.5 (a sum of four uniforms).
    pub(crate) fn normal(&mut self) -> f32 {
        let sum = self.unit() + self.unit() + self.unit() + self.unit();
        (sum - 2.0) * 1.732
    }

    pub(crate) fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// An angle in radians.
    pub(crate) fn angle(&mut self) -> f32 {
        self.unit() * std::f32::consts::TAU
    }

    /// An index below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f32) as usize).min(n.saturating_sub(1))
    }
}

/// A lattice of square cells with one point at a random place in each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scatter {
    pub(crate) seed: Seed,
    /// Side of a cell in micrometres.
    pub(crate) spacing: f32,
    /// 0 puts the point into the middle of its cell, 1 anywhere in it.
    pub(crate) jitter: f32,
}

impl Scatter {
    /// The points whose cells touch `area`, row by row, each with draws of its own.
    pub(crate) fn points(self, area: Area) -> impl Iterator<Item = (Point, Draws)> {
        let (left, top) = self.cell_of(area.low);
        let (right, bottom) = self.cell_of(area.high);
        let columns = left..=right;
        (top..=bottom)
            .flat_map(move |row| columns.clone().map(move |column| (column, row)))
            .map(move |(column, row)| self.point(column, row))
    }

    /// The point of one cell.
    #[inline(always)]
    pub(crate) fn point(self, column: i32, row: i32) -> (Point, Draws) {
        let mut draws = self.seed.at(column, row);
        let mut place =
            |cell: i32| (cell as f32 + 0.5 + (draws.unit() - 0.5) * self.jitter) * self.spacing;
        let point = Point::new(place(column), place(row));
        (point, draws)
    }

    /// Column and row of the cell `p` lies in.
    #[inline(always)]
    pub(crate) fn cell_of(self, p: Point) -> (i32, i32) {
        (split(p.x / self.spacing).0, split(p.y / self.spacing).0)
    }

    /// Distances to the nearest and the second nearest point.
    pub(crate) fn two_nearest(self, p: Point) -> (f32, f32) {
        let (column, row) = self.cell_of(p);
        let (mut nearest, mut second) = (f32::MAX, f32::MAX);
        for (dx, dy) in (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy))) {
            let distance = (self.point(column + dx, row + dy).0 - p).length();
            second = second.min(distance.max(nearest));
            nearest = nearest.min(distance);
        }
        (nearest, second)
    }
}
