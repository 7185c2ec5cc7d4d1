//! Single glands: closed outlines on jittered lattices, one lattice a pattern.

use crate::draw::{Draws, Scatter};
use crate::noise;
use crate::pattern::{Pattern, Shape};
use crate::point::{Area, Point};
use crate::zone::Anatomy;

/// How far outside a tumour benign glands begin, micrometres.
const TUMOUR_MARGIN: f32 = 45.0;

/// One gland, or one nest of a tumour without glands.
#[derive(Clone, Debug)]
pub(crate) struct Gland {
    pub(crate) pattern: Pattern,
    pub(crate) shape: Shape,
    pub(crate) has_lumen: bool,
    centre: Point,
    axis: Point,
    radius: f32,
    /// Ratio of length to breadth.
    elongation: f32,
    /// Amplitudes of cos and sin of 2, 3 and 5 times the angle.
    lobes: [[f32; 2]; 3],
}

impl Gland {
    fn draw(pattern: Pattern, centre: Point, draws: &mut Draws) -> Self {
        let shape = pattern.shape();
        let lobes = [0.5, 1.0, 0.6].map(|share| {
            let at = Point::towards(draws.angle()) * (share * shape.lobes * draws.unit());
            [at.x, at.y]
        });
        Self {
            pattern,
            shape,
            has_lumen: draws.chance(shape.open),
            centre,
            axis: Point::towards(draws.angle()),
            radius: draws.range(shape.radius.0, shape.radius.1),
            elongation: draws.range(1.0, shape.elongation),
            lobes,
        }
    }

    /// How deep `p` lies in the gland, in about micrometres; negative outside.
    pub(crate) fn depth(&self, p: Point) -> f32 {
        let at = (p - self.centre).along(self.axis);
        let stretch = self.elongation.sqrt();
        let at = Point::new(at.x / stretch, at.y * stretch);
        let distance = at.length().max(1e-3);
        let (cos, sin) = (at.x / distance, at.y / distance);
        let double = [cos * cos - sin * sin, 2.0 * cos * sin];
        let triple = turn(double, [cos, sin]);
        let quintuple = turn(triple, double);
        let lobes: f32 = [double, triple, quintuple]
            .iter()
            .zip(&self.lobes)
            .map(|(wave, size)| wave[0] * size[0] + wave[1] * size[1])
            .sum();
        self.radius * (1.0 + lobes) - distance
    }

    /// Beyond this distance from the centre the depth is below -20.
    fn reach(&self) -> f32 {
        self.elongation.sqrt() * self.radius * (1.0 + self.shape.lobes) + 20.0
    }
}

/// cos and sin of the sum of two angles.
fn turn(a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
    [a[0] * b[0] - a[1] * b[1], a[1] * b[0] + a[0] * b[1]]
}

/// The glands that reach into `area`, always in the same order.
pub(crate) fn glands_in(anatomy: &Anatomy, area: Area) -> Vec<Gland> {
    let mut glands = grow(anatomy, Pattern::Benign, area);
    if anatomy.tumour.is_some() {
        for (pattern, _) in Pattern::of_grade(anatomy.grade) {
            glands.extend(grow(anatomy, *pattern, area));
        }
    }
    glands
}

fn grow(anatomy: &Anatomy, pattern: Pattern, area: Area) -> Vec<Gland> {
    let shape = pattern.shape();
    let reach = shape.elongation.sqrt() * shape.radius.1 * (1.0 + shape.lobes) + 20.0 + shape.bend;
    let scatter = Scatter {
        seed: anatomy.seed.branch(20 + pattern as u32),
        spacing: shape.spacing,
        jitter: 0.6,
    };
    scatter
        .points(area.grown(reach))
        .filter(|(centre, _)| lives(anatomy, pattern, *centre))
        .map(|(centre, mut draws)| Gland::draw(pattern, centre, &mut draws))
        .filter(|gland| area.touches_disc(gland.centre, gland.reach() + shape.bend))
        .collect()
}

/// Does a gland of this pattern grow at `centre`?
fn lives(anatomy: &Anatomy, pattern: Pattern, centre: Point) -> bool {
    let zones = anatomy.zones(centre);
    if zones.tissue < 8.0 {
        return false;
    }
    if pattern == Pattern::Benign {
        return zones.lobule > 0.0 && zones.fat < -20.0 && zones.tumour < -TUMOUR_MARGIN;
    }
    zones.tumour > 0.0 && pattern_at(anatomy, centre) == pattern
}

/// The way the tumour grows around `p`: patches of its grade's patterns.
fn pattern_at(anatomy: &Anatomy, p: Point) -> Pattern {
    let patterns = Pattern::of_grade(anatomy.grade);
    // Noise is crowded around its middle; this spreads it about evenly over 0 to 1.
    let noise = noise::fractal(anatomy.seed.branch(12), p, 240.0, 2);
    let mut level = noise::smooth_step(-0.75, 0.75, noise);
    for (pattern, share) in patterns {
        if level < *share {
            return *pattern;
        }
        level -= share;
    }
    patterns[patterns.len() - 1].0
}
