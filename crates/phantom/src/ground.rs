//! Everything between the nuclei: collagen, cytoplasm, lumens, vessel walls, blood, fat.

use crate::canvas::{Canvas, Dyes};
use crate::draw::{Scatter, Seed};
use crate::epithelium::{Epithelium, N_EPITHELIUM};
use crate::fat;
use crate::noise::{gradient, smooth_step};
use crate::nucleus::CELL_REACH;
use crate::point::Point;
use crate::terrain::Terrain;
use crate::vessel::{N_VESSEL, Vessel};
use crate::zone::{N_ZONES, Zones};

/// The small-scale noises of one slide.
#[derive(Clone, Copy, Debug)]
struct Textures {
    fibres: Seed,
    bundles: Seed,
    grain: Seed,
    slide: Seed,
    strands: Seed,
    blood: Seed,
}

/// What is known about one pixel before it is stained.
struct Spot {
    p: Point,
    zones: Zones,
    epithelium: Epithelium,
    vessel: Vessel,
    /// Distances to the nearest two epithelial nuclei.
    nearest: [f32; 2],
    grain: f32,
    /// Slower unevenness, from about -1 to 1.
    cloud: f32,
}

/// Lays the ground over the whole canvas.
pub(crate) fn lay(terrain: &Terrain<'_>, canvas: &mut Canvas) {
    let seed = terrain.anatomy.seed;
    let textures = Textures {
        fibres: seed.branch(60),
        bundles: seed.branch(61),
        grain: seed.branch(62),
        slide: seed,
        strands: seed.branch(65),
        blood: seed.branch(64),
    };
    let frame = canvas.frame;
    let mut zones = vec![[0.0; N_ZONES]; frame.width];
    let mut epithelium = vec![[0.0; N_EPITHELIUM]; frame.width];
    let mut vessels = vec![[Vessel::NONE.lumen, 0.0, 0.0]; frame.width];
    for row in 0..frame.height {
        terrain.zones.along(&frame, row, &mut zones);
        terrain.epithelium.along(&frame, row, &mut epithelium);
        if let Some(lattice) = &terrain.vessels {
            lattice.along(&frame, row, &mut vessels);
        }
        for column in 0..frame.width {
            let p = Point::new(frame.x_um(column), frame.y_um(row));
            let index = row * frame.width + column;
            canvas.dyes[index] = textures.pixel(
                p,
                &zones[column],
                &epithelium[column],
                &vessels[column],
                canvas.nearest[index],
            );
        }
    }
}

impl Textures {
    #[inline(always)]
    fn pixel(
        &self,
        p: Point,
        zones: &[f32; N_ZONES],
        epithelium: &[f32; N_EPITHELIUM],
        vessel: &[f32; N_VESSEL],
        nearest: [f32; 2],
    ) -> Dyes {
        let zones = Zones::from_array(zones);
        if zones.tissue < -11.0 {
            return Dyes::default();
        }
        let spot = Spot {
            p,
            zones,
            epithelium: Epithelium::from_array(epithelium),
            vessel: Vessel::from_array(vessel),
            nearest,
            grain: gradient(self.grain, p.x * 0.8, p.y * 0.8),
            cloud: gradient(self.grain, p.x * 0.16, p.y * 0.16),
        };
        self.stain(&spot)
    }

    fn stain(&self, spot: &Spot) -> Dyes {
        let depth = spot.epithelium.depth + 0.35 * spot.grain;
        let inside = smooth_step(-0.5, 0.5, depth);
        let mut edge = spot.zones.tissue;
        let mut dyes = Dyes::default();
        if inside < 1.0 {
            let fibre = self.fibre(spot);
            edge += 5.5 * fibre + 0.8 * spot.grain;
            dyes = self.between_glands(spot, fibre);
        }
        if inside > 0.0 {
            dyes = dyes.mixed(epithelial(spot, depth), inside);
        }
        dyes.scaled(smooth_step(-0.6, 0.6, edge))
    }

    /// Light and dark strands along the fibres, from about -1 to 1.
    fn fibre(&self, spot: &Spot) -> f32 {
        let (across, along) = (spot.zones.across, spot.zones.along);
        let strand = gradient(self.strands, across * 0.75, along * 0.07);
        let fibre = gradient(self.fibres, across * 0.34, along * 0.045);
        let bundle = gradient(self.bundles, across * 0.1, along * 0.02);
        0.32 * strand + 0.5 * fibre + 0.5 * bundle
    }

    fn between_glands(&self, spot: &Spot, fibre: f32) -> Dyes {
        let mut dyes = stroma(spot, fibre);
        if spot.zones.fat > -3.0 {
            let share = smooth_step(-3.0, 3.0, spot.zones.fat + 3.0 * spot.grain);
            let share = share * smooth_step(-2.0, -8.0, spot.epithelium.depth);
            dyes = dyes.mixed(fat::dyes(self.slide, spot.p), share);
        }
        let lumen = spot.vessel.lumen.min(-spot.epithelium.depth - 3.0);
        if lumen > -spot.vessel.wall - 1.0 {
            dyes = self.vessel(spot, lumen, dyes);
        }
        dyes
    }

    fn vessel(&self, spot: &Spot, lumen: f32, around: Dyes) -> Dyes {
        let wall = Dyes::new(0.1, 0.62 + 0.14 * spot.grain);
        let in_wall = smooth_step(-0.8, 0.8, lumen + spot.vessel.wall);
        let dyes = around.mixed(wall, 0.85 * in_wall);
        let open = smooth_step(-0.4, 0.4, lumen);
        if open <= 0.0 {
            return dyes;
        }
        dyes.mixed(self.blood(spot), open)
    }

    /// Red cells: discs paler in the middle.
    fn blood(&self, spot: &Spot) -> Dyes {
        let cells = Scatter {
            seed: self.blood,
            spacing: 5.4,
            jitter: 0.7,
        };
        let plasma = Dyes::new(0.01, 0.05);
        let (column, row) = cells.cell_of(spot.p);
        let mut cover = 0.0f32;
        for (dx, dy) in (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy))) {
            let (centre, mut draws) = cells.point(column + dx, row + dy);
            if draws.chance(spot.vessel.blood) {
                let distance = (centre - spot.p).length();
                let body = smooth_step(3.3, 2.7, distance);
                cover = cover.max(body * (0.75 + 0.25 * smooth_step(0.3, 2.2, distance)));
            }
        }
        plasma.mixed(
            Dyes {
                haematoxylin: 0.0,
                eosin: 0.45,
                haemoglobin: 0.55,
            },
            cover,
        )
    }
}

/// Collagen: pink strands, with white clefts where it is loose.
fn stroma(spot: &Spot, fibre: f32) -> Dyes {
    let zones = &spot.zones;
    let reactive = smooth_step(-20.0, 20.0, zones.tumour);
    let density = 0.42 - 0.12 * zones.looseness + 0.05 * reactive;
    let eosin = density * (0.9 + 0.75 * fibre + 0.14 * spot.grain);
    // Clefts open along the strands; more of them in loose tissue.
    let width = -0.36 + 0.34 * zones.looseness - 0.08 * reactive;
    let cleft = smooth_step(width + 0.07, width - 0.07, fibre + 0.12 * spot.grain);
    // Stroma draws back from tumour glands in places.
    let retraction = reactive
        * smooth_step(-4.5, -2.5, spot.epithelium.depth)
        * smooth_step(0.0, 0.5, zones.looseness)
        * spot.epithelium.malignancy;
    let ground = Dyes::new(0.07 + 0.05 * reactive + 0.03 * fibre, eosin.max(0.05));
    ground.scaled(1.0 - 0.88 * cleft.max(retraction))
}

/// Cytoplasm and what lies in lumens.
fn epithelial(spot: &Spot, depth: f32) -> Dyes {
    let epithelium = &spot.epithelium;
    let malignancy = epithelium.malignancy;
    let toward_lumen = smooth_step(5.0, 15.0, depth) * (1.0 - epithelium.strata);
    let mut dyes = Dyes::new(
        0.2 + 0.13 * malignancy - 0.1 * toward_lumen,
        0.4 + 0.07 * malignancy - 0.12 * toward_lumen,
    );
    dyes = dyes.scaled(1.0 + 0.16 * spot.grain + 0.2 * spot.cloud);
    // The border between two cells, then the basement membrane.
    let [nearest, second] = spot.nearest;
    let border = smooth_step(0.8, 0.1, 0.5 * (second - nearest))
        * smooth_step(CELL_REACH, CELL_REACH - 4.0, nearest);
    dyes = dyes.mixed(Dyes::new(0.14, 0.66), 0.55 * border);
    let membrane = smooth_step(1.4, 0.2, depth) * (1.0 - 0.6 * malignancy);
    dyes = dyes.mixed(Dyes::new(0.12, 0.72), 0.6 * membrane);
    if epithelium.necrosis > 0.0 {
        dyes = dyes.mixed(necrotic(spot), epithelium.necrosis);
    }
    // The brush border, then the lumen.
    let lumen = epithelium.lumen + 0.25 * spot.grain;
    let brush = smooth_step(-1.8, -0.4, lumen);
    dyes = dyes.mixed(Dyes::new(0.16, 0.6), 0.45 * brush);
    let secretion = Dyes::new(0.015, 0.035 + 0.03 * spot.grain.max(0.0));
    dyes.mixed(secretion, smooth_step(-0.5, 0.5, lumen))
}

/// Pink, grainy remains.
fn necrotic(spot: &Spot) -> Dyes {
    let debris = smooth_step(0.3, 0.6, 0.7 * spot.grain + 0.8 * spot.cloud - 0.25);
    Dyes::new(
        0.1 + 0.75 * debris,
        0.6 + 0.2 * spot.cloud + 0.12 * spot.grain,
    )
}
