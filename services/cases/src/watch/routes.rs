use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use catalog::{ClosedAlert, Role};
use chrono::Utc;
use flow::{ModelAlertId, Sha256Digest};
use http::{Access, ApiError, Json, Path, Query};
use serde::{Deserialize, Serialize};

use super::alert_view::AlertView;
use super::reference_request::{Closing, NewReference};
use super::{
    KnownDrift, KnownSubgroups, LookError, NoReference, choose_reference, drift_of, look_at_drift,
    look_at_subgroups, subgroups_of,
};
use crate::CasesState;

/// Alerts in one answer.
const MOST_ALERTS: u32 = 500;

pub(crate) fn routes() -> Router<CasesState> {
    Router::new()
        .route("/api/v1/models/{hash}/drift", get(drift).post(look))
        .route("/api/v1/models/{hash}/reference", post(refer))
        .route(
            "/api/v1/models/{hash}/subgroups",
            get(subgroups).post(measure),
        )
        .route("/api/v1/alerts", get(alerts))
        .route("/api/v1/alerts/{id}/close", post(close))
}

async fn drift(
    State(state): State<CasesState>,
    access: Access,
    Path(hash): Path<Sha256Digest>,
) -> Result<Json<KnownDrift>, ApiError> {
    access.require(Role::Engineer)?;
    told(&state, hash).await
}

/// Looks at once.
async fn look(
    State(state): State<CasesState>,
    access: Access,
    Path(hash): Path<Sha256Digest>,
) -> Result<Json<KnownDrift>, ApiError> {
    access.require(Role::Engineer)?;
    let looked = look_at_drift(&state.deps.catalog, hash, Utc::now()).await;
    looked.map_err(not_looked)?;
    told(&state, hash).await
}

async fn told(state: &CasesState, hash: Sha256Digest) -> Result<Json<KnownDrift>, ApiError> {
    let known = drift_of(&state.deps.catalog, hash).await;
    Ok(Json(known.map_err(not_looked)?))
}

async fn subgroups(
    State(state): State<CasesState>,
    access: Access,
    Path(hash): Path<Sha256Digest>,
) -> Result<Json<KnownSubgroups>, ApiError> {
    access.require(Role::Engineer)?;
    let known = subgroups_of(&state.deps.catalog, hash).await;
    Ok(Json(known.map_err(not_looked)?))
}

/// Measures at once.
async fn measure(
    State(state): State<CasesState>,
    access: Access,
    Path(hash): Path<Sha256Digest>,
) -> Result<Json<KnownSubgroups>, ApiError> {
    access.require(Role::Engineer)?;
    let now = Utc::now();
    let found = look_at_subgroups(&state.deps.catalog, hash, now).await;
    Ok(Json(KnownSubgroups {
        looked_at: Some(now),
        found: Some(found.map_err(not_looked)?),
    }))
}

/// What counts as unchanged from now on is a person's word.
async fn refer(
    State(state): State<CasesState>,
    access: Access,
    Path(hash): Path<Sha256Digest>,
    Json(request): Json<NewReference>,
) -> Result<impl IntoResponse, ApiError> {
    access.require_person(Role::Engineer)?;
    let (selection, reason) = request.read()?;
    let by = (access.name(), reason.as_str());
    let stored = choose_reference(&state.deps.catalog, hash, selection, by).await;
    Ok((StatusCode::CREATED, Json(stored.map_err(not_stored)?)))
}

#[derive(Debug, Deserialize)]
struct AlertsQuery {
    model: Option<Sha256Digest>,
}

#[derive(Debug, Serialize)]
struct Alerts {
    alerts: Vec<AlertView>,
}

/// A person who asks has seen those that are open.
async fn alerts(
    State(state): State<CasesState>,
    access: Access,
    Query(query): Query<AlertsQuery>,
) -> Result<Json<Alerts>, ApiError> {
    access.require(Role::Engineer)?;
    let catalog = &state.deps.catalog;
    let mut alerts = catalog.model_alerts(query.model, MOST_ALERTS).await?;
    let person = access
        .require_person(Role::Engineer)
        .ok()
        .map(|()| access.name());
    for alert in &mut alerts {
        let is_open = alert.closed.is_none();
        if let Some(person) = person.filter(|person| is_open && !alert.is_seen_by(person)) {
            catalog.see_model_alert(person, alert.id).await?;
            *alert = catalog.model_alert(alert.id).await?;
        }
    }
    let alerts = alerts.into_iter().map(AlertView::from).collect();
    Ok(Json(Alerts { alerts }))
}

async fn close(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<ModelAlertId>,
    Json(request): Json<Closing>,
) -> Result<Json<AlertView>, ApiError> {
    access.require_person(Role::Engineer)?;
    let reason = request.read()?;
    let closed = state
        .deps
        .catalog
        .close_model_alert(access.name(), id, &reason);
    match closed.await? {
        ClosedAlert::Done(alert) => Ok(Json(alert.into())),
        ClosedAlert::Before(_) => Err(ApiError::conflict("somebody closed this alert before")),
    }
}

fn not_looked(error: LookError) -> ApiError {
    match error {
        LookError::NotATask => ApiError::conflict(error.to_string()),
        LookError::Catalog(error) => error.into(),
        LookError::Reference(error) => not_stored(error),
        LookError::Unreadable(_) | LookError::Measure(_) | LookError::BrokenOff(_) => {
            ApiError::internal(error)
        }
    }
}

fn not_stored(error: NoReference) -> ApiError {
    match error {
        NoReference::NotATask => ApiError::conflict(error.to_string()),
        NoReference::TooFew { .. } | NoReference::Backwards => {
            ApiError::unprocessable(error.to_string())
        }
        NoReference::Catalog(error) => error.into(),
        NoReference::Unreadable(_) => ApiError::internal(error),
    }
}
