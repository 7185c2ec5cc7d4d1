//! What the laboratory orders.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use catalog::{NewOrder, OrderRow, OrderSender, Placed, Role};
use chrono::{DateTime, Utc};
use flow::{CaseId, OrderId};
use http::{Access, ApiError, Json, Query};
use serde::{Deserialize, Serialize};

use crate::sightings::{Looking, Subject};
use crate::{CasesDeps, CasesState};

const PAGE: u32 = 100;
/// Longest idempotency key, in characters.
const LONGEST_KEY: usize = 255;

pub(crate) fn routes() -> Router<CasesState> {
    Router::new().route("/api/v1/orders", post(place).get(list))
}

/// An order as the API shows it.
#[derive(Debug, Serialize)]
pub(crate) struct OrderView {
    id: OrderId,
    case: CaseId,
    #[serde(flatten)]
    order: NewOrder,
    ordered_by: String,
    ordered_at: DateTime<Utc>,
}

impl From<OrderRow> for OrderView {
    fn from(row: OrderRow) -> Self {
        Self {
            id: row.id,
            case: row.case,
            order: row.order,
            ordered_by: row.ordered_by,
            ordered_at: row.ordered_at,
        }
    }
}

/// 201 for a new order, 200 for one that was placed before.
async fn place(
    State(state): State<CasesState>,
    access: Access,
    headers: HeaderMap,
    Json(order): Json<NewOrder>,
) -> Result<impl IntoResponse, ApiError> {
    access.require_any(&[Role::Lis, Role::Pathologist])?;
    let sender = OrderSender {
        name: access.name().to_owned(),
        idempotency_key: idempotency_key(&headers)?,
    };
    let CasesDeps { catalog, queue, .. } = &state.deps;
    let placed = reading::place_order(catalog, queue, &order, &sender).await;
    let (status, row) = match placed? {
        Placed::New(row) => (StatusCode::CREATED, row),
        Placed::Known(row) => (StatusCode::OK, row),
        Placed::Refused(conflict) => return Err(ApiError::conflict(conflict.to_string())),
    };
    Ok((status, Json(OrderView::from(row))))
}

#[derive(Debug, Deserialize)]
struct ListQuery {
    after: Option<OrderId>,
    limit: Option<u32>,
}

#[derive(Debug, Serialize)]
struct OrderPage {
    orders: Vec<OrderView>,
    /// To be passed back as `after`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<OrderId>,
}

/// The newest first.
async fn list(
    State(state): State<CasesState>,
    access: Access,
    Query(query): Query<ListQuery>,
) -> Result<Json<OrderPage>, ApiError> {
    access.require_any(&[Role::Lis, Role::Pathologist])?;
    let limit = query.limit.unwrap_or(PAGE).clamp(1, PAGE);
    let rows = state.deps.catalog.orders(query.after, limit).await?;
    let of_cases = rows.iter().map(|row| Subject::Case(row.case)).collect();
    let looking = Looking::Orders;
    state.sightings.note(&access, looking, of_cases).await?;
    let is_full = rows.len() as u64 == u64::from(limit);
    let next = rows.last().filter(|_| is_full).map(|row| row.id);
    let orders = rows.into_iter().map(OrderView::from).collect();
    Ok(Json(OrderPage { orders, next }))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(key) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let key = key.to_str().ok().filter(|key| !key.is_empty());
    let key = key.filter(|key| key.len() <= LONGEST_KEY);
    let key = key.ok_or_else(|| {
        ApiError::bad_request(format!(
            "the Idempotency-Key is not valid: send 1 to {LONGEST_KEY} plain characters"
        ))
    })?;
    Ok(Some(key.to_owned()))
}
