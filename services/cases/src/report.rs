use catalog::{Catalog, CatalogError};
use flow::{Prediction, SlideId, SlideStatus, StageTiming};
use serde::Serialize;

use crate::slide_view::reason_text;
use crate::task_failures::TaskFailureView;

/// Everything known of a slide's result, with its evidence: what `coverslip analyze` prints.
#[derive(Debug, Serialize)]
pub struct SlideReport {
    pub slide: SlideId,
    pub status: SlideStatus,
    /// Why there is no result, in words.
    pub reason: Option<String>,
    /// What each stage took.
    pub timings: Vec<StageTiming>,
    /// Tasks that are services and gave no result.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub task_failures: Vec<TaskFailureView>,
    /// The latest result, its fields beside the others.
    #[serde(flatten)]
    pub prediction: Option<Prediction>,
}

/// What the catalog knows of the slide and its latest result.
///
/// # Errors
/// If the slide is not in the catalog or the catalog does not answer.
pub async fn report(catalog: &Catalog, slide: SlideId) -> Result<SlideReport, CatalogError> {
    let row = catalog.known_slide(slide).await?;
    let failures = catalog.task_failures(slide).await?.into_iter();
    Ok(SlideReport {
        slide,
        reason: reason_text(&row.status),
        status: row.status,
        timings: row.timings,
        task_failures: failures.map(TaskFailureView::from).collect(),
        prediction: catalog.predictions(slide).await?.into_iter().next(),
    })
}
