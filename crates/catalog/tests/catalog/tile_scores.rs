//! What the catalog remembers of a slide that is still being embedded.

use coverslip_catalog::{CatalogError, ScoredChunk, TileScore};
use flow::{Instance, ResultName, Sha256Digest};

use crate::both_kinds::kept_by_both;
use crate::place::{Place, TestResult};
use crate::samples::{id, new_slide};

kept_by_both! {
    tile_scores_are_noted_once_and_forgotten_with_their_slide
    a_slide_that_is_not_there_has_no_tile_scores
}

fn scored(slide: u8, task: &str, chunk: u32) -> Result<ScoredChunk, flow::FlowError> {
    let result = ResultName {
        encoder: Sha256Digest::of(b"encoder"),
        task: task.parse()?,
        version: "1.0.0".parse()?,
        covariates: None,
    };
    Ok(ScoredChunk {
        slide: id(slide),
        result,
        chunk,
    })
}

fn tiles(probability: f32) -> [TileScore; 2] {
    [0.1 + 0.2, 112.0].map(|x_um| TileScore {
        at: Instance { x_um, y_um: 7.5 },
        probability,
    })
}

async fn tile_scores_are_noted_once_and_forgotten_with_their_slide(place: Place) -> TestResult {
    let catalog = place.open().await?;
    for slide in [1, 2] {
        catalog.register(new_slide(slide)).await?;
    }
    let all = [scored(1, "a", 0)?, scored(1, "a", 3)?, scored(1, "b", 1)?];
    for chunk in all.iter().rev() {
        catalog.note_tile_scores(chunk, &tiles(0.1)).await?;
    }
    catalog.note_tile_scores(&all[0], &tiles(0.9)).await?;
    let other = scored(2, "a", 0)?;
    catalog.note_tile_scores(&other, &tiles(0.3)).await?;
    assert_eq!(catalog.scored_chunks(id(1)).await?, all);
    assert_eq!(
        catalog.tile_scores(&all[0]).await?,
        tiles(0.1),
        "the first ones stay"
    );
    catalog.forget_tile_scores(id(1)).await?;
    assert_eq!(catalog.scored_chunks(id(1)).await?, []);
    assert_eq!(catalog.tile_scores(&all[0]).await?, []);
    assert_eq!(catalog.tile_scores(&other).await?, tiles(0.3));
    Ok(())
}

async fn a_slide_that_is_not_there_has_no_tile_scores(place: Place) -> TestResult {
    let catalog = place.open().await?;
    let noted = catalog
        .note_tile_scores(&scored(9, "a", 0)?, &tiles(0.5))
        .await;
    assert!(matches!(noted, Err(CatalogError::UnknownSlide { .. })));
    Ok(())
}
