use crate::draw::{Scatter, Seed};
use crate::frame::Frame;
use crate::noise::{fractal, smooth_step};
use crate::paint::RgbPixels;
use crate::point::Point;

/// The slide and its coverslip: uneven light, dust, sometimes the coverslip's edge.
#[derive(Clone, Debug)]
pub(crate) struct Glass {
    seed: Seed,
    side: f32,
    /// Loss of light at the edges.
    vignette: f32,
    edge: Option<Edge>,
}

/// The edge of the coverslip: a straight, slightly sloping line near a side of the slide.
#[derive(Clone, Copy, Debug)]
struct Edge {
    at: Point,
    across: Point,
}

/// Greatest radius of a speck of dust with its tail, micrometres.
const SPECK: f32 = 22.0;

impl Glass {
    pub(crate) fn new(seed: Seed, side: f32) -> Self {
        let mut draws = seed.draws();
        let vignette = draws.range(0.004, 0.018);
        let edge = draws.chance(0.3).then(|| {
            let inset = draws.range(0.015, 0.035);
            let near = if draws.chance(0.5) {
                inset
            } else {
                1.0 - inset
            };
            let slope = Point::towards(draws.range(-0.02, 0.02));
            Edge {
                at: Point::new(near, 0.5) * side,
                across: slope,
            }
        });
        Self {
            seed,
            side,
            vignette,
            edge,
        }
    }

    /// Share of the light that reaches column or row `place` (micrometres).
    pub(crate) fn light(&self, place: f32) -> f32 {
        let off = 2.0 * place / self.side - 1.0;
        1.0 - self.vignette * (off * off).min(1.5)
    }

    /// Lays dust and the coverslip's edge over a finished picture.
    pub(crate) fn cover(&self, picture: &mut RgbPixels, frame: &Frame) {
        self.dust(picture, frame);
        if let Some(edge) = self.edge {
            edge.draw(picture, frame);
        }
    }

    fn dust(&self, picture: &mut RgbPixels, frame: &Frame) {
        let scatter = Scatter {
            seed: self.seed.branch(1),
            spacing: 420.0,
            jitter: 1.0,
        };
        for (centre, mut draws) in scatter.points(frame.area().grown(SPECK)) {
            if !draws.chance(0.6) {
                continue;
            }
            let (radius, darkness) = (draws.range(1.0, 7.0), draws.range(0.15, 0.7));
            let axis = Point::towards(draws.angle());
            let stretch = draws.range(1.0, 3.0);
            let window = frame.window(centre, SPECK);
            let shade = |p: Point| {
                let at = (p - centre).along(axis);
                let ragged = 1.0 + 0.5 * fractal(self.seed.branch(2), p, 4.0, 2);
                let reach = Point::new(at.x / stretch, at.y).length();
                1.0 - darkness * smooth_step(radius * ragged, 0.5 * radius * ragged - 0.3, reach)
            };
            picture.shade(frame, window, shade);
        }
    }
}

impl Edge {
    fn draw(self, picture: &mut RgbPixels, frame: &Frame) {
        let area = frame.area();
        let middle = (area.low + area.high) * 0.5;
        let reach = (area.high - area.low).length() * 0.5 + 30.0;
        if (middle - self.at).along(self.across).x.abs() > reach {
            return;
        }
        let whole = frame.window(middle, reach);
        picture.shade(frame, whole, |p| {
            let off = (p - self.at).along(self.across).x;
            let line = smooth_step(4.0, 1.0, off.abs());
            let shine = smooth_step(22.0, 4.0, (off - 12.0).abs());
            1.0 - 0.45 * line - 0.06 * shine
        });
    }
}
