use axum::extract::State;
use catalog::{AuditAction, CasePage, CaseRow, CaseStanding, PrivateName};
use flow::CaseId;
use http::{Access, ApiError, Json, Query};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::assembled::Assembled;
use super::case_view::CaseView;
use super::knows_patients;
use super::reading_order::by_urgency;
use crate::CasesState;
use crate::sightings::{Looking, Subject};

/// Cases in one answer unless the caller asks for fewer.
const PAGE: u32 = 100;
/// Cases that one search finds.
const FOUND: u32 = 20;

#[derive(Debug, Default, Deserialize)]
pub(super) struct ListQuery {
    #[serde(default)]
    standing: Standing,
    after: Option<CaseId>,
    limit: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Standing {
    #[default]
    Open,
    Signed,
}

#[derive(Debug, Serialize)]
pub(super) struct CaseList {
    cases: Vec<CaseView>,
    /// To be passed back as `after`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<CaseId>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    /// How the accession number begins.
    accession: PrivateName,
}

/// What should be read first comes first, within the newest cases that are asked for.
pub(super) async fn worklist(
    State(state): State<CasesState>,
    access: Access,
    Query(query): Query<ListQuery>,
) -> Result<Json<CaseList>, ApiError> {
    let mut list = page(&state, &access, Looking::Worklist, query).await?;
    list.cases.sort_by(by_urgency);
    Ok(Json(list))
}

/// The newest first.
pub(super) async fn cases(
    State(state): State<CasesState>,
    access: Access,
    Query(query): Query<ListQuery>,
) -> Result<Json<CaseList>, ApiError> {
    Ok(Json(page(&state, &access, Looking::Cases, query).await?))
}

/// Finds cases, signed or not. A POST, for an accession number has no place in an address.
pub(super) async fn search(
    State(state): State<CasesState>,
    access: Access,
    Json(Search { accession }): Json<Search>,
) -> Result<Json<CaseList>, ApiError> {
    knows_patients(&access)?;
    let catalog = &state.deps.catalog;
    let rows = catalog.cases_by_accession(&accession, FOUND).await?;
    let found: Vec<_> = rows.iter().map(|row| row.id).collect();
    let (action, detail) = (
        AuditAction::CaseSeen,
        json!({ "cases": found, "by": "search" }),
    );
    state.record(&access, action, None, detail).await?;
    let cases = views(&state, &access, rows).await?;
    Ok(Json(CaseList { cases, next: None }))
}

async fn page(
    state: &CasesState,
    access: &Access,
    looking: Looking,
    query: ListQuery,
) -> Result<CaseList, ApiError> {
    knows_patients(access)?;
    let limit = query.limit.unwrap_or(PAGE).clamp(1, PAGE);
    let page = CasePage {
        standing: match query.standing {
            Standing::Open => CaseStanding::Open,
            Standing::Signed => CaseStanding::Signed,
        },
        after: query.after,
        limit,
    };
    let rows = state.deps.catalog.cases(page).await?;
    let is_full = rows.len() as u64 == u64::from(limit);
    let next = rows.last().filter(|_| is_full).map(|row| row.id);
    let shown = rows.iter().map(|row| Subject::Case(row.id)).collect();
    state.sightings.note(access, looking, shown).await?;
    let cases = views(state, access, rows).await?;
    Ok(CaseList { cases, next })
}

async fn views(
    state: &CasesState,
    access: &Access,
    rows: Vec<CaseRow>,
) -> Result<Vec<CaseView>, ApiError> {
    let mut cases = Vec::with_capacity(rows.len());
    for row in rows {
        let case = Assembled::of(state, access, row).await?;
        cases.push(CaseView::of(state, access, &case).await?);
    }
    Ok(cases)
}
