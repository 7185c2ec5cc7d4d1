use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::post;
use catalog::Role;
use flow::{DicomUid, Stage};
use http::{Accept, Access, ApiError, Offer, Origin, Path};
use serde::Deserialize;

use super::answer::answer;
use super::boundary::Boundary;
use super::error::StowError;
use super::keep::{Sender, keep, note_refused};
use super::parts::{Staged, receive_parts};
use crate::receive::{Deidentify, ensure_room, sender_of};
use crate::{IngestDeps, ReceiveConfig};

const JSON: [Offer<&str>; 2] = [
    Offer::made("application/dicom+json", "application/dicom+json"),
    Offer::made("application/json", "application/json"),
];

type Shared = State<(IngestDeps, ReceiveConfig)>;

#[derive(Deserialize)]
struct StudyAddress {
    study: DicomUid,
}

/// `POST /dicomweb/studies`, and `POST /dicomweb/studies/{study}` for instances of one study.
pub(crate) fn router() -> Router<(IngestDeps, ReceiveConfig)> {
    Router::new()
        .route("/dicomweb/studies", post(store))
        .route("/dicomweb/studies/{study}", post(store_in_study))
}

async fn store(
    State((deps, config)): Shared,
    access: Access,
    accept: Accept,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let request = Request {
        access,
        accept,
        headers,
        body,
    };
    store_all(&deps, config, None, request).await
}

async fn store_in_study(
    State((deps, config)): Shared,
    access: Access,
    Path(address): Path<StudyAddress>,
    accept: Accept,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let study = Some(&address.study);
    let request = Request {
        access,
        accept,
        headers,
        body,
    };
    store_all(&deps, config, study, request).await
}

struct Request {
    access: Access,
    accept: Accept,
    headers: HeaderMap,
    body: Body,
}

/// Everything that can be refused without the body is, so that it is not sent in vain.
async fn store_all(
    deps: &IngestDeps,
    config: ReceiveConfig,
    study: Option<&DicomUid>,
    request: Request,
) -> Result<Response, ApiError> {
    let Request {
        access,
        accept,
        headers,
        body,
    } = request;
    access.require(Role::Scanner)?;
    let content_type = accept.choose(&JSON)?;
    let boundary = Boundary::read(&headers)?;
    check_length(&headers, config)?;
    ensure_room(deps, config).await?;
    let sender = Sender {
        bearer: access.name().to_owned(),
        key: access.key(),
        deidentify: Deidentify::read(&headers, config.patient_pictures)?,
        trace: sender_of(&headers),
    };
    let body = body.into_data_stream();
    let received = receive_parts(deps, config.stow, body, &boundary, study).await;
    let received =
        received.inspect_err(|error| telemetry::step_failed(Stage::Receive, error.kind()))?;
    let mut parts: Vec<_> = received.into_iter().enumerate().collect();
    // Labels before their slides, which are tiled as soon as they are there.
    parts.sort_by_key(|(_, part)| part.as_ref().is_ok_and(Staged::is_slide));
    let mut results = Vec::with_capacity(parts.len());
    for (number, part) in parts {
        let result = match part {
            Ok(staged) => keep(deps, config.quota, &sender, staged).await?,
            Err(refused) => Err(refused),
        };
        if let Err(refused) = &result {
            note_refused(refused.reason);
        }
        results.push((number, result));
    }
    results.sort_by_key(|(number, _)| *number);
    let results: Vec<_> = results.into_iter().map(|(_, result)| result).collect();
    Ok(answer(&results, content_type, Origin::of(&headers))?)
}

fn check_length(headers: &HeaderMap, config: ReceiveConfig) -> Result<(), StowError> {
    let most = config.stow.most_bytes;
    let length = headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    match length.is_some_and(|length| length > most) {
        true => Err(StowError::TooLarge { most }),
        false => Ok(()),
    }
}
