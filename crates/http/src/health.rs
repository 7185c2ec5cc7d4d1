use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;

use crate::{ApiError, Readiness};

/// `/health/live`: the process answers. `/health/ready`: what it needs for its work answers too, or
/// a problem that names what does not. Neither needs a token nor says more than that.
pub fn health(readiness: Readiness) -> Router {
    Router::new()
        .route("/health/ready", get(ready))
        .with_state(readiness)
        .route("/health/live", get(StatusCode::NO_CONTENT))
}

async fn ready(State(readiness): State<Readiness>) -> Result<StatusCode, ApiError> {
    let away = readiness.away().await;
    if away.is_empty() {
        return Ok(StatusCode::NO_CONTENT);
    }
    let verb = match away.len() {
        1 => "does",
        _ => "do",
    };
    Err(ApiError::unavailable(format!(
        "the {} {verb} not answer: see that it runs and can be reached; this process goes on by \
         itself once it is back",
        away.join(" and the ")
    )))
}
