use flow::Mpp;
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::contour::{Ring, Samples, signed_area, surrounds};
use crate::point::Point;
use crate::{Grade, PhantomSpec, Scene};

/// Grid cells along a side of the slide in which the fields are sampled.
const CELLS: usize = 640;

/// What is known about a phantom because it was made so.
#[derive(Clone, Debug, PartialEq)]
pub struct GroundTruth {
    pub seed: u64,
    pub mpp: Mpp,
    /// `None` on a benign slide.
    pub grade: Option<Grade>,
    /// The share of the tissue area that did become tumour.
    pub tumour_fraction: f64,
    pub tumour: Vec<Polygon>,
    pub tissue: Vec<Polygon>,
}

/// A filled outline with holes, in pixels of level 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Polygon {
    pub outline: Vec<[f64; 2]>,
    pub holes: Vec<Vec<[f64; 2]>>,
}

impl GroundTruth {
    /// Traces the scene's outlines on a grid of 1/640 of the slide's side.
    pub fn of(scene: &Scene, spec: &PhantomSpec) -> Self {
        let step_um = spec.side_um() / CELLS as f64;
        let tissue = sample(step_um, |p| scene.anatomy.layout.depth(p));
        let tumour = sample(step_um, |p| scene.anatomy.tumour_depth(p));
        let tumour_fraction = tumour.n_inside() as f64 / tissue.n_inside().max(1) as f64;
        let pixels_per_cell = f64::from(spec.size) / CELLS as f64;
        Self {
            seed: spec.seed,
            mpp: spec.mpp,
            grade: (spec.tumour_fraction > 0.0).then_some(spec.grade),
            tumour_fraction,
            tumour: polygons(&tumour, pixels_per_cell),
            tissue: polygons(&tissue, pixels_per_cell),
        }
    }

    /// Is this place (pixels of level 0) within a tumour polygon?
    pub fn is_tumour(&self, x: f64, y: f64) -> bool {
        self.tumour.iter().any(|polygon| polygon.contains(x, y))
    }

    /// A GeoJSON (RFC 7946) collection as QuPath reads it: coordinates are pixels of level 0.
    pub fn to_geojson(&self) -> Value {
        let of_class = |polygons: &[Polygon], name: &str, colour: [u8; 3]| -> Vec<Value> {
            polygons
                .iter()
                .map(|polygon| self.feature(polygon, name, colour))
                .collect()
        };
        let mut features = of_class(&self.tissue, "Tissue", [0, 160, 0]);
        features.extend(of_class(&self.tumour, "Tumor", [200, 0, 0]));
        json!({
            "type": "FeatureCollection",
            "properties": self.properties(),
            "features": features,
        })
    }

    fn feature(&self, polygon: &Polygon, name: &str, colour: [u8; 3]) -> Value {
        let mut properties = self.properties();
        properties["objectType"] = json!("annotation");
        properties["classification"] = json!({ "name": name, "color": colour });
        json!({
            "type": "Feature",
            "geometry": { "type": "Polygon", "coordinates": polygon.rings() },
            "properties": properties,
        })
    }

    fn properties(&self) -> Value {
        json!({
            "seed": self.seed,
            "mpp": self.mpp,
            "grade": self.grade,
            "tumour_fraction": self.tumour_fraction,
        })
    }
}

impl Polygon {
    pub fn contains(&self, x: f64, y: f64) -> bool {
        surrounds(&self.outline, [x, y]) && !self.holes.iter().any(|hole| surrounds(hole, [x, y]))
    }

    /// Rings as GeoJSON has them: the outline first, first and last point equal.
    fn rings(&self) -> Vec<Ring> {
        std::iter::once(&self.outline)
            .chain(&self.holes)
            .map(|ring| ring.iter().chain(ring.first()).copied().collect())
            .collect()
    }
}

impl Samples {
    fn n_inside(&self) -> usize {
        self.values.iter().filter(|value| **value > 0.0).count()
    }
}

fn sample(step_um: f64, depth: impl Fn(Point) -> f32 + Sync) -> Samples {
    let columns = CELLS + 1;
    let place = |k: usize| (k as f64 * step_um) as f32;
    let values = (0..columns * columns)
        .into_par_iter()
        .map(|k| depth(Point::new(place(k % columns), place(k / columns))))
        .collect();
    Samples { columns, values }
}

fn polygons(samples: &Samples, pixels_per_cell: f64) -> Vec<Polygon> {
    let rings = samples.rings();
    let (outlines, holes): (Vec<Ring>, Vec<Ring>) =
        rings.into_iter().partition(|ring| signed_area(ring) > 0.0);
    let mut polygons: Vec<Polygon> = outlines
        .into_iter()
        .map(|outline| Polygon {
            outline,
            holes: Vec::new(),
        })
        .collect();
    for hole in holes {
        // The smallest outline around a hole is the one it is a hole of.
        let owner = polygons
            .iter_mut()
            .filter(|polygon| surrounds(&polygon.outline, hole[0]))
            .min_by(|a, b| signed_area(&a.outline).total_cmp(&signed_area(&b.outline)));
        if let Some(polygon) = owner {
            polygon.holes.push(hole);
        }
    }
    polygons
        .iter_mut()
        .for_each(|polygon| polygon.scale(pixels_per_cell));
    polygons
}

impl Polygon {
    /// Scales to pixels and rounds to tenths, which is finer than the grid by far.
    fn scale(&mut self, factor: f64) {
        for point in self
            .outline
            .iter_mut()
            .chain(self.holes.iter_mut().flatten())
        {
            *point = point.map(|place| (place * factor * 10.0).round() / 10.0);
        }
    }
}
