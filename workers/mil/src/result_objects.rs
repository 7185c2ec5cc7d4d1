//! What a task leaves in storage: the heatmaps, then the prediction.

use anyhow::{Context, Result};
use flow::{
    CovariateRevision, Heatmap, HeatmapLayer, ObjectKey, Prediction, ResultName, SlideId, TaskRef,
};
use mil::Task;
use store::Store;

use crate::scored::Scored;

/// Which result the task gives of a slide with these covariates.
pub(crate) fn result_name(task: &Task, covariates: CovariateRevision) -> ResultName {
    let TaskRef { id, version, .. } = task.reference();
    ResultName {
        encoder: task.encoder_hash(),
        task: id.clone(),
        version: version.clone(),
        covariates: task.file().covariates.is_some().then_some(covariates),
    }
}

pub(crate) async fn stored_prediction(
    store: &Store,
    slide: SlideId,
    name: &ResultName,
) -> Result<Option<Prediction>> {
    let key = ObjectKey::Prediction(slide, name.clone());
    let stored = store.find(&key).await?;
    let prediction = stored.map(|bytes| serde_json::from_slice(&bytes));
    prediction
        .transpose()
        .context("the stored prediction cannot be read")
}

pub(crate) async fn put_heatmaps(store: &Store, name: &ResultName, scored: &Scored) -> Result<()> {
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
        let values = match layer {
            HeatmapLayer::Attention => &attention,
            HeatmapLayer::Tile => &scores.tile_probability,
            HeatmapLayer::LeaveOut => &explanation.leave_out,
            HeatmapLayer::Neighbourhood => &explanation.neighbourhood,
        };
        let heatmap = Heatmap::lay(
            &bag.header,
            cells.iter().copied().zip(values.iter().copied()),
        );
        let key = ObjectKey::Heatmap(bag.header.slide, name.clone(), layer);
        store.put(&key, heatmap.encode().into()).await?;
    }
    Ok(())
}

pub(crate) async fn put_prediction(store: &Store, prediction: &Prediction) -> Result<()> {
    let json = serde_json::to_vec(prediction)?;
    let key = ObjectKey::Prediction(prediction.slide, prediction.name());
    store.put(&key, json.into()).await?;
    Ok(())
}
