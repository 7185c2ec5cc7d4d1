//! What a task leaves in storage: the heatmaps, then the prediction.

use anyhow::{Context, Result};
use flow::{
    CovariateRevision, Heatmap, HeatmapLayer, ObjectKey, Prediction, ResultName, SlideId, TaskRef,
};
use mil::AnyTask;
use store::{Bag, Store};

/// Which result the task gives of a slide with these covariates.
pub(crate) fn result_name(task: &AnyTask, covariates: CovariateRevision) -> ResultName {
    let TaskRef { id, version, .. } = task.reference();
    ResultName {
        encoder: task.encoder_hash(),
        task: id.clone(),
        version: version.clone(),
        covariates: task.covariates().is_some().then_some(covariates),
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

/// One value a tile and layer.
pub(crate) async fn put_heatmaps(
    store: &Store,
    name: &ResultName,
    bag: &Bag,
    layers: &[(HeatmapLayer, &[f32])],
) -> Result<()> {
    let cells = bag.cells();
    for &(layer, values) in layers {
        let heatmap = Heatmap::lay(
            &bag.header,
            cells.iter().copied().zip(values.iter().copied()),
        );
        let key = ObjectKey::Heatmap(bag.header.slide, name.clone(), layer);
        store.put(&key, heatmap.encode().into()).await?;
    }
    Ok(())
}

/// Attention sums to 1 over the bag; times the number of tiles, slides of any size compare.
pub(crate) fn weights(attention: &[f32]) -> Vec<f32> {
    let n_tiles = attention.len() as f32;
    attention.iter().map(|share| share * n_tiles).collect()
}

pub(crate) async fn put_prediction(store: &Store, prediction: &Prediction) -> Result<()> {
    let json = serde_json::to_vec(prediction)?;
    let key = ObjectKey::Prediction(prediction.slide, prediction.name());
    store.put(&key, json.into()).await?;
    Ok(())
}
