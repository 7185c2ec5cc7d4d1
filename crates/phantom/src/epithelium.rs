//! The epithelium that all glands of a place make together.

use crate::draw::Scatter;
use crate::gland::{Gland, glands_in};
use crate::lattice::Lattice;
use crate::noise;
use crate::pattern::Pattern;
use crate::point::{Area, Point};
use crate::zone::Anatomy;

/// Spacing of the nodes between which epithelium is interpolated, micrometres.
const STEP: f32 = 2.0;

/// Half the epithelium between the lumens of two fused glands, micrometres.
const SEPTUM: f32 = 5.0;

pub(crate) const N_EPITHELIUM: usize = 5;

/// The epithelium at one place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Epithelium {
    /// Micrometres from the basement membrane, positive inside.
    pub(crate) depth: f32,
    /// Depth in a lumen, negative outside.
    pub(crate) lumen: f32,
    /// 0: nuclei in one row at the base; 1: everywhere.
    pub(crate) strata: f32,
    /// 0 benign, 1 tumour.
    pub(crate) malignancy: f32,
    /// 0 alive, 1 dead.
    pub(crate) necrosis: f32,
}

impl Epithelium {
    pub(crate) const DEPTH: usize = 0;

    const NONE: Self = Self {
        depth: -25.0,
        lumen: -60.0,
        strata: 0.0,
        malignancy: 0.0,
        necrosis: 0.0,
    };

    const fn to_array(self) -> [f32; N_EPITHELIUM] {
        [
            self.depth,
            self.lumen,
            self.strata,
            self.malignancy,
            self.necrosis,
        ]
    }

    #[inline(always)]
    pub(crate) const fn from_array(fields: &[f32; N_EPITHELIUM]) -> Self {
        Self {
            depth: fields[0],
            lumen: fields[1],
            strata: fields[2],
            malignancy: fields[3],
            necrosis: fields[4],
        }
    }
}

/// The epithelium over `area`.
pub(crate) fn lattice(anatomy: &Anatomy, area: Area) -> Lattice<N_EPITHELIUM> {
    // Nodes may lie a step outside.
    let glands = glands_in(anatomy, area.grown(2.0 * STEP));
    Lattice::over(area, STEP, |p| at(anatomy, &glands, p).to_array())
}

/// The epithelium at `p`, given the glands around.
pub(crate) fn at(anatomy: &Anatomy, glands: &[Gland], p: Point) -> Epithelium {
    if glands.is_empty() {
        return Epithelium::NONE;
    }
    let bend = noise::wander(anatomy.seed.branch(10), p, 34.0);
    let (mut best, mut first, mut second) = (None, -25.0f32, -1e3f32);
    for gland in glands {
        let depth = gland.depth(p + bend * gland.shape.bend);
        if depth > first {
            second = first;
            first = depth;
            best = Some(gland);
        } else {
            second = second.max(depth);
        }
    }
    best.map_or(Epithelium::NONE, |gland| {
        let apart = (first - second) * 0.5;
        let depth = first.min(apart - 0.5 * gland.shape.gap);
        inside(anatomy, gland, p, depth, apart)
    })
}

/// The epithelium of `gland` at `p`, which lies `apart` micrometres from the next gland's realm.
fn inside(anatomy: &Anatomy, gland: &Gland, p: Point, depth: f32, apart: f32) -> Epithelium {
    let shape = &gland.shape;
    let lumen = if gland.pattern == Pattern::Cribriform {
        holes(anatomy, p).min(depth - shape.wall)
    } else if gland.has_lumen {
        let folds = noise::fractal(anatomy.seed.branch(11), p, 17.0, 2);
        depth - shape.wall - shape.folds * folds
    } else {
        Epithelium::NONE.lumen
    };
    Epithelium {
        depth,
        // Between two glands that run into each other a thin septum stays.
        lumen: lumen.min(apart - SEPTUM).max(Epithelium::NONE.lumen),
        strata: if gland.has_lumen { shape.strata } else { 1.0 },
        malignancy: f32::from(gland.pattern != Pattern::Benign),
        necrosis: necrosis(anatomy, gland.pattern, p),
    }
}

/// Sheets outgrow their blood supply and die in their middle.
fn necrosis(anatomy: &Anatomy, pattern: Pattern, p: Point) -> f32 {
    if pattern != Pattern::Solid {
        return 0.0;
    }
    let starved = noise::fractal(anatomy.seed.branch(14), p, 230.0, 4);
    noise::smooth_step(0.34, 0.5, starved)
}

/// Depth in the round holes of a cribriform mass.
fn holes(anatomy: &Anatomy, p: Point) -> f32 {
    let scatter = Scatter {
        seed: anatomy.seed.branch(13),
        spacing: 33.0,
        jitter: 0.55,
    };
    scatter
        .points(Area::around(p, 18.0))
        .map(|(centre, mut draws)| draws.range(4.5, 11.0) - (p - centre).length())
        .fold(-30.0, f32::max)
}
