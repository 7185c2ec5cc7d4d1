use encoder::{Encoder, RgbTile};
use mil::Covariates;
use mil::train::{BagLabel, TrainingBag};
use phantom::PhantomSpec;
use rayon::prelude::*;

use super::sheet::{Corner, Sheet};
use crate::ShippedError;

/// Tiles painted and held at once.
const TILES_AT_ONCE: usize = 64;

/// Paints a phantom tile by tile and embeds it, with its true answer and the tumour's share of each
/// tile as evidence.
pub fn bag(spec: &PhantomSpec, encoder: &Encoder) -> Result<TrainingBag, ShippedError> {
    let sheet = Sheet::new(spec, encoder.config().input)?;
    let corners = sheet.tissue_tiles();
    let mut embeddings = Vec::with_capacity(corners.len() * encoder.dimension() as usize);
    for corners in corners.chunks(TILES_AT_ONCE) {
        embeddings.extend(embed(&sheet, corners, spec.jpeg_quality, encoder)?);
    }
    let label = match spec.tumour_fraction {
        0.0 => BagLabel::Negative,
        _ => BagLabel::Positive(Some(spec.grade.get())),
    };
    let evidence = corners.iter().map(|&corner| sheet.tumour_share(corner));
    Ok(TrainingBag {
        name: format!("phantom {}", spec.seed),
        embeddings,
        dimension: encoder.dimension(),
        label,
        covariates: Covariates::default(),
        evidence: Some(evidence.collect()),
    })
}

fn embed(
    sheet: &Sheet,
    corners: &[Corner],
    quality: u8,
    encoder: &Encoder,
) -> Result<Vec<f32>, ShippedError> {
    let paint = |&corner: &Corner| sheet.pixels(corner, quality);
    let painted: Vec<Vec<u8>> = corners.par_iter().map(paint).collect::<Result<_, _>>()?;
    let side = encoder.config().input.tile_px;
    let tiles: Vec<RgbTile<'_>> = painted
        .iter()
        .map(|pixels| RgbTile { pixels, side })
        .collect();
    Ok(encoder.embed(&tiles)?)
}
