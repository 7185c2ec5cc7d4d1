use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// What is known of a phantom because it was painted so.
pub struct Truth {
    /// The tumour: each polygon with its outline, then its holes, in pixels of level 0.
    tumour: Vec<Vec<Ring>>,
}

type Ring = Vec<(f64, f64)>;

impl Truth {
    /// Of a painted slide with a tumour.
    pub fn beside(slide: &Path) -> Result<Self> {
        let truth: Value =
            serde_json::from_slice(&std::fs::read(slide.with_extension("geojson"))?)?;
        let features = truth["features"].as_array();
        let features = features.context("a feature collection")?.iter();
        let tumour = features
            .filter(|feature| feature["properties"]["classification"]["name"] == "Tumor")
            .map(|feature| rings(&feature["geometry"]["coordinates"]))
            .collect::<Result<Vec<_>>>()?;
        ensure!(!tumour.is_empty(), "the ground truth has no tumour");
        Ok(Self { tumour })
    }

    /// Whether there is tumour at a place, in pixels of level 0.
    pub fn is_tumour(&self, x: f64, y: f64) -> bool {
        let is_within = |rings: &Vec<Ring>| {
            let n_around = rings.iter().filter(|ring| surrounds(ring, x, y)).count();
            n_around % 2 == 1
        };
        self.tumour.iter().any(is_within)
    }
}

fn rings(polygon: &Value) -> Result<Vec<Ring>> {
    let rings = polygon.as_array().context("coordinates")?.iter();
    let ring = |ring: &Value| {
        let points = ring.as_array().context("a ring")?.iter();
        let point = |point: &Value| Some((point[0].as_f64()?, point[1].as_f64()?));
        points
            .map(|at| point(at).context("a position"))
            .collect::<Result<Ring>>()
    };
    rings.map(ring).collect()
}

/// Even-odd rule.
fn surrounds(ring: &Ring, x: f64, y: f64) -> bool {
    let edges = ring.iter().zip(ring.iter().cycle().skip(1));
    let crossings = edges.filter(|&(&(ax, ay), &(bx, by))| {
        (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax
    });
    crossings.count() % 2 == 1
}
