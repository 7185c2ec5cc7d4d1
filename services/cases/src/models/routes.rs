use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use catalog::{AuditAction, ModelMove, ModelTarget, Moved, RegisteredModel, Role};
use flow::Sha256Digest;
use http::{Access, ApiError, Json, Path, Query};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::request::{Registration, RollingBack, Sending};
use super::view::WholeModelView;
use super::{ModelView, NotJudged, ShadowComparison, judged};
use crate::CasesState;

/// Slides of a comparison unless the caller asks for fewer or more.
const SLIDES: usize = 100;
const MOST_SLIDES: usize = 1_000;

pub(crate) fn routes() -> Router<CasesState> {
    Router::new()
        .route("/api/v1/models", get(list).post(register))
        .route("/api/v1/models/{hash}", get(one))
        .route("/api/v1/models/{hash}/evaluations", post(evaluate))
        .route("/api/v1/models/{hash}/state", post(send))
        .route("/api/v1/models/{hash}/rollback", post(roll_back))
        .route("/api/v1/models/{hash}/shadow", get(shadow))
}

#[derive(Debug, Serialize)]
struct Models {
    models: Vec<ModelView>,
}

async fn list(State(state): State<CasesState>, access: Access) -> Result<Json<Models>, ApiError> {
    access.require(Role::Engineer)?;
    let models = state.deps.catalog.models().await?;
    let models = models.into_iter().map(ModelView::from).collect();
    Ok(Json(Models { models }))
}

async fn register(
    State(state): State<CasesState>,
    access: Access,
    Json(request): Json<Registration>,
) -> Result<Response, ApiError> {
    access.require(Role::Engineer)?;
    let new = request.read()?;
    let registered = state.deps.catalog.register_model(access.name(), &new);
    let (status, row) = match registered.await? {
        RegisteredModel::New(row) => (StatusCode::CREATED, row),
        RegisteredModel::Known(row) if row.criteria.as_ref() == Some(&new.criteria) => {
            (StatusCode::OK, row)
        }
        RegisteredModel::Known(_) => {
            return Err(ApiError::conflict(
                "this model is registered with other criteria, which are never changed: bring a new \
                 version to have it judged by others",
            ));
        }
        RegisteredModel::OtherOfThisVersion => {
            return Err(ApiError::conflict(
                "another task of this id and version is registered: give this one a new version",
            ));
        }
    };
    Ok((status, Json(ModelView::from(row))).into_response())
}

async fn one(
    State(state): State<CasesState>,
    access: Access,
    Path(hash): Path<Sha256Digest>,
) -> Result<Json<WholeModelView>, ApiError> {
    access.require(Role::Engineer)?;
    let catalog = &state.deps.catalog;
    let row = catalog.model(hash).await?;
    Ok(Json(WholeModelView::of(catalog, row).await?))
}

/// Stores what `coverslip evaluate` measured, met or not.
async fn evaluate(
    State(state): State<CasesState>,
    access: Access,
    Path(hash): Path<Sha256Digest>,
    Json(report): Json<Value>,
) -> Result<impl IntoResponse, ApiError> {
    access.require(Role::Engineer)?;
    let catalog = &state.deps.catalog;
    let (evaluation, verdict) = judged(catalog, hash, report).await.map_err(not_judged)?;
    let number = catalog.add_model_evaluation(access.name(), &evaluation);
    let number = number.await?;
    let answer = json!({ "number": number, "verdict": verdict, "unmet": evaluation.unmet });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// What people get to see is decided by a person; a token may do all else.
async fn send(
    State(state): State<CasesState>,
    access: Access,
    Path(hash): Path<Sha256Digest>,
    Json(request): Json<Sending>,
) -> Result<Json<ModelView>, ApiError> {
    match request.state {
        ModelTarget::Active => access.require_person(Role::Engineer)?,
        ModelTarget::Shadow | ModelTarget::Retired => access.require(Role::Engineer)?,
    }
    let asked = ModelMove {
        model: hash,
        to: request.state,
        actor: access.name(),
        reason: request.reason()?,
    };
    moved(state.deps.catalog.move_model(&asked).await?)
}

/// Back to what was active before.
async fn roll_back(
    State(state): State<CasesState>,
    access: Access,
    Path(hash): Path<Sha256Digest>,
    Json(request): Json<RollingBack>,
) -> Result<Json<ModelView>, ApiError> {
    access.require(Role::Engineer)?;
    let catalog = &state.deps.catalog;
    let back = catalog.roll_back_model(hash, access.name(), request.reason()?);
    moved(back.await?)
}

#[derive(Debug, Deserialize)]
struct ComparisonQuery {
    limit: Option<usize>,
}

/// What a task in shadow would change.
async fn shadow(
    State(state): State<CasesState>,
    access: Access,
    Path(hash): Path<Sha256Digest>,
    Query(query): Query<ComparisonQuery>,
) -> Result<Json<ShadowComparison>, ApiError> {
    access.require(Role::Engineer)?;
    let mut comparison = ShadowComparison::of(&state.deps.catalog, hash).await?;
    let limit = query.limit.unwrap_or(SLIDES).clamp(1, MOST_SLIDES);
    comparison.slides.truncate(limit);
    // Who may judge slides sees none of the AI before their own read of it.
    let mut slides = Vec::with_capacity(comparison.slides.len());
    for one in comparison.slides {
        if !state.first_read.hides(&access, one.slide).await? {
            slides.push(one);
        }
    }
    comparison.slides = slides;
    let detail = json!({
        "model": hash,
        "slides": comparison.slides.iter().map(|one| one.slide).collect::<Vec<_>>(),
    });
    state
        .record(&access, AuditAction::ShadowSeen, None, detail)
        .await?;
    Ok(Json(comparison))
}

fn moved(moved: Moved) -> Result<Json<ModelView>, ApiError> {
    match moved {
        Moved::Done(row) => Ok(Json(ModelView::from(row))),
        Moved::Refused(refusal) => Err(ApiError::conflict(refusal.to_string())),
    }
}

fn not_judged(error: NotJudged) -> ApiError {
    match error {
        NotJudged::Catalog(error) => error.into(),
        NotJudged::Criteria(error) => ApiError::internal(error),
        NotJudged::NoCriteria => ApiError::conflict(error.to_string()),
        NotJudged::NotAnEvaluation(_)
        | NotJudged::OfNoTask
        | NotJudged::OfAnother(_)
        | NotJudged::OfAStranger(_) => ApiError::unprocessable(error.to_string()),
    }
}
