use std::collections::HashSet;
use std::sync::Arc;

use catalog::{Catalog, IsoWeek, ObservedSketch};
use drift::{Discrepancy, FEWEST_SLIDES, discrepancy};
use flow::{EmbeddingSketch, Sha256Digest, SlideId};
use tokio::task::spawn_blocking;

use super::LookError;
use super::scanner_name;

/// How far the slides of a scanner and week lie from those of the reference.
pub(super) async fn distance(
    catalog: &Catalog,
    model: Sha256Digest,
    (scanner, week): (&str, IsoWeek),
    slides: &HashSet<SlideId>,
    reference: Arc<[EmbeddingSketch]>,
) -> Result<Option<Discrepancy>, LookError> {
    if slides.len() < FEWEST_SLIDES || reference.len() < FEWEST_SLIDES {
        return Ok(None);
    }
    let sketches = catalog.sketches(model, week.start(), week.end()).await?;
    let is_mine = |one: &ObservedSketch| {
        scanner_name(one.scanner.as_deref()) == scanner && slides.contains(&one.slide)
    };
    let recent = sketches.into_iter().filter(is_mine).map(|one| one.sketch);
    let recent: Vec<EmbeddingSketch> = recent.collect();
    Ok(spawn_blocking(move || discrepancy(&reference, &recent)).await?)
}
