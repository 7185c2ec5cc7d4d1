//! Which nuclei lie where.

use crate::draw::{Draws, Scatter};
use crate::epithelium::Epithelium;
use crate::fat;
use crate::nucleus::{CELL_REACH, Look, Nucleus, Outline};
use crate::pattern::Atypia;
use crate::point::{Area, Point};
use crate::terrain::Terrain;

/// Nuclei this far outside a frame can still show in it, micrometres.
pub(crate) const MARGIN: f32 = CELL_REACH + 4.0;

/// All nuclei whose lattice places lie in `area`, always in the same order.
pub(crate) fn nuclei_in(terrain: &Terrain<'_>, area: Area) -> Vec<Nucleus> {
    let mut nuclei = spindles(terrain, area);
    nuclei.extend(epithelial(terrain, area, Atypia::BENIGN, 41, 0.0..0.5));
    if terrain.anatomy.tumour.is_some() {
        let atypia = Atypia::of_grade(terrain.anatomy.grade);
        nuclei.extend(epithelial(terrain, area, atypia, 42, 0.5..1.1));
        nuclei.extend(single_cells(terrain, area, atypia));
    }
    nuclei.extend(lymphocytes(terrain, area));
    nuclei
}

fn scatter(terrain: &Terrain<'_>, purpose: u32, spacing: f32, jitter: f32) -> Scatter {
    Scatter {
        seed: terrain.anatomy.seed.branch(purpose),
        spacing,
        jitter,
    }
}

fn epithelial(
    terrain: &Terrain<'_>,
    area: Area,
    atypia: Atypia,
    purpose: u32,
    malignancy: std::ops::Range<f32>,
) -> Vec<Nucleus> {
    scatter(terrain, purpose, atypia.spacing, 0.7)
        .points(area)
        .filter_map(|(p, mut draws)| {
            let here = terrain.epithelium_at(p);
            if here.depth < 0.3 || !malignancy.contains(&here.malignancy) {
                return None;
            }
            let place = settle(terrain, p, &here, &atypia, &mut draws)?;
            if terrain.zones_at(place).tissue < 1.0 || draws.chance(0.9 * here.necrosis) {
                return None;
            }
            let inward = terrain.epithelium.slope(place, Epithelium::DEPTH);
            let axis = inward.unit().unwrap_or(Point::new(1.0, 0.0));
            Some(epithelial_nucleus(place, axis, &here, &atypia, draws))
        })
        .collect()
}

/// The place in the epithelium a nucleus of the lattice takes, if there is one.
fn settle(
    terrain: &Terrain<'_>,
    p: Point,
    here: &Epithelium,
    atypia: &Atypia,
    draws: &mut Draws,
) -> Option<Point> {
    let radius = atypia.radius;
    if here.strata > 0.5 {
        let fits = here.depth > 0.8 * radius && here.lumen < -0.8 * radius;
        return fits.then_some(p);
    }
    // One row: whoever is near enough to the basement membrane moves to its place above it.
    let band = atypia.spacing * (1.05 + 2.0 * here.strata);
    let fits = here.depth < band && here.lumen < -1.1 * radius;
    let target = radius * draws.range(1.15, 1.75) + here.strata * draws.unit() * band;
    let inward = terrain.epithelium.slope(p, Epithelium::DEPTH).unit()?;
    fits.then(|| p + inward * (target - here.depth))
}

fn epithelial_nucleus(
    centre: Point,
    axis: Point,
    here: &Epithelium,
    atypia: &Atypia,
    mut draws: Draws,
) -> Nucleus {
    if draws.chance(atypia.mitoses) {
        return mitosis(centre, atypia, &mut draws);
    }
    if draws.chance(atypia.apoptosis) {
        return apoptosis(centre, &mut draws);
    }
    let radius = atypia.draw_radius(&mut draws);
    let stretch = draws.range(1.05, 1.38 + atypia.variation).sqrt();
    // In one row nuclei stand upright; in sheets they lie any way.
    let lean = draws.normal() * (0.2 + 1.5 * here.strata);
    let has_nucleolus = draws.chance(atypia.nucleoli);
    let vesicular = draws.range(0.25, 0.75);
    Nucleus {
        centre,
        axis: axis.along(Point::towards(lean)),
        radii: Point::new(radius * stretch, radius / stretch),
        look: Look {
            chromatin: atypia.chromatin * (1.0 + (0.06 + 0.5 * atypia.variation) * draws.normal()),
            rim: vesicular,
            clumps: draws.range(0.12, 0.3) + 0.4 * atypia.variation,
            nucleolus: if has_nucleolus { 0.2 * radius } else { 0.0 },
            halo: 0.0,
        },
        outline: Outline::draw(atypia.irregularity, &mut draws),
        has_cell: true,
    }
}

/// A metaphase plate seen from the side: a dark ragged bar in a clear cell.
fn mitosis(centre: Point, atypia: &Atypia, draws: &mut Draws) -> Nucleus {
    let length = atypia.radius * draws.range(0.85, 1.15);
    Nucleus {
        centre,
        axis: Point::towards(draws.angle()),
        radii: Point::new(length, length * draws.range(0.28, 0.5)),
        look: Look {
            chromatin: 2.1,
            rim: 0.0,
            clumps: 0.25,
            nucleolus: 0.0,
            halo: 0.7 * atypia.radius,
        },
        outline: Outline::draw(0.3, draws),
        has_cell: true,
    }
}

/// A shrunken, evenly dark nucleus in a clear hole.
fn apoptosis(centre: Point, draws: &mut Draws) -> Nucleus {
    let radius = draws.range(1.2, 2.0);
    Nucleus {
        centre,
        axis: Point::towards(draws.angle()),
        radii: Point::new(radius, radius * draws.range(0.7, 1.0)),
        look: Look {
            chromatin: 2.2,
            rim: 0.0,
            clumps: 0.05,
            nucleolus: 0.0,
            halo: 1.8,
        },
        outline: Outline::draw(0.1, draws),
        has_cell: true,
    }
}

/// Fibroblasts in stroma, endothelium on vessels, the flat nuclei of fat cells.
fn spindles(terrain: &Terrain<'_>, area: Area) -> Vec<Nucleus> {
    scatter(terrain, 43, 11.5, 0.8)
        .points(area)
        .filter_map(|(p, mut draws)| {
            let zones = terrain.zones_at(p);
            let vessel = terrain.vessel_at(p);
            let in_wall = vessel.lumen > -vessel.wall - 2.5 && vessel.lumen < 0.0;
            let density = if in_wall {
                0.9
            } else if zones.fat > 0.0 {
                0.3 * f32::from(fat::border(terrain.anatomy.seed, p) < 1.0)
            } else {
                0.34 + 0.1 * zones.looseness.abs() + 0.12 * f32::from(zones.tumour > 0.0)
            };
            let free = zones.tissue > 2.0
                && vessel.lumen < 0.0
                && terrain.epithelium_at(p).depth < -2.0
                && draws.chance(density);
            free.then(|| spindle(terrain, p, in_wall, draws))
        })
        .collect()
}

fn spindle(terrain: &Terrain<'_>, p: Point, in_wall: bool, mut draws: Draws) -> Nucleus {
    let axis = match &terrain.vessels {
        Some(vessels) if in_wall => vessels
            .slope(p, crate::vessel::Vessel::LUMEN)
            .unit()
            .map_or(Point::new(1.0, 0.0), Point::turned),
        _ => terrain.fibre_direction(p),
    };
    let length = draws.range(2.6, 6.8);
    Nucleus {
        centre: p,
        axis: axis.along(Point::towards(0.16 * draws.normal())),
        radii: Point::new(length, draws.range(0.8, 1.9)),
        look: Look {
            chromatin: draws.range(0.85, 1.45),
            rim: draws.range(0.0, 0.3),
            clumps: 0.2,
            nucleolus: 0.0,
            halo: 0.0,
        },
        outline: Outline::draw(0.12, &mut draws),
        has_cell: false,
    }
}

fn lymphocytes(terrain: &Terrain<'_>, area: Area) -> Vec<Nucleus> {
    scatter(terrain, 44, 6.3, 0.6)
        .points(area)
        .filter_map(|(p, mut draws)| {
            let zones = terrain.zones_at(p);
            let free = zones.tissue > 2.0
                && draws.chance(zones.lymphocytes)
                && zones.fat < -2.0
                && terrain.epithelium_at(p).depth < -1.5
                && terrain.vessel_at(p).lumen < -2.0;
            free.then(|| lymphocyte(p, draws))
        })
        .collect()
}

fn lymphocyte(p: Point, mut draws: Draws) -> Nucleus {
    let radius = draws.range(2.2, 3.1);
    Nucleus {
        centre: p,
        axis: Point::towards(draws.angle()),
        radii: Point::new(radius * draws.range(1.0, 1.2), radius),
        look: Look {
            chromatin: draws.range(1.5, 1.95),
            rim: 0.12,
            clumps: 0.28,
            nucleolus: 0.0,
            halo: if draws.chance(0.15) { 0.8 } else { 0.0 },
        },
        outline: Outline::draw(0.05, &mut draws),
        has_cell: false,
    }
}

/// Cells of the highest grades that wander through the stroma alone or in files.
fn single_cells(terrain: &Terrain<'_>, area: Area, atypia: Atypia) -> Vec<Nucleus> {
    let density = match terrain.anatomy.grade.get() {
        5 => 0.3,
        4 => 0.1,
        _ => return Vec::new(),
    };
    scatter(terrain, 45, atypia.spacing, 0.7)
        .points(area)
        .filter_map(|(p, mut draws)| {
            let zones = terrain.zones_at(p);
            let here = terrain.epithelium_at(p);
            let free = zones.tissue > 3.0
                && zones.tumour > 0.0
                && here.depth < -atypia.radius
                && terrain.vessel_at(p).lumen < -6.0
                && draws.chance(density);
            let axis = terrain.fibre_direction(p);
            free.then(|| epithelial_nucleus(p, axis, &here, &atypia, draws))
        })
        .collect()
}
