//! What is kept of each result, so that weeks of slides can be compared without their bags.

use anyhow::{Context, Result};
use catalog::{Catalog, NewObservation};
use chrono::{DateTime, Utc};
use drift::sketch;
use flow::{Abstention, EmbeddingSketch, Prediction};
use store::{Bag, Store};
use tokio::task::spawn_blocking;
use tracing::warn;

use crate::facts::slide_manifest;

/// Results that are looked at together.
const PAGE: u32 = 100;

/// What the slide and its bag add to what a task says.
pub(crate) struct Seen {
    pub(crate) scanner: Option<String>,
    /// `None` where it is kept already.
    pub(crate) sketch: Option<EmbeddingSketch>,
}

/// How many results of which nothing was kept are kept now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backfilled {
    pub n_kept: u64,
    /// Their slide or bag cannot be read.
    pub n_failed: u64,
}

/// Keeps what was not kept yet of results that are in the catalog, by what lies in storage.
///
/// # Errors
/// If the catalog does not answer. A slide that cannot be read is told in the log, and left out.
pub async fn backfill_observations(store: &Store, catalog: &Catalog) -> Result<Backfilled> {
    let mut done = Backfilled::default();
    let mut after = None;
    loop {
        let page = catalog.unobserved(after, PAGE).await?;
        for row in &page {
            match observe(store, catalog, &row.prediction, None, row.recorded_at).await {
                Ok(()) => done.n_kept += 1,
                Err(error) => {
                    done.n_failed += 1;
                    let error: &dyn std::error::Error = &*error;
                    let slide = row.prediction.slide;
                    warn!(error, slide.id = %slide, "nothing is compared of this slide");
                }
            }
        }
        let last = page.last().map(|row| &row.prediction);
        after = last.map(|last| (last.slide, last.task.hash));
        if after.is_none() {
            return Ok(done);
        }
    }
}

/// Keeps what is compared of a result; `None` of what is to be read from storage.
pub(crate) async fn observe(
    store: &Store,
    catalog: &Catalog,
    prediction: &Prediction,
    seen: Option<Seen>,
    scored_at: DateTime<Utc>,
) -> Result<()> {
    let seen = match seen {
        Some(seen) => seen,
        None => read(store, catalog, prediction).await?,
    };
    let abstention = prediction.abstention.as_ref();
    let has_figures = abstention.is_none_or(Abstention::leaves_figures);
    let observation = NewObservation {
        slide: prediction.slide,
        task: prediction.task.hash,
        encoder: prediction.encoder.hash,
        scanner: seen.scanner,
        score: has_figures.then_some(prediction.probability),
        abstained: abstention.is_some(),
        scored_at,
        sketch: seen.sketch,
    };
    Ok(catalog.observe(&observation).await?)
}

async fn read(store: &Store, catalog: &Catalog, prediction: &Prediction) -> Result<Seen> {
    let (slide, encoder) = (prediction.slide, prediction.encoder.hash);
    let is_kept = catalog.has_sketch(slide, encoder).await?;
    let sketch = match is_kept {
        true => None,
        false => {
            let bag = Bag::read(store, slide, encoder).await;
            let bag = bag.context("cannot read the slide's bag")?;
            spawn_blocking(move || sketch_of(&bag)).await?
        }
    };
    let scanner = slide_manifest(store, slide).await?.scanner;
    Ok(Seen { scanner, sketch })
}

pub(crate) fn sketch_of(bag: &Bag) -> Option<EmbeddingSketch> {
    sketch(&bag.embeddings, bag.header.dimension as usize)
}
