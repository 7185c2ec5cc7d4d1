use axum::extract::State;
use flow::{Prediction, SlideId, TaskId};
use http::{Access, ApiError, Json, Path};
use serde::Serialize;

use crate::CasesState;
use crate::sightings::{Looking, Subject};

#[derive(Debug, Serialize)]
pub(crate) struct Predictions {
    predictions: Vec<Prediction>,
}

/// Every result of a slide, the latest of each task first.
pub(crate) async fn all(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<SlideId>,
) -> Result<Json<Predictions>, ApiError> {
    state.slide(id).await?;
    state.first_read.require(&access, id).await?;
    note_seen(&state, &access, id).await?;
    let predictions = state.deps.catalog.predictions(id).await?;
    Ok(Json(Predictions { predictions }))
}

/// The latest result of one task.
pub(crate) async fn of_task(
    State(state): State<CasesState>,
    access: Access,
    Path((id, task)): Path<(SlideId, TaskId)>,
) -> Result<Json<Prediction>, ApiError> {
    state.slide(id).await?;
    state.first_read.require(&access, id).await?;
    note_seen(&state, &access, id).await?;
    let predictions = state.deps.catalog.predictions(id).await?;
    let latest = predictions
        .into_iter()
        .find(|prediction| prediction.task.id == task);
    latest
        .map(Json)
        .ok_or_else(|| ApiError::not_found(format!("slide {id} has no result of the task {task}")))
}

async fn note_seen(state: &CasesState, access: &Access, id: SlideId) -> Result<(), ApiError> {
    let (looking, seen) = (Looking::Results, vec![Subject::Slide(id)]);
    state.sightings.note(access, looking, seen).await
}
