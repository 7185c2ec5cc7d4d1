use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use catalog::{AnnotationRow, AuditAction, NewAnnotation, Role};
use flow::{AnnotationId, SlideId};
use http::{Access, ApiError, Json, Path};
use serde_json::json;

use super::feature::{DrawnFeature, Feature, FeatureCollection};
use crate::CasesState;
use crate::state::Scale;

/// A body with as many positions as are taken, written at length.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// Annotations of one slide; more are no longer drawn by people.
const MOST_ANNOTATIONS: usize = 2_000;

pub(crate) fn routes() -> Router<CasesState> {
    Router::new()
        .route("/api/v1/slides/{id}/annotations", get(list))
        .route(
            "/api/v1/slides/{id}/annotations/{annotation}",
            get(one).put(save).delete(remove),
        )
        .route(
            "/api/v1/slides/{id}/annotations/{annotation}/versions",
            get(versions),
        )
        .layer(DefaultBodyLimit::max(MOST_BYTES))
}

async fn list(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<SlideId>,
) -> Result<Json<FeatureCollection>, ApiError> {
    may_look(&access)?;
    let scale = scale(&state, id).await?;
    let rows = state.deps.catalog.annotations(id).await?;
    let (action, detail) = (
        AuditAction::AnnotationsSeen,
        json!({ "n_read": rows.len() }),
    );
    state.note(&access, id, action, detail).await?;
    Ok(Json(FeatureCollection::of(id, scale, rows)?))
}

async fn one(
    State(state): State<CasesState>,
    access: Access,
    Path((id, annotation)): Path<(SlideId, AnnotationId)>,
) -> Result<Json<DrawnFeature>, ApiError> {
    may_look(&access)?;
    let newest = known(&state, id, annotation).await?.pop();
    let feature = newest.map(DrawnFeature::of).transpose()?.flatten();
    note_seen(&state, &access, id, annotation).await?;
    feature.map(Json).ok_or_else(|| nothing(annotation))
}

/// Every version that was drawn, the first one first.
async fn versions(
    State(state): State<CasesState>,
    access: Access,
    Path((id, annotation)): Path<(SlideId, AnnotationId)>,
) -> Result<Json<FeatureCollection>, ApiError> {
    may_look(&access)?;
    let scale = scale(&state, id).await?;
    let rows = known(&state, id, annotation).await?;
    note_seen(&state, &access, id, annotation).await?;
    Ok(Json(FeatureCollection::of(id, scale, rows)?))
}

/// Saves a new annotation, under an id that the sender chooses at random, or the next version.
async fn save(
    State(state): State<CasesState>,
    access: Access,
    Path((id, annotation)): Path<(SlideId, AnnotationId)>,
    Json(feature): Json<Feature>,
) -> Result<impl IntoResponse, ApiError> {
    access.require(Role::Pathologist)?;
    let size = scale(&state, id).await?.size;
    let check = feature.geometry.check(size);
    check.map_err(|error| ApiError::unprocessable(error.to_string()))?;
    let before = state.deps.catalog.annotation(id, annotation).await?;
    if before.is_empty() {
        ensure_room(&state, id).await?;
    }
    let body = serde_json::to_value(feature).map_err(ApiError::internal)?;
    let new = NewAnnotation {
        slide: id,
        id: annotation,
        author: access.name().to_owned(),
        body: Some(body),
    };
    let version = state.deps.catalog.save_annotation(&new).await?;
    let status = match version {
        1 => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    let newest = known(&state, id, annotation).await?.pop();
    let feature = newest.map(DrawnFeature::of).transpose()?.flatten();
    let feature = feature.ok_or_else(|| nothing(annotation))?;
    Ok((status, Json(feature)))
}

/// Earlier versions are kept.
async fn remove(
    State(state): State<CasesState>,
    access: Access,
    Path((id, annotation)): Path<(SlideId, AnnotationId)>,
) -> Result<StatusCode, ApiError> {
    access.require(Role::Pathologist)?;
    let newest = known(&state, id, annotation).await?.pop();
    if newest.is_some_and(|newest| newest.body.is_none()) {
        return Ok(StatusCode::NO_CONTENT);
    }
    let new = NewAnnotation {
        slide: id,
        id: annotation,
        author: access.name().to_owned(),
        body: None,
    };
    state.deps.catalog.save_annotation(&new).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn may_look(access: &Access) -> Result<(), ApiError> {
    access.require_any(&[Role::Pathologist, Role::Lis])
}

async fn scale(state: &CasesState, id: SlideId) -> Result<Scale, ApiError> {
    state.slide(id).await?;
    state.scale(id).await.ok_or_else(|| {
        ApiError::conflict(format!(
            "slide {id} is not tiled yet: there is nothing to draw on"
        ))
    })
}

async fn note_seen(
    state: &CasesState,
    access: &Access,
    id: SlideId,
    annotation: AnnotationId,
) -> Result<(), ApiError> {
    let detail = json!({ "annotation": annotation });
    let action = AuditAction::AnnotationsSeen;
    state.note(access, id, action, detail).await
}

async fn ensure_room(state: &CasesState, id: SlideId) -> Result<(), ApiError> {
    let n_there = state.deps.catalog.annotations(id).await?.len();
    match n_there < MOST_ANNOTATIONS {
        true => Ok(()),
        false => Err(ApiError::conflict(format!(
            "the slide has {n_there} annotations, and no more than {MOST_ANNOTATIONS} are kept: \
             remove some first"
        ))),
    }
}

/// Every version, of which there is one at least.
async fn known(
    state: &CasesState,
    id: SlideId,
    annotation: AnnotationId,
) -> Result<Vec<AnnotationRow>, ApiError> {
    state.slide(id).await?;
    let rows = state.deps.catalog.annotation(id, annotation).await?;
    match rows.is_empty() {
        true => Err(nothing(annotation)),
        false => Ok(rows),
    }
}

fn nothing(annotation: AnnotationId) -> ApiError {
    ApiError::not_found(format!("the slide has no annotation {annotation}"))
}
