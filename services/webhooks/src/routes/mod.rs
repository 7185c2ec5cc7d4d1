//! Who is told of what, and what became of each message, over REST: for admins alone.

mod messages;
mod subscriptions;
mod view;

use axum::Router;
use axum::routing::{get, post};
use catalog::{Catalog, Role};
use flow::WebhookId;
use http::{Access, ApiError};

use egress::Egress;

/// What the routes share.
#[derive(Clone)]
pub struct WebhooksState {
    pub catalog: Catalog,
    pub egress: Egress,
}

/// All routes of this service, below `/api/v1/webhooks`.
pub fn router(state: WebhooksState) -> Router {
    Router::new()
        .route(
            "/api/v1/webhooks",
            get(subscriptions::list).post(subscriptions::add),
        )
        .route(
            "/api/v1/webhooks/{id}",
            get(subscriptions::one)
                .patch(subscriptions::switch)
                .delete(subscriptions::remove),
        )
        .route("/api/v1/webhooks/{id}/secret", post(subscriptions::rotate))
        .route("/api/v1/webhooks/{id}/deliveries", get(messages::list))
        .route(
            "/api/v1/webhooks/{id}/deliveries/{message}/replays",
            post(messages::replay),
        )
        .with_state(state)
}

fn may_manage(access: &Access) -> Result<(), ApiError> {
    access.require(Role::Admin)
}

fn nothing(id: WebhookId) -> ApiError {
    ApiError::not_found(format!("there is no webhook {id}"))
}
