//! Single nuclei: their shape and how they are drawn.

use crate::canvas::{Canvas, Dyes};
use crate::draw::{Draws, Seed};
use crate::frame::Window;
use crate::noise::{gradient, smooth_step};
use crate::point::Point;

/// Epithelial cells claim the cytoplasm around them up to this distance, micrometres.
pub(crate) const CELL_REACH: f32 = 14.0;

/// Half the width of the blurred edge of a nucleus, micrometres: about the resolution of a 20x lens.
const EDGE: f32 = 0.45;

/// One nucleus, lengths in micrometres.
#[derive(Clone, Debug)]
pub(crate) struct Nucleus {
    pub(crate) centre: Point,
    /// Direction of the long axis.
    pub(crate) axis: Point,
    pub(crate) radii: Point,
    pub(crate) look: Look,
    pub(crate) outline: Outline,
    pub(crate) has_cell: bool,
}

/// What a nucleus holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Amount of haematoxylin.
    pub(crate) chromatin: f32,
    /// How much darker the membrane is than the inside, 0 to 1.
    pub(crate) rim: f32,
    /// Contrast of the chromatin's clumps.
    pub(crate) clumps: f32,
    /// Radius of the nucleolus, 0 for none.
    pub(crate) nucleolus: f32,
    /// Width of a clear zone around, 0 for none.
    pub(crate) halo: f32,
}

/// Deviation from an ellipse: amplitudes of cos and sin of 2 and 3 times the angle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outline([[f32; 2]; 2]);

impl Outline {
    pub(crate) fn draw(irregularity: f32, draws: &mut Draws) -> Self {
        Self([0.8, 0.55].map(|share| {
            let at = Point::towards(draws.angle()) * (share * irregularity * draws.range(0.3, 1.5));
            [at.x, at.y]
        }))
    }

    /// Radius in this direction, relative to the ellipse.
    #[inline(always)]
    fn at(&self, cos: f32, sin: f32) -> f32 {
        let double = [cos * cos - sin * sin, 2.0 * cos * sin];
        let triple = [
            double[0] * cos - double[1] * sin,
            double[1] * cos + double[0] * sin,
        ];
        let [two, three] = self.0;
        1.0 + double[0] * two[0] + double[1] * two[1] + triple[0] * three[0] + triple[1] * three[1]
    }
}

impl Nucleus {
    fn reach(&self) -> f32 {
        1.4 * self.radii.x.max(self.radii.y) + self.look.halo + EDGE
    }

    /// Notes on the canvas how near this nucleus is, for the borders between cells.
    pub(crate) fn claim(&self, canvas: &mut Canvas) {
        let window = canvas.frame.window(self.centre, CELL_REACH);
        each_pixel(canvas, window, |canvas, index, p| {
            let distance = (p - self.centre).length();
            if distance > CELL_REACH {
                return;
            }
            let [nearest, second] = &mut canvas.nearest[index];
            *second = second.min(distance.max(*nearest));
            *nearest = nearest.min(distance);
        });
    }

    /// Lays this nucleus over what is on the canvas; `grain` seeds the chromatin.
    pub(crate) fn stain(&self, canvas: &mut Canvas, grain: Seed) {
        let window = canvas.frame.window(self.centre, self.reach());
        let smallest = self.radii.x.min(self.radii.y);
        each_pixel(canvas, window, |canvas, index, p| {
            let at = (p - self.centre).along(self.axis);
            let scaled = Point::new(at.x / self.radii.x, at.y / self.radii.y);
            let reach = scaled.length().max(1e-3);
            let outline = self.outline.at(scaled.x / reach, scaled.y / reach);
            // Micrometres inside the membrane, to first order.
            let depth = (outline - reach) * smallest;
            if depth > -EDGE - self.look.halo {
                let dyes = &mut canvas.dyes[index];
                *dyes = self.over(*dyes, depth, at, p, grain);
            }
        });
    }

    #[inline(always)]
    fn over(&self, under: Dyes, depth: f32, at: Point, p: Point, grain: Seed) -> Dyes {
        let look = &self.look;
        let mut under = under;
        if look.halo > 0.0 {
            let clear = smooth_step(-look.halo, -0.4 * look.halo, depth);
            under = under.mixed(under.scaled(0.45), clear);
        }
        let cover = smooth_step(-EDGE, EDGE, depth);
        if cover <= 0.0 {
            return under;
        }
        let fine = gradient(grain, p.x * 1.2, p.y * 1.2);
        let coarse = gradient(grain, p.x * 0.45, p.y * 0.45);
        let membrane = 1.0 - smooth_step(0.2, 1.5, depth);
        let mut chromatin = look.chromatin * (1.0 - 0.5 * look.rim);
        chromatin += look.chromatin * look.rim * 0.55 * membrane;
        chromatin += look.chromatin * look.clumps * (0.8 * fine + 0.7 * coarse);
        if look.nucleolus > 0.0 {
            // Off the middle, by an amount that belongs to this nucleus.
            let offset = (at - Point::new(0.3, 0.2) * self.radii.y).length();
            chromatin += 0.55 * smooth_step(look.nucleolus + 0.3, look.nucleolus - 0.3, offset);
        }
        let ink = Dyes::new(
            chromatin.max(under.haematoxylin * 0.8),
            under.eosin * 0.35 + 0.12,
        );
        under.mixed(ink, cover)
    }
}

/// Runs `visit` with the index and the place of every pixel of `window`.
#[inline(always)]
fn each_pixel(
    canvas: &mut Canvas,
    window: Window,
    mut visit: impl FnMut(&mut Canvas, usize, Point),
) {
    let frame = canvas.frame;
    for row in window.rows.0..window.rows.1 {
        let y = frame.y_um(row);
        for column in window.columns.0..window.columns.1 {
            let p = Point::new(frame.x_um(column), y);
            visit(canvas, row * frame.width + column, p);
        }
    }
}
