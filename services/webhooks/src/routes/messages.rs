use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use catalog::{WebhookMessagePage, WebhookMessageState};
use flow::{WebhookId, WebhookMessageId};
use http::{Access, ApiError, Json, Path, Query};
use serde::{Deserialize, Serialize};

use super::view::DeliveryView;
use super::{WebhooksState, may_manage, nothing};
use crate::sender::message_id;

const PAGE: u32 = 100;

#[derive(Debug, Deserialize)]
pub(super) struct ListQuery {
    state: Option<Settled>,
    after: Option<String>,
    limit: Option<u32>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Settled {
    Pending,
    Delivered,
    Failed,
}

#[derive(Debug, Serialize)]
pub(super) struct Deliveries {
    deliveries: Vec<DeliveryView>,
    /// To be passed back as `after`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// The newest first.
pub(super) async fn list(
    State(state): State<WebhooksState>,
    access: Access,
    Path(id): Path<WebhookId>,
    Query(query): Query<ListQuery>,
) -> Result<Json<Deliveries>, ApiError> {
    may_manage(&access)?;
    state
        .catalog
        .webhook(id)
        .await?
        .ok_or_else(|| nothing(id))?;
    let limit = query.limit.unwrap_or(PAGE).clamp(1, PAGE);
    let page = WebhookMessagePage {
        webhook: id,
        state: query.state.map(WebhookMessageState::from),
        after: query.after.as_deref().map(parse).transpose()?,
        limit,
    };
    let messages = state.catalog.webhook_messages(page).await?;
    let is_full = messages.len() as u64 == u64::from(limit);
    let next = messages.last().filter(|_| is_full);
    let next = next.map(message_id);
    let deliveries = messages.into_iter().map(DeliveryView::from).collect();
    Ok(Json(Deliveries { deliveries, next }))
}

/// Has a message sent once more, by the whole schedule.
pub(super) async fn replay(
    State(state): State<WebhooksState>,
    access: Access,
    Path((id, message)): Path<(WebhookId, String)>,
) -> Result<impl IntoResponse, ApiError> {
    may_manage(&access)?;
    let message = parse(&message)?;
    let catalog = &state.catalog;
    let replayed = catalog.replay_webhook_message(access.name(), id, message);
    let replayed = replayed.await?.ok_or_else(|| {
        ApiError::not_found(format!("the webhook {id} has no delivery msg_{message}"))
    })?;
    Ok((StatusCode::CREATED, Json(DeliveryView::from(replayed))))
}

/// With or without the prefix that receivers see.
fn parse(text: &str) -> Result<WebhookMessageId, ApiError> {
    let id = text.strip_prefix("msg_").unwrap_or(text);
    id.parse::<WebhookMessageId>()
        .map_err(|error| ApiError::bad_request(error.to_string()))
}

impl From<Settled> for WebhookMessageState {
    fn from(settled: Settled) -> Self {
        match settled {
            Settled::Pending => Self::Pending,
            Settled::Delivered => Self::Delivered,
            Settled::Failed => Self::Failed,
        }
    }
}
