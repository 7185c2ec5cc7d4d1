//! Where on the glass there is tissue: a few pieces with ragged outlines.

use crate::draw::{Draws, Seed};
use crate::noise;
use crate::point::Point;

/// The pieces of one slide.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    seed: Seed,
    /// Side of the slide in micrometres.
    side: f32,
    pieces: Vec<Piece>,
}

#[derive(Clone, Copy, Debug)]
enum Piece {
    /// A slab cut from an organ.
    Slab {
        centre: Point,
        axis: Point,
        radii: Point,
    },
    /// A needle core.
    Core {
        centre: Point,
        axis: Point,
        half_length: f32,
        half_width: f32,
    },
}

impl Layout {
    pub(crate) fn new(seed: Seed, side: f32) -> Self {
        let mut draws = seed.draws();
        let pieces = match draws.below(5) {
            0 | 1 => one_slab(&mut draws, side),
            2 | 3 => some_slabs(&mut draws, side),
            _ => cores(&mut draws, side),
        };
        Self { seed, side, pieces }
    }

    /// How deep `p` lies in tissue, in about micrometres; negative on bare glass.
    pub(crate) fn depth(&self, p: Point) -> f32 {
        let rough = self.pieces_depth(p);
        // Far from any outline the raggedness cannot matter.
        if rough < -0.35 * self.side {
            return rough;
        }
        let bent = p + noise::wander(self.seed.branch(1), p, 0.22 * self.side) * (0.07 * self.side);
        let bent =
            bent + noise::wander(self.seed.branch(2), p, 0.05 * self.side) * (0.014 * self.side);
        self.pieces_depth(bent) + self.raggedness(p) - self.tears(p)
    }

    fn pieces_depth(&self, p: Point) -> f32 {
        self.pieces
            .iter()
            .map(|piece| piece.depth(p))
            .fold(f32::MIN, f32::max)
    }

    fn raggedness(&self, p: Point) -> f32 {
        let reach = (0.012 * self.side).min(26.0);
        reach * noise::fractal(self.seed.branch(3), p, 140.0, 4)
    }

    /// Cracks that open in some places where the section was stretched.
    fn tears(&self, p: Point) -> f32 {
        let stretched = noise::fractal(self.seed.branch(4), p, 1500.0, 1) - 0.25;
        if stretched <= 0.0 {
            return 0.0;
        }
        let line = noise::fractal(self.seed.branch(5), p, 420.0, 3).abs() * 420.0;
        (60.0 * stretched - line).max(0.0) * 4.0
    }
}

impl Piece {
    fn depth(self, p: Point) -> f32 {
        match self {
            Self::Slab {
                centre,
                axis,
                radii,
            } => {
                let at = (p - centre).along(axis);
                let reach = Point::new(at.x / radii.x, at.y / radii.y).length();
                (1.0 - reach) * radii.x.min(radii.y)
            }
            Self::Core {
                centre,
                axis,
                half_length,
                half_width,
            } => {
                let at = (p - centre).along(axis);
                let beyond = (at.x.abs() - half_length).max(0.0);
                half_width - Point::new(beyond, at.y).length()
            }
        }
    }
}

fn one_slab(draws: &mut Draws, side: f32) -> Vec<Piece> {
    vec![Piece::Slab {
        centre: Point::new(draws.range(0.47, 0.53), draws.range(0.47, 0.53)) * side,
        axis: Point::towards(draws.angle()),
        radii: Point::new(draws.range(0.36, 0.4), draws.range(0.27, 0.36)) * side,
    }]
}

fn some_slabs(draws: &mut Draws, side: f32) -> Vec<Piece> {
    let n = 2 + draws.below(2);
    let turn = draws.angle();
    (0..n)
        .map(|k| {
            let spoke = Point::towards(turn + k as f32 * std::f32::consts::TAU / n as f32);
            Piece::Slab {
                centre: Point::new(0.5, 0.5) * side + spoke * (draws.range(0.22, 0.25) * side),
                axis: Point::towards(draws.angle()),
                radii: Point::new(draws.range(0.19, 0.23), draws.range(0.14, 0.19)) * side,
            }
        })
        .collect()
}

fn cores(draws: &mut Draws, side: f32) -> Vec<Piece> {
    let n = 2 + draws.below(3);
    let lean = draws.range(-0.25, 0.25);
    let axis = Point::towards(std::f32::consts::FRAC_PI_2 + lean);
    (0..n)
        .map(|k| {
            let across = (k as f32 + 0.5) / n as f32 * 0.8 + 0.1;
            Piece::Core {
                centre: Point::new(across, draws.range(0.46, 0.54)) * side,
                axis,
                half_length: draws.range(0.28, 0.36) * side,
                half_width: draws.range(0.06, 0.075) * side,
            }
        })
        .collect()
}
