use axum::extract::State;
use flow::SlideId;
use http::{Access, ApiError, Json, Path};

use super::MAY_KNOW;
use super::view::IdentityView;
use crate::CasesState;
use crate::sightings::{Looking, Subject};

/// What tells which slide a slide is, whether it waits or not.
pub(super) async fn one(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<SlideId>,
) -> Result<Json<IdentityView>, ApiError> {
    access.require_any(&MAY_KNOW)?;
    let slide = state.slide(id).await?;
    let (looking, seen) = (Looking::Reconciliation, vec![Subject::Slide(id)]);
    state.sightings.note(&access, looking, seen).await?;
    let found = state.deps.catalog.identity(id).await?;
    let view = IdentityView::of(&state, &access, slide, found).await?;
    Ok(Json(view))
}
