use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::post;
use catalog::{FileName, Role};
use chrono::Utc;
use flow::{Mpp, PatientPictures, SlideId, Stage};
use http::{Access, ApiError, Json};
use percent_encoding::percent_decode_str;
use serde::Serialize;
use telemetry::TraceContext;

use super::place_in_case::GivenPlace;
use super::{Accepted, Arrival, Deidentify, ReceiveError, content_digest, receive_placed};
use crate::{IngestDeps, ReceiveConfig, quota, resume, stow};

/// `POST /api/v1/slides`: the body is the file, of any size. Below `/api/v1/uploads` it may come
/// piece by piece, and what takes DICOM instances is below `/dicomweb`.
pub fn router(deps: IngestDeps, config: ReceiveConfig) -> Router {
    Router::new()
        .route("/api/v1/slides", post(push))
        .merge(stow::router())
        .layer(DefaultBodyLimit::disable())
        .with_state((deps.clone(), config))
        .merge(resume::router(deps, config))
}

#[derive(Serialize)]
struct Pushed {
    id: SlideId,
}

/// The slide's id comes from its bytes, so pushing again after a lost answer is harmless, with or
/// without an `Idempotency-Key`.
async fn push(
    State((deps, config)): State<(IngestDeps, ReceiveConfig)>,
    access: Access,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, ApiError> {
    access.require(Role::Scanner)?;
    let arrival = arrival(&access, &headers, config.patient_pictures)?;
    let place = GivenPlace::read(&headers)?;
    ensure_room(&deps, config).await?;
    let key = access.key();
    let left = quota::ensure_slides_left(&deps, config.quota, &key).await;
    left.inspect_err(|full| telemetry::step_failed(Stage::Receive, full.kind()))?;
    let accepted = receive_placed(&deps, body.into_data_stream(), arrival, place).await?;
    let id = accepted.slide();
    let counted = deps.catalog.note_owner_slide(&key, id, Utc::now());
    counted.await?;
    let status = match accepted {
        Accepted::New(_) => StatusCode::CREATED,
        Accepted::Known(_) => StatusCode::OK,
    };
    let location = [(header::LOCATION, format!("/api/v1/slides/{id}"))];
    Ok((status, location, Json(Pushed { id })))
}

/// Looked at before the body, so that a refused one is not sent in vain.
pub(crate) async fn ensure_room(
    deps: &IngestDeps,
    config: ReceiveConfig,
) -> Result<(), ReceiveError> {
    let (n_unfinished, most) = (deps.catalog.n_unfinished().await?, config.most_unfinished);
    if n_unfinished < most {
        return Ok(());
    }
    let full = ReceiveError::Full { n_unfinished, most };
    telemetry::step_failed(Stage::Receive, full.kind());
    Err(full)
}

/// What the sender did when it sent a slide. One that cannot be read is no reason to refuse it.
pub(crate) fn sender_of(headers: &HeaderMap) -> Option<TraceContext> {
    let parent = headers.get("traceparent");
    parent.and_then(|parent| parent.to_str().ok()?.parse().ok())
}

fn arrival(
    access: &Access,
    headers: &HeaderMap,
    rule: PatientPictures,
) -> Result<Arrival, ReceiveError> {
    let digest = text(headers, "Content-Digest")?.map(content_digest::parse);
    let mpp = text(headers, "X-Mpp")?.map(parse_mpp);
    // The name is for people only: one that cannot be read is no reason to refuse a slide.
    let file_name = headers.get("X-Filename").and_then(|name| {
        let name = percent_decode_str(name.to_str().ok()?).decode_utf8_lossy();
        FileName::new(&name)
    });
    Ok(Arrival {
        bearer: access.name().to_owned(),
        file_name,
        digest: digest.transpose()?,
        mpp: mpp.transpose()?,
        deidentify: Deidentify::read(headers, rule)?,
        trace: sender_of(headers),
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<&'a str>, ReceiveError> {
    let not_text = |_not_text| ReceiveError::Header {
        name,
        problem: "it is not plain text",
    };
    headers
        .get(name)
        .map(|value| value.to_str().map_err(not_text))
        .transpose()
}

fn parse_mpp(text: &str) -> Result<Mpp, ReceiveError> {
    let mpp = text.parse().ok();
    mpp.ok_or(ReceiveError::Header {
        name: "X-Mpp",
        problem: "micrometres per pixel are a number from 0.01 to 1000",
    })
}
