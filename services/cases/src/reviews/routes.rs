use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use catalog::{AddedReview, AuditAction, NewReview, ReviewRow, Role};
use flow::SlideId;
use http::{Access, ApiError, Json, Path};
use serde::Serialize;
use serde_json::json;

use super::request::ReviewRequest;
use super::view::ReviewView;
use crate::CasesState;

pub(crate) fn routes() -> Router<CasesState> {
    Router::new().route("/api/v1/slides/{id}/reviews", get(list).post(add))
}

#[derive(Debug, Serialize)]
struct Reviews {
    reviews: Vec<ReviewView>,
}

/// All that was said of a slide, what was amended too, in its order. Others' words tell of the AI,
/// so the first read comes before them.
async fn list(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<SlideId>,
) -> Result<Json<Reviews>, ApiError> {
    access.require_any(&[Role::Pathologist, Role::Lis])?;
    state.slide(id).await?;
    state.first_read.require(&access, id).await?;
    let rows = state.deps.catalog.reviews(id).await?;
    let (action, detail) = (AuditAction::ReviewsSeen, json!({ "n_read": rows.len() }));
    state.note(&access, id, action, detail).await?;
    let reviews = rows.into_iter().map(ReviewView::from).collect();
    Ok(Json(Reviews { reviews }))
}

/// Puts on record what the person who asks says.
async fn add(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<SlideId>,
    Json(request): Json<ReviewRequest>,
) -> Result<impl IntoResponse, ApiError> {
    access.require_person(Role::Pathologist)?;
    state.slide(id).await?;
    let blind = state.first_read.hides(&access, id).await?;
    if !request.is_impression() {
        state.first_read.require(&access, id).await?;
    }
    let before = state.deps.catalog.reviews(id).await?;
    let amends = request.amends();
    if let Some(number) = amends {
        let amended = before.iter().find(|review| review.number == number);
        may_amend(amended, &access, request.is_impression())?;
    }
    let predictions = state.deps.catalog.predictions(id).await?;
    let review = NewReview {
        slide: id,
        reviewer: access.name().to_owned(),
        opinion: request.opinion(blind, &predictions)?,
        amends,
    };
    let number = match state.deps.catalog.add_review(&review).await? {
        AddedReview::Done(number) => number,
        AddedReview::AmendedBefore => return Err(amended_before()),
    };
    let after = state.deps.catalog.reviews(id).await?;
    let added = after.into_iter().find(|row| row.number == number);
    let added = added.ok_or_else(|| ApiError::internal("a review that was added is not there"))?;
    Ok((StatusCode::CREATED, Json(ReviewView::from(added))))
}

/// People amend what they said themselves, and an impression stays one.
fn may_amend(
    amended: Option<&ReviewRow>,
    access: &Access,
    is_impression: bool,
) -> Result<(), ApiError> {
    let amended = amended.ok_or_else(|| {
        ApiError::conflict("the slide has no review of that number: list them and look again")
    })?;
    if amended.reviewer != access.name() {
        return Err(ApiError::forbidden(
            "a review is amended by whoever wrote it: write one of your own",
        ));
    }
    match amended.opinion.result().is_none() == is_impression {
        true => Ok(()),
        false => Err(ApiError::conflict(
            "an impression is amended by an impression, a judgement by a judgement",
        )),
    }
}

fn amended_before() -> ApiError {
    ApiError::conflict("that review was amended before: list them, and amend the newest")
}
