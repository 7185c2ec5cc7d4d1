//! Slides of which it is not known which they are: what label, scanner, case and orders say, and a
//! person's word on it.

mod correct;
mod list;
mod one;
mod view;

use axum::Router;
use axum::routing::get;
use catalog::Role;

use crate::CasesState;

/// They know whose slides they are.
const MAY_KNOW: [Role; 2] = [Role::Pathologist, Role::Lis];

pub(crate) fn routes() -> Router<CasesState> {
    Router::new()
        .route("/api/v1/reconciliation", get(list::list))
        .route(
            "/api/v1/slides/{id}/identity",
            get(one::one).post(correct::correct),
        )
}
