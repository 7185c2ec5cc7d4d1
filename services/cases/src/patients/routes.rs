use axum::Router;
use axum::extract::State;
use axum::routing::post;
use catalog::{AuditAction, PrivateName};
use http::{Access, ApiError, Json};
use serde::Deserialize;
use serde_json::json;

use super::view::PatientView;
use crate::CasesState;
use crate::worklist::{Assembled, knows_patients};

pub(crate) fn routes() -> Router<CasesState> {
    Router::new().route("/api/v1/patients/results", post(results))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    patient: PrivateName,
}

/// All cases of a patient. A POST, for a patient has no place in an address.
async fn results(
    State(state): State<CasesState>,
    access: Access,
    Json(Asked { patient }): Json<Asked>,
) -> Result<Json<PatientView>, ApiError> {
    knows_patients(&access)?;
    let rows = state.deps.catalog.cases_of_patient(&patient).await?;
    if rows.is_empty() {
        let advice = "no case names this patient; orders and slides say whose a case is";
        return Err(ApiError::not_found(advice));
    }
    let found: Vec<_> = rows.iter().map(|row| row.id).collect();
    let detail = json!({ "cases": found, "by": "patient" });
    state
        .record(&access, AuditAction::CaseSeen, None, detail)
        .await?;
    let mut cases = Vec::with_capacity(rows.len());
    for row in rows {
        cases.push(Assembled::of(&state, &access, row).await?);
    }
    let view = PatientView::of(&state, &access, patient, &cases).await?;
    Ok(Json(view))
}
