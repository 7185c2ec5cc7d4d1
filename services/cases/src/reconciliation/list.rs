use axum::extract::State;
use flow::SlideId;
use http::{Access, ApiError, Json, Query};
use serde::{Deserialize, Serialize};

use super::MAY_KNOW;
use super::view::IdentityView;
use crate::CasesState;
use crate::sightings::{Looking, Subject};

/// Slides in one answer unless the caller asks for fewer.
const PAGE: u32 = 100;

#[derive(Debug, Deserialize)]
pub(super) struct ListQuery {
    after: Option<SlideId>,
    limit: Option<u32>,
}

#[derive(Debug, Serialize)]
pub(super) struct ReconciliationList {
    slides: Vec<IdentityView>,
    /// To be passed back as `after`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<SlideId>,
}

/// Those that wait longest first.
pub(super) async fn list(
    State(state): State<CasesState>,
    access: Access,
    Query(query): Query<ListQuery>,
) -> Result<Json<ReconciliationList>, ApiError> {
    access.require_any(&MAY_KNOW)?;
    let limit = query.limit.unwrap_or(PAGE).clamp(1, PAGE);
    let rows = state.deps.catalog.to_reconcile(query.after, limit).await?;
    let is_full = rows.len() as u64 == u64::from(limit);
    let next = rows.last().filter(|_| is_full).map(|row| row.slide);
    let shown = rows.iter().map(|row| Subject::Slide(row.slide)).collect();
    let looking = Looking::Reconciliation;
    state.sightings.note(&access, looking, shown).await?;
    let mut slides = Vec::with_capacity(rows.len());
    for row in rows {
        let slide = state.slide(row.slide).await?;
        slides.push(IdentityView::of(&state, &access, slide, Some(row)).await?);
    }
    Ok(Json(ReconciliationList { slides, next }))
}
