//! Whole instances: levels as they lie in storage, results as they are made.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use http::{Accept, Access, ApiError, EntityTag, Freshness, Offer, Packaging, Path};

use super::stored::{Form, Part, Parts, freshness_of};
use crate::address::{InstanceAddress, SeriesAddress, StudyAddress};
use crate::error::DicomwebError;
use crate::media::{EXPLICIT_LITTLE_ENDIAN, JPEG_BASELINE};
use crate::multipart::{Piece, Stored};
use crate::state::DicomwebState;
use crate::study::{Instance, Level, digest_of};

const KIND: &str = "application/dicom";

const fn offer(packaging: Packaging, syntax: &'static str) -> Offer<Packaging> {
    Offer::stored(packaging, packaging, KIND, syntax)
}

/// Of a study, which goes as its slide is stored: the results in it have no other form.
const LEVELS: [Offer<Packaging>; 2] = [
    offer(Packaging::Multipart, JPEG_BASELINE),
    offer(Packaging::Single, JPEG_BASELINE),
];
const RESULTS: [Offer<Packaging>; 2] = [
    offer(Packaging::Multipart, EXPLICIT_LITTLE_ENDIAN),
    offer(Packaging::Single, EXPLICIT_LITTLE_ENDIAN),
];

pub(crate) async fn study(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Path(address): Path<StudyAddress>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let study = state.study(&address.study).await?;
    let contents = state.contents(&study, &access).await?;
    let packaging = accept.choose(&LEVELS[..1])?;
    // Results may still come.
    let freshness = Freshness::Revalidate;
    Ok(send(&state, &contents, packaging, freshness, &headers).await?)
}

pub(crate) async fn series(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Path(address): Path<SeriesAddress>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let instances = state.series(&address, &access).await?;
    let packaging = accept.choose(&offers(&instances)[..1])?;
    let freshness = freshness_of(&instances);
    Ok(send(&state, &instances, packaging, freshness, &headers).await?)
}

pub(crate) async fn instance(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Path(address): Path<InstanceAddress>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let instances = [state.instance(&address, &access).await?];
    let packaging = accept.choose(offers(&instances))?;
    let freshness = freshness_of(&instances);
    Ok(send(&state, &instances, packaging, freshness, &headers).await?)
}

fn offers(series: &[Instance]) -> &'static [Offer<Packaging>; 2] {
    match series.first() {
        Some(Instance::Told(_)) => &RESULTS,
        Some(Instance::Level(_)) | None => &LEVELS,
    }
}

async fn send(
    state: &DicomwebState,
    instances: &[Instance],
    packaging: Packaging,
    freshness: Freshness,
    headers: &HeaderMap,
) -> Result<Response, DicomwebError> {
    let digest = digest_of(instances);
    let tag = EntityTag::new(format_args!("{}-{packaging:?}", digest.short()));
    let mut parts = Vec::with_capacity(instances.len());
    for instance in instances {
        parts.push(Part {
            location: instance.path(),
            syntax: instance.transfer_syntax(),
            piece: whole(state, instance).await?,
        });
    }
    let form = Form {
        packaging,
        kind: KIND,
    };
    let parts = Parts {
        digest,
        freshness,
        parts,
    };
    parts.send(form, tag, headers).await
}

async fn whole(state: &DicomwebState, instance: &Instance) -> Result<Piece, DicomwebError> {
    match instance {
        Instance::Level(level) => stored(level),
        Instance::Told(told) => Ok(Piece::Bytes(state.made.of(told).await?.file.clone())),
    }
}

fn stored(level: &Level) -> Result<Piece, DicomwebError> {
    let reader = level.slide.reader.clone();
    let n_bytes = reader.instance_bytes(level.level)?;
    Ok(Piece::Stored(Stored {
        reader,
        level: level.level,
        range: 0..n_bytes,
    }))
}
