//! What a task leaves in storage: the heatmaps, then the prediction.

use anyhow::{Context, Result};
use flow::{HeatmapLayer, ObjectKey, Prediction, SlideId};
use mil::Task;
use store::{Store, StoreError};

use crate::heatmap;
use crate::scored::Scored;

pub(crate) async fn stored_prediction(
    store: &Store,
    slide: SlideId,
    task: &Task,
) -> Result<Option<Prediction>> {
    match store.get(&prediction_key(slide, task)).await {
        Ok(bytes) => {
            let prediction =
                serde_json::from_slice(&bytes).context("the stored prediction cannot be read")?;
            Ok(Some(prediction))
        }
        Err(StoreError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn put_heatmaps(store: &Store, task: &Task, scored: &Scored) -> Result<()> {
    let Scored {
        bag,
        scores,
        explanation,
        ..
    } = scored;
    // Attention sums to 1 over the bag; times the number of tiles, slides of any size compare.
    let n_tiles = bag.instances.len() as f32;
    let attention: Vec<f32> = scores.attention.iter().map(|a| a * n_tiles).collect();
    let cells = bag.cells();
    for layer in HeatmapLayer::ALL {
        let explained = explanation.as_ref();
        let values = match layer {
            HeatmapLayer::Attention => Some(&attention),
            HeatmapLayer::Tile => Some(&scores.tile_probability),
            HeatmapLayer::LeaveOut => explained.map(|explained| &explained.leave_out),
            HeatmapLayer::Neighbourhood => explained.map(|explained| &explained.neighbourhood),
        };
        let Some(values) = values else { continue };
        let heatmap = heatmap::lay(&bag.header, &cells, values);
        let key = heatmap_key(bag.header.slide, task, layer);
        store.put(&key, heatmap.encode().into()).await?;
    }
    Ok(())
}

pub(crate) async fn put_prediction(
    store: &Store,
    task: &Task,
    prediction: &Prediction,
) -> Result<()> {
    let json = serde_json::to_vec(prediction)?;
    store
        .put(&prediction_key(prediction.slide, task), json.into())
        .await?;
    Ok(())
}

fn prediction_key(slide: SlideId, task: &Task) -> ObjectKey {
    let name = task.reference();
    let encoder = task.encoder_hash();
    ObjectKey::Prediction(slide, encoder, name.id.clone(), name.version.clone())
}

fn heatmap_key(slide: SlideId, task: &Task, layer: HeatmapLayer) -> ObjectKey {
    let name = task.reference();
    let encoder = task.encoder_hash();
    ObjectKey::Heatmap(slide, encoder, name.id.clone(), name.version.clone(), layer)
}
