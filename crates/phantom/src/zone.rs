//! What kind of tissue lies where, on the scale of tenths of a millimetre.

use crate::Grade;
use crate::draw::Seed;
use crate::layout::Layout;
use crate::noise::{fractal, smooth_step};
use crate::point::Point;
use crate::tumour::Tumour;

/// Spacing of the nodes between which zones are interpolated, micrometres.
pub(crate) const ZONE_STEP: f32 = 4.0;

/// The large-scale fields at one place. Depths are in about micrometres, positive inside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Zones {
    pub(crate) tissue: f32,
    pub(crate) tumour: f32,
    pub(crate) fat: f32,
    /// Depth in the lobules where benign glands may grow.
    pub(crate) lobule: f32,
    /// Share of the places that a lymphocyte takes, 0 to 1.
    pub(crate) lymphocytes: f32,
    /// Collagen fibres follow the lines of equal `across`; it grows 1 per micrometre or so.
    pub(crate) across: f32,
    pub(crate) along: f32,
    /// From dense (-1) to oedematous (1).
    pub(crate) looseness: f32,
}

pub(crate) const N_ZONES: usize = 8;

impl Zones {
    pub(crate) const TISSUE: usize = 0;
    pub(crate) const ACROSS: usize = 5;

    pub(crate) const fn to_array(self) -> [f32; N_ZONES] {
        [
            self.tissue,
            self.tumour,
            self.fat,
            self.lobule,
            self.lymphocytes,
            self.across,
            self.along,
            self.looseness,
        ]
    }

    #[inline(always)]
    pub(crate) const fn from_array(fields: &[f32; N_ZONES]) -> Self {
        Self {
            tissue: fields[0],
            tumour: fields[1],
            fat: fields[2],
            lobule: fields[3],
            lymphocytes: fields[4],
            across: fields[5],
            along: fields[6],
            looseness: fields[7],
        }
    }
}

/// The tissue of one slide.
#[derive(Clone, Debug)]
pub(crate) struct Anatomy {
    pub(crate) seed: Seed,
    pub(crate) layout: Layout,
    pub(crate) tumour: Option<Tumour>,
    pub(crate) grade: Grade,
    /// How much of the tissue is fat and glands on this slide.
    fat_level: f32,
    lobule_level: f32,
    /// The way most fibres run.
    grain: Point,
}

impl Anatomy {
    pub(crate) fn new(seed: Seed, layout: Layout, tumour: Option<Tumour>, grade: Grade) -> Self {
        let mut draws = seed.draws();
        Self {
            seed,
            layout,
            tumour,
            grade,
            fat_level: draws.range(-0.75, -0.35),
            lobule_level: draws.range(-0.1, 0.3),
            grain: Point::towards(draws.angle()),
        }
    }

    /// How deep `p` lies in tumour, positive only within tissue.
    pub(crate) fn tumour_depth(&self, p: Point) -> f32 {
        match &self.tumour {
            Some(tumour) => tumour.depth(p).min(self.layout.depth(p)),
            None => f32::MIN,
        }
    }

    pub(crate) fn zones(&self, p: Point) -> Zones {
        let tissue = self.layout.depth(p);
        if tissue < -60.0 {
            return Zones::bare(tissue);
        }
        let tumour = self
            .tumour
            .as_ref()
            .map_or(-1e4, |tumour| tumour.depth(p).clamp(-1e4, 1e4));
        Zones {
            tissue,
            tumour,
            fat: self.fat(p, tumour),
            lobule: 350.0 * (fractal(self.seed.branch(2), p, 620.0, 3) + self.lobule_level),
            lymphocytes: self.lymphocytes(p, tumour),
            across: self.across(p),
            along: 260.0 * fractal(self.seed.branch(6), p, 380.0, 2),
            looseness: fractal(self.seed.branch(5), p, 210.0, 3),
        }
    }

    fn fat(&self, p: Point, tumour: f32) -> f32 {
        let fat = 260.0 * (fractal(self.seed.branch(1), p, 560.0, 3) + self.fat_level);
        fat.min(-40.0 - tumour)
    }

    fn across(&self, p: Point) -> f32 {
        let swept = p.along(self.grain);
        // The sweep keeps the noise from curling into whorls everywhere.
        0.55 * swept.y
            + 210.0 * fractal(self.seed.branch(7), p, 460.0, 1)
            + 34.0 * fractal(self.seed.branch(8), p, 95.0, 1)
            + 6.0 * fractal(self.seed.branch(9), p, 26.0, 1)
    }

    /// Scattered everywhere, dense in follicles and here and there at the tumour's front.
    fn lymphocytes(&self, p: Point, tumour: f32) -> f32 {
        let crowd = fractal(self.seed.branch(3), p, 330.0, 3);
        let follicle = 0.85 * smooth_step(0.62, 0.86, crowd);
        let front = (1.0 - tumour.abs() / 120.0).max(0.0) * smooth_step(-0.1, 0.5, crowd);
        (0.025 + 0.04 * (crowd + 0.5).max(0.0) + follicle + 0.35 * front).min(0.9)
    }
}

impl Zones {
    /// Glass, far from any tissue.
    const fn bare(tissue: f32) -> Self {
        Self {
            tissue,
            tumour: -1e4,
            fat: -1e3,
            lobule: -1e3,
            lymphocytes: 0.0,
            across: 0.0,
            along: 0.0,
            looseness: 0.0,
        }
    }
}
