use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use catalog::Role;
use chrono::{NaiveDate, Utc};
use http::{Accept, Access, ApiError, Json, Offer, Query};
use serde::{Deserialize, Serialize};

use super::{UsageBy, UsageSpan, UsageWork, to_csv, usage};
use crate::CasesState;

const FORMS: [Offer<Form>; 2] = [
    Offer::made(Form::Json, "application/json"),
    Offer::made(Form::Csv, "text/csv"),
];

pub(crate) fn routes() -> Router<CasesState> {
    Router::new().route("/api/v1/usage", get(read))
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Form {
    Json,
    Csv,
}

#[derive(Debug, Deserialize)]
struct Question {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    #[serde(default)]
    by: UsageBy,
    /// For whoever cannot send a header.
    format: Option<Form>,
}

#[derive(Debug, Serialize)]
struct Usage {
    from: NaiveDate,
    to: NaiveDate,
    by: UsageBy,
    work: Vec<UsageWork>,
}

async fn read(
    State(state): State<CasesState>,
    access: Access,
    accept: Accept,
    Query(question): Query<Question>,
) -> Result<Response, ApiError> {
    access.require(Role::Admin)?;
    let form = match question.format {
        Some(form) => form,
        None => accept.choose(&FORMS)?,
    };
    let Question { from, to, by, .. } = question;
    let span = UsageSpan::new(from, to, Utc::now().date_naive());
    let span = span.map_err(|wrong| ApiError::bad_request(wrong.to_string()))?;
    let work = usage(&state.deps.catalog, span, by).await?;
    Ok(match form {
        Form::Csv => {
            let kind = [(
                header::CONTENT_TYPE,
                "text/csv; charset=utf-8; header=present",
            )];
            (kind, to_csv(&work)).into_response()
        }
        Form::Json => Json(Usage {
            from: span.from(),
            to: span.to(),
            by,
            work,
        })
        .into_response(),
    })
}
