use axum::extract::State;
use catalog::{AuditAction, PrivateName};
use flow::CaseId;
use http::{Access, ApiError, Json, Path};
use serde::Deserialize;

use super::assembled::Assembled;
use super::case_view::CaseView;
use super::knows_patients;
use crate::CasesState;

/// One case with its slides, what they say together, and every signature.
pub(super) async fn read(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<CaseId>,
) -> Result<Json<CaseView>, ApiError> {
    knows_patients(&access)?;
    let view = now(&state, &access, id).await?;
    let action = AuditAction::CaseSeen;
    state.note_case(&access, id, action).await?;
    Ok(view)
}

/// The case as it stands, for whoever asks.
pub(super) async fn now(
    state: &CasesState,
    access: &Access,
    id: CaseId,
) -> Result<Json<CaseView>, ApiError> {
    let row = state.deps.catalog.known_case(id).await?;
    let case = Assembled::of(state, access, row).await?;
    Ok(Json(CaseView::of(state, access, &case).await?))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Assignment {
    /// The name on a person's login link; `null` for nobody.
    assignee: Option<PrivateName>,
}

/// Says who shall read the case.
pub(super) async fn assign(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<CaseId>,
    Json(Assignment { assignee }): Json<Assignment>,
) -> Result<Json<CaseView>, ApiError> {
    knows_patients(&access)?;
    let assignee = assignee.as_ref().map(PrivateName::reveal);
    let catalog = &state.deps.catalog;
    catalog.assign_case(access.name(), id, assignee).await?;
    now(&state, &access, id).await
}
