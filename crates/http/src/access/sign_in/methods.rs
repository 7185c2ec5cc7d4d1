use axum::extract::State;
use serde::Serialize;

use super::for_people;
use crate::Json;
use crate::access::Entrance;

/// How people may come in, beside a login link.
#[derive(Debug, Serialize)]
pub(super) struct Methods {
    /// Where they begin to sign in; `to` in its query is where they will be then.
    sign_in: Option<&'static str>,
}

/// `GET /auth/methods`
pub(super) async fn methods(State(entrance): State<Entrance>) -> Json<Methods> {
    let has_provider = for_people(entrance.front()).is_ok();
    Json(Methods {
        sign_in: has_provider.then_some("/auth/login"),
    })
}
