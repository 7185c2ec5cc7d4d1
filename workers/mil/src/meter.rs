use catalog::{Catalog, CatalogError, MeteredKind, NewMeteredWork};
use chrono::Utc;
use flow::Prediction;

/// Counts a slide that a task scored, if it was not counted before.
pub(crate) async fn meter(
    catalog: &Catalog,
    kind: MeteredKind,
    prediction: &Prediction,
    seconds: Option<f64>,
) -> Result<(), CatalogError> {
    let Prediction { slide, task, .. } = prediction;
    let work = NewMeteredWork {
        slide: *slide,
        kind,
        name: task.id.to_string(),
        version: Some(task.version.clone()),
        model: task.hash,
        n_tiles: prediction.n_instances,
        seconds,
        done_at: Utc::now(),
    };
    step::meter(catalog, &work).await
}
