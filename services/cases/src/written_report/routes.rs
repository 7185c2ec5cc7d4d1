use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use catalog::{AuditAction, Role};
use flow::{CaseId, SlideId};
use http::{Access, ApiError, Path};
use report::{Report, ReportError};
use serde_json::json;

use super::whole;
use crate::CasesState;

/// Nothing of the page may be fetched, run or framed; its pictures and its style stand in it.
const POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router<CasesState> {
    Router::new()
        .route("/api/v1/slides/{id}/report.html", get(slide_html))
        .route("/api/v1/slides/{id}/report.pdf", get(slide_pdf))
        .route("/api/v1/cases/{id}/report.html", get(case_html))
        .route("/api/v1/cases/{id}/report.pdf", get(case_pdf))
}

async fn slide_html(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<SlideId>,
) -> Result<Response, ApiError> {
    let report = of_slide(&state, &access, id, "html").await?;
    html(report).await
}

async fn slide_pdf(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<SlideId>,
) -> Result<Response, ApiError> {
    let report = of_slide(&state, &access, id, "pdf").await?;
    pdf(&state, report, &format!("slide-{id}")).await
}

async fn case_html(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<CaseId>,
) -> Result<Response, ApiError> {
    let report = of_case(&state, &access, id, "html").await?;
    html(report).await
}

async fn case_pdf(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<CaseId>,
) -> Result<Response, ApiError> {
    let report = of_case(&state, &access, id, "pdf").await?;
    pdf(&state, report, &format!("case-{id}")).await
}

/// Puts on record who had it made before it is shown.
async fn of_slide(
    state: &CasesState,
    access: &Access,
    id: SlideId,
    form: &str,
) -> Result<Report, ApiError> {
    access.require(Role::Pathologist)?;
    let _place = state.place_for_report().await;
    let report = whole::of_slide(state, access, id).await?;
    let (action, detail) = (AuditAction::ReportMade, json!({ "form": form }));
    state.note(access, id, action, detail).await?;
    Ok(report)
}

async fn of_case(
    state: &CasesState,
    access: &Access,
    id: CaseId,
    form: &str,
) -> Result<Report, ApiError> {
    access.require(Role::Pathologist)?;
    let _place = state.place_for_report().await;
    let report = whole::of_case(state, access, id).await?;
    let detail = json!({ "case": id, "form": form });
    let action = AuditAction::ReportMade;
    state.record(access, action, None, detail).await?;
    Ok(report)
}

async fn html(report: Report) -> Result<Response, ApiError> {
    let page = tokio::task::spawn_blocking(move || report::html(&report));
    let page = page.await.map_err(ApiError::internal)?;
    let policy = HeaderValue::from_static(POLICY);
    let mut headers = private("text/html; charset=utf-8");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok((headers, page).into_response())
}

async fn pdf(state: &CasesState, report: Report, name: &str) -> Result<Response, ApiError> {
    let fonts = state.report_fonts.clone();
    let file = tokio::task::spawn_blocking(move || report::pdf(&report, &fonts));
    let file = file.await.map_err(ApiError::internal)?.map_err(refused)?;
    let mut headers = private("application/pdf");
    let name = HeaderValue::try_from(format!("inline; filename=\"{name}.pdf\""));
    headers.insert(
        header::CONTENT_DISPOSITION,
        name.map_err(ApiError::internal)?,
    );
    Ok((headers, file).into_response())
}

/// It names a patient, and is as the slide stands now.
fn private(content_type: &'static str) -> HeaderMap {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    headers.into_iter().collect()
}

fn refused(error: ReportError) -> ApiError {
    match error {
        ReportError::NoGlyph { .. } => ApiError::not_acceptable(error.to_string()),
        other => ApiError::internal(other),
    }
}
