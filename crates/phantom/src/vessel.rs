//! Blood vessels: round or oval cuts with a wall, most of them holding red cells.

use crate::draw::Scatter;
use crate::lattice::Lattice;
use crate::noise;
use crate::point::{Area, Point};
use crate::zone::Anatomy;

const SPACING: f32 = 150.0;
const REACH: f32 = 60.0;
const STEP: f32 = 2.0;

pub(crate) const N_VESSEL: usize = 3;

/// A vessel at one place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vessel {
    /// Depth in the lumen in micrometres, negative in the wall and beyond.
    pub(crate) lumen: f32,
    /// Thickness of the wall.
    pub(crate) wall: f32,
    /// Share of the lumen's places that hold a red cell.
    pub(crate) blood: f32,
}

impl Vessel {
    pub(crate) const LUMEN: usize = 0;

    pub(crate) const NONE: Self = Self {
        lumen: -50.0,
        wall: 0.0,
        blood: 0.0,
    };

    #[inline(always)]
    pub(crate) const fn from_array(fields: &[f32; N_VESSEL]) -> Self {
        Self {
            lumen: fields[0],
            wall: fields[1],
            blood: fields[2],
        }
    }
}

struct Tube {
    centre: Point,
    axis: Point,
    radii: Point,
    wall: f32,
    blood: f32,
}

/// The vessels over `area`, `None` where there are none.
pub(crate) fn lattice(anatomy: &Anatomy, area: Area) -> Option<Lattice<N_VESSEL>> {
    let tubes = tubes_in(anatomy, area);
    if tubes.is_empty() {
        return None;
    }
    Some(Lattice::over(area, STEP, |p| {
        let bent = p + noise::wander(anatomy.seed.branch(31), p, 22.0) * 4.0;
        let vessel = tubes
            .iter()
            .map(|tube| tube.at(bent))
            .max_by(|a, b| (a.lumen + a.wall).total_cmp(&(b.lumen + b.wall)))
            .unwrap_or(Vessel::NONE);
        [vessel.lumen, vessel.wall, vessel.blood]
    }))
}

fn tubes_in(anatomy: &Anatomy, area: Area) -> Vec<Tube> {
    let scatter = Scatter {
        seed: anatomy.seed.branch(30),
        spacing: SPACING,
        jitter: 0.9,
    };
    scatter
        .points(area.grown(REACH))
        .filter_map(|(centre, mut draws)| {
            // Many small ones, few large.
            let size = draws.unit();
            let radius = 3.5 + 20.0 * size * size * size;
            let tube = Tube {
                centre,
                axis: Point::towards(draws.angle()),
                radii: Point::new(radius * draws.range(1.0, 2.2), radius),
                wall: 1.2 + radius * draws.range(0.05, 0.55),
                blood: if draws.chance(0.7) {
                    draws.range(0.3, 1.0)
                } else {
                    0.0
                },
            };
            let zones = anatomy.zones(centre);
            (draws.chance(0.75) && zones.tissue > 20.0).then_some(tube)
        })
        .collect()
}

impl Tube {
    fn at(&self, p: Point) -> Vessel {
        let at = (p - self.centre).along(self.axis);
        let reach = Point::new(at.x / self.radii.x, at.y / self.radii.y).length();
        // Distance of an ellipse to first order: the field over its slope.
        let slope = Point::new(
            at.x / (self.radii.x * self.radii.x),
            at.y / (self.radii.y * self.radii.y),
        )
        .length()
            / reach.max(1e-3);
        Vessel {
            lumen: ((1.0 - reach) / slope.max(1e-3)).clamp(Vessel::NONE.lumen, 50.0),
            wall: self.wall,
            blood: self.blood,
        }
    }
}
