use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use catalog::{Page, Role, SlideRow};
use flow::{Mpp, SlideId};
use http::{Access, ApiError, Json, Path, Query};
use serde::{Deserialize, Serialize};
use step::GiveMppError;

use crate::events::{Subject, events};
use crate::slide_view::SlideView;
use crate::{
    CasesDeps, CasesState, annotations, covariates, me, models, orders, patients, predictions,
    reconciliation, reviews, stop, task_failures, usage, watch, worklist, written_report,
};

/// Slides in one page of the list unless the caller asks for fewer.
const PAGE: u32 = 100;

/// All routes of this service, below `/api/v1`.
pub fn router(state: CasesState) -> Router {
    Router::new()
        .route("/api/v1/slides", get(list))
        .route("/api/v1/me", get(me::me))
        .route("/api/v1/events", get(all_events))
        .route("/api/v1/slides/{id}", get(one).patch(change))
        .route("/api/v1/slides/{id}/events", get(events_of_one))
        .route("/api/v1/slides/{id}/stop", post(stop::stop))
        .route("/api/v1/slides/{id}/resume", post(stop::resume))
        .route(
            "/api/v1/slides/{id}/covariates",
            get(covariates::read).put(covariates::give),
        )
        .route("/api/v1/slides/{id}/predictions", get(predictions::all))
        .route(
            "/api/v1/slides/{id}/predictions/{task}",
            get(predictions::of_task),
        )
        .route("/api/v1/slides/{id}/task-failures", get(task_failures::all))
        .merge(models::routes())
        .merge(usage::routes())
        .merge(watch::routes())
        .merge(orders::routes())
        .merge(worklist::routes())
        .merge(reconciliation::routes())
        .merge(patients::routes())
        .merge(reviews::routes())
        .merge(annotations::routes())
        .merge(written_report::routes())
        .with_state(state)
}

/// The first page of the list.
pub(crate) async fn newest(state: &CasesState) -> Result<Vec<SlideRow>, ApiError> {
    Ok(state
        .deps
        .catalog
        .slides(Page {
            after: None,
            limit: PAGE,
        })
        .await?)
}

#[derive(Debug, Deserialize)]
struct ListQuery {
    after: Option<SlideId>,
    limit: Option<u32>,
}

#[derive(Debug, Serialize)]
struct SlidePage {
    slides: Vec<SlideView>,
    /// To be passed back as `after`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<SlideId>,
}

async fn list(
    State(state): State<CasesState>,
    access: Access,
    Query(query): Query<ListQuery>,
) -> Result<Json<SlidePage>, ApiError> {
    let limit = query.limit.unwrap_or(PAGE).clamp(1, PAGE);
    let rows = state
        .deps
        .catalog
        .slides(Page {
            after: query.after,
            limit,
        })
        .await?;
    let is_full = rows.len() as u64 == u64::from(limit);
    let next = rows.last().filter(|_| is_full).map(|row| row.id);
    let shown = rows.iter().map(|row| row.id);
    SlideView::note_seen(&state, &access, shown).await?;
    let mut slides = Vec::with_capacity(rows.len());
    for row in rows {
        slides.push(SlideView::of(&state, row, &access).await?);
    }
    Ok(Json(SlidePage { slides, next }))
}

async fn one(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<SlideId>,
) -> Result<Json<SlideView>, ApiError> {
    let view = SlideView::now(&state, &access, id).await?;
    SlideView::note_seen(&state, &access, [id]).await?;
    Ok(view)
}

async fn all_events(State(state): State<CasesState>, access: Access) -> impl IntoResponse {
    events(state, Subject::Newest, access)
}

async fn events_of_one(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<SlideId>,
) -> Result<impl IntoResponse, ApiError> {
    state.slide(id).await?;
    Ok(events(state, Subject::One(id), access))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    mpp: Mpp,
}

/// Gives a held slide its mpp and sends it on its way.
async fn change(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<SlideId>,
    Json(Change { mpp }): Json<Change>,
) -> Result<Json<SlideView>, ApiError> {
    access.require_any(&[Role::Pathologist, Role::Scanner])?;
    state.slide(id).await?;
    let CasesDeps { catalog, queue, .. } = &state.deps;
    step::give_mpp(catalog, queue, access.name(), id, mpp)
        .await
        .map_err(refused)?;
    SlideView::now(&state, &access, id).await
}

fn refused(error: GiveMppError) -> ApiError {
    match error {
        GiveMppError::NotWaiting { .. } => ApiError::conflict(error.to_string()),
        GiveMppError::Catalog(error) => error.into(),
        GiveMppError::Queue(error) => ApiError::internal(error),
    }
}
