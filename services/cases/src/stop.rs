use axum::extract::State;
use catalog::{AuditAction, AuditEvent, Role};
use flow::SlideId;
use http::{Access, ApiError, Json, Path};
use serde_json::Value;
use step::StopError;

use crate::slide_view::{Eyes, SlideView};
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
    done(&state, &access, id, AuditAction::AnalysisStopped).await
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
    done(&state, &access, id, AuditAction::AnalysisResumed).await
}

fn may_decide(access: &Access) -> Result<(), ApiError> {
    access.require_any(&[Role::Pathologist, Role::Engineer])
}

async fn done(
    state: &CasesState,
    access: &Access,
    slide: SlideId,
    action: AuditAction,
) -> Result<Json<SlideView>, ApiError> {
    let event = AuditEvent {
        actor: access.name().to_owned(),
        action,
        slide: Some(slide),
        detail: Value::Null,
    };
    state.deps.catalog.audit(event).await?;
    let row = state.slide(slide).await?;
    Ok(Json(SlideView::of(state, row, Eyes::of(access)).await?))
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
