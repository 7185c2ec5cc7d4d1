use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use catalog::Catalog;
use tokio::sync::watch;

use crate::ApiError;

/// `/health/live`: the process answers. `/health/ready`: it has started all its parts and the
/// catalog answers too. Neither needs a token nor says more than that.
pub fn health(catalog: Catalog, started: watch::Receiver<bool>) -> Router {
    Router::new()
        .route("/health/ready", get(ready))
        .with_state((catalog, started))
        .route("/health/live", get(StatusCode::NO_CONTENT))
}

async fn ready(
    State((catalog, started)): State<(Catalog, watch::Receiver<bool>)>,
) -> Result<StatusCode, ApiError> {
    if !*started.borrow() {
        return Err(ApiError::unavailable("the server is still starting"));
    }
    catalog.revision().await?;
    Ok(StatusCode::NO_CONTENT)
}
