//! Cases: their slides, what all slides of a case say together, who shall read it, and its signature.
//!
//! A case is known by an id that says nothing. Its accession number and its patient stand in bodies
//! alone, never in an address.

mod assembled;
mod case_view;
mod list;
mod one;
mod reading_order;
mod sign_off;
mod slide_case;

pub(crate) use assembled::{Assembled, AssembledSlide};
pub(crate) use case_view::{CaseView, SignedView};

use axum::Router;
use axum::routing::{get, post, put};
use catalog::Role;
use http::{Access, ApiError};

use crate::CasesState;

pub(crate) fn routes() -> Router<CasesState> {
    Router::new()
        .route("/api/v1/worklist", get(list::worklist).post(list::search))
        .route("/api/v1/cases", get(list::cases))
        .route("/api/v1/cases/{id}", get(one::read))
        .route("/api/v1/cases/{id}/assignee", put(one::assign))
        .route("/api/v1/cases/{id}/sign-off", post(sign_off::sign))
        .route("/api/v1/slides/{id}/case", put(slide_case::put))
}

/// Cases name patients.
pub(crate) fn knows_patients(access: &Access) -> Result<(), ApiError> {
    access.require_any(&[Role::Pathologist, Role::Lis])
}
