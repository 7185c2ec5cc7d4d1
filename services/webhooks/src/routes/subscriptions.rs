use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::IntoResponse;
use catalog::{NewWebhook, WebhookKind, WebhookSecret, WebhookStanding};
use chrono::{TimeDelta, Utc};
use flow::WebhookId;
use http::{Access, ApiError, Json, Path};
use serde::{Deserialize, Serialize};

use super::view::WebhookView;
use super::{WebhooksState, may_manage, nothing};
use egress::Target;

/// How long the secret before signs beside a new one.
const OVERLAP: TimeDelta = TimeDelta::hours(24);
/// Webhooks of one installation.
const MOST_WEBHOOKS: usize = 100;

#[derive(Debug, Serialize)]
pub(super) struct Webhooks {
    webhooks: Vec<WebhookView>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    url: String,
    events: Vec<WebhookKind>,
}

/// With the secret, which is shown this once.
#[derive(Debug, Serialize)]
pub(super) struct WithSecret {
    #[serde(flatten)]
    webhook: WebhookView,
    secret: String,
}

/// An answer that nobody keeps.
type ShownOnce = ([(HeaderName, &'static str); 1], Json<WithSecret>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Switch {
    standing: Standing,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Standing {
    Active,
    Off,
}

pub(super) async fn list(
    State(state): State<WebhooksState>,
    access: Access,
) -> Result<Json<Webhooks>, ApiError> {
    may_manage(&access)?;
    let webhooks = state.catalog.webhooks().await?.into_iter();
    Ok(Json(Webhooks {
        webhooks: webhooks.map(WebhookView::from).collect(),
    }))
}

pub(super) async fn one(
    State(state): State<WebhooksState>,
    access: Access,
    Path(id): Path<WebhookId>,
) -> Result<Json<WebhookView>, ApiError> {
    may_manage(&access)?;
    view(&state, id).await.map(Json)
}

/// The answer alone has the secret.
pub(super) async fn add(
    State(state): State<WebhooksState>,
    access: Access,
    Json(Wanted { url, events }): Json<Wanted>,
) -> Result<impl IntoResponse, ApiError> {
    may_manage(&access)?;
    let target = Target::parse(&url, &state.egress);
    target.map_err(|refused| ApiError::unprocessable(refused.to_string()))?;
    if events.is_empty() {
        return Err(ApiError::unprocessable(
            "name in `events` what the webhook shall be told of",
        ));
    }
    if state.catalog.webhooks().await?.len() >= MOST_WEBHOOKS {
        return Err(ApiError::conflict(format!(
            "there are {MOST_WEBHOOKS} webhooks, and no more are kept: remove one first"
        )));
    }
    let new = NewWebhook { url, kinds: events };
    let (id, secret) = state.catalog.add_webhook(access.name(), &new).await?;
    let answer = shown_once(&state, id, &secret).await?;
    Ok((StatusCode::CREATED, answer))
}

/// Gives a new secret. For a day messages are signed by both.
pub(super) async fn rotate(
    State(state): State<WebhooksState>,
    access: Access,
    Path(id): Path<WebhookId>,
) -> Result<impl IntoResponse, ApiError> {
    may_manage(&access)?;
    let until = Utc::now() + OVERLAP;
    let secret = state
        .catalog
        .rotate_webhook_secret(access.name(), id, until)
        .await?;
    shown_once(&state, id, &secret.ok_or_else(|| nothing(id))?).await
}

/// Switches a webhook off, or on again.
pub(super) async fn switch(
    State(state): State<WebhooksState>,
    access: Access,
    Path(id): Path<WebhookId>,
    Json(Switch { standing }): Json<Switch>,
) -> Result<Json<WebhookView>, ApiError> {
    may_manage(&access)?;
    let standing = match standing {
        Standing::Active => WebhookStanding::Active,
        Standing::Off => WebhookStanding::Off,
    };
    let catalog = &state.catalog;
    let is_there = catalog.set_webhook_standing(access.name(), id, standing);
    match is_there.await? {
        true => view(&state, id).await.map(Json),
        false => Err(nothing(id)),
    }
}

/// Its messages go with it.
pub(super) async fn remove(
    State(state): State<WebhooksState>,
    access: Access,
    Path(id): Path<WebhookId>,
) -> Result<StatusCode, ApiError> {
    may_manage(&access)?;
    match state.catalog.remove_webhook(access.name(), id).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(nothing(id)),
    }
}

async fn shown_once(
    state: &WebhooksState,
    id: WebhookId,
    secret: &WebhookSecret,
) -> Result<ShownOnce, ApiError> {
    let webhook = view(state, id).await?;
    let secret = secret.reveal().to_owned();
    let answer = Json(WithSecret { webhook, secret });
    Ok(([(header::CACHE_CONTROL, "no-store")], answer))
}

async fn view(state: &WebhooksState, id: WebhookId) -> Result<WebhookView, ApiError> {
    let row = state.catalog.webhook(id).await?;
    row.map(WebhookView::from).ok_or_else(|| nothing(id))
}
