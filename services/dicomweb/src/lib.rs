//! DICOMweb (PS3.18): the stored pyramid searched by QIDO-RS and retrieved by WADO-RS.
//!
//! Every level of a slide already is a DICOM instance, so nothing is made of it but the framing:
//! instances and frames go out as they lie in storage, by range reads, and metadata is what the
//! instance's own header says. One slide is one study, unless it came in one with others: a series of
//! its levels, and further ones that tell of its results, which are made when somebody asks for them.
//! A slide that came as DICOM has the UIDs that it came with.

mod address;
mod directory;
mod error;
mod frame_list;
mod media;
mod metadata;
mod multipart;
mod results;
mod retrieve;
mod search;
mod state;
mod study;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use http::{Access, ApiError, Role};

pub use state::DicomwebState;

/// Where all addresses of this service begin.
pub(crate) const ROOT: &str = "/dicomweb";

/// All routes of this service, below `/dicomweb`.
pub fn router(state: DicomwebState) -> Router {
    let routes = Router::new()
        .route("/studies", get(search::studies))
        .route("/series", get(search::all_series))
        .route("/instances", get(search::all_instances))
        .nest("/studies/{study}", of_a_study())
        .nest("/studies/{study}/series/{series}", of_a_series())
        .nest(
            "/studies/{study}/series/{series}/instances/{instance}",
            of_an_instance(),
        )
        .route_layer(middleware::from_fn(admit));
    Router::new().nest(ROOT, routes).with_state(Arc::new(state))
}

fn of_a_study() -> Router<Arc<DicomwebState>> {
    Router::new()
        .route("/", get(retrieve::study))
        .route("/metadata", get(retrieve::study_metadata))
        .route("/thumbnail", get(retrieve::study_thumbnail))
        .route("/series", get(search::series_of_study))
        .route("/instances", get(search::instances_of_study))
}

fn of_a_series() -> Router<Arc<DicomwebState>> {
    Router::new()
        .route("/", get(retrieve::series))
        .route("/metadata", get(retrieve::series_metadata))
        .route("/thumbnail", get(retrieve::series_thumbnail))
        .route("/instances", get(search::instances_of_series))
}

fn of_an_instance() -> Router<Arc<DicomwebState>> {
    Router::new()
        .route("/", get(retrieve::instance))
        .route("/metadata", get(retrieve::instance_metadata))
        .route("/frames/{frames}", get(retrieve::frames))
        .route("/frames/{frames}/rendered", get(retrieve::rendered_frame))
        .route("/frames/{frames}/thumbnail", get(retrieve::frame_thumbnail))
        .route("/rendered", get(retrieve::rendered_instance))
        .route("/thumbnail", get(retrieve::instance_thumbnail))
        .route("/bulkdata/{attribute}", get(retrieve::bulk_data))
}

/// A scanner pushes slides and has no business with those of others.
async fn admit(access: Access, request: Request, next: Next) -> Result<Response, ApiError> {
    access.require_any(&[Role::Pathologist, Role::Lis, Role::Engineer])?;
    Ok(next.run(request).await)
}
