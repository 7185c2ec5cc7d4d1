use axum::extract::State;
use catalog::{AuditAction, Role};
use flow::SlideId;
use http::{Access, ApiError, Json, Path};
use serde_json::Value;
use step::StopError;

use crate::slide_view::SlideView;
use crate::{CasesDeps, CasesState};

/// Stops the analysis of a slide that is being read.
pub(crate) async fn stop(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<SlideId>,
) -> Result<Json<SlideView>, ApiError> {
    may_decide(&access)?;
    step::stop_analysis(&state.deps.catalog, id)
        .await
        .map_err(refused)?;
    state
        .note(&access, id, AuditAction::AnalysisStopped, Value::Null)
        .await?;
    SlideView::now(&state, &access, id).await
}

/// Lets a stopped analysis go on.
pub(crate) async fn resume(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<SlideId>,
) -> Result<Json<SlideView>, ApiError> {
    may_decide(&access)?;
    let CasesDeps { catalog, queue, .. } = &state.deps;
    step::resume_analysis(catalog, queue, id)
        .await
        .map_err(refused)?;
    state
        .note(&access, id, AuditAction::AnalysisResumed, Value::Null)
        .await?;
    SlideView::now(&state, &access, id).await
}

fn may_decide(access: &Access) -> Result<(), ApiError> {
    access.require_any(&[Role::Pathologist, Role::Engineer])
}

fn refused(error: StopError) -> ApiError {
    match error {
        StopError::NotUnderWay { .. } | StopError::NotStopped { .. } => {
            ApiError::conflict(error.to_string())
        }
        StopError::Catalog(error) => error.into(),
        StopError::Queue(error) => ApiError::internal(error),
    }
}
