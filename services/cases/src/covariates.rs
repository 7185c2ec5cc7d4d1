use axum::extract::State;
use catalog::{AuditAction, Role};
use flow::{CovariateValues, GivenCovariates, SlideId};
use http::{Access, ApiError, Json, Path};
use serde_json::Value;
use step::GiveCovariatesError;

use crate::{CasesDeps, CasesState};

/// What is known of the slide beside its pixels.
pub(crate) async fn read(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<SlideId>,
) -> Result<Json<GivenCovariates>, ApiError> {
    knows_patients(&access)?;
    state.slide(id).await?;
    let action = AuditAction::CovariatesSeen;
    state.note(&access, id, action, Value::Null).await?;
    Ok(Json(state.deps.catalog.covariates(id).await?))
}

/// Puts what is known in place of what was, and has the slide scored by it.
pub(crate) async fn give(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<SlideId>,
    Json(values): Json<CovariateValues>,
) -> Result<Json<GivenCovariates>, ApiError> {
    knows_patients(&access)?;
    let CasesDeps { catalog, queue, .. } = &state.deps;
    let given = step::give_covariates(catalog, queue, access.name(), id, &values).await;
    Ok(Json(given.map_err(refused)?))
}

fn knows_patients(access: &Access) -> Result<(), ApiError> {
    access.require_any(&[Role::Pathologist, Role::Lis])
}

fn refused(error: GiveCovariatesError) -> ApiError {
    match error {
        GiveCovariatesError::Catalog(error) => error.into(),
        GiveCovariatesError::Queue(error) => ApiError::internal(error),
    }
}
