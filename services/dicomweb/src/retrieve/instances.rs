//! Whole instances, as they lie in storage.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use http::{ApiError, EntityTag, Path};

use super::stored::{Form, StoredParts};
use crate::address::{InstanceAddress, SeriesAddress, StudyAddress};
use crate::error::DicomwebError;
use crate::media::{Accept, Offer, Packaging};
use crate::multipart::{Piece, Stored};
use crate::state::DicomwebState;
use crate::study::{Instance, Study};

const KIND: &str = "application/dicom";

const SEVERAL: [Offer<Packaging>; 1] = [Offer::stored(
    Packaging::Multipart,
    Packaging::Multipart,
    KIND,
)];
const ONE: [Offer<Packaging>; 2] = [
    SEVERAL[0],
    Offer::stored(Packaging::Single, Packaging::Single, KIND),
];

pub(crate) async fn study(
    State(state): State<Arc<DicomwebState>>,
    Path(address): Path<StudyAddress>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let study = state.study(&address.study).await?;
    Ok(all_of(&study, &accept, &headers).await?)
}

pub(crate) async fn series(
    State(state): State<Arc<DicomwebState>>,
    Path(address): Path<SeriesAddress>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let study = state.series(&address).await?;
    Ok(all_of(&study, &accept, &headers).await?)
}

pub(crate) async fn instance(
    State(state): State<Arc<DicomwebState>>,
    Path(address): Path<InstanceAddress>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let instance = state.instance(&address).await?;
    let packaging = accept.choose(&ONE).map_err(DicomwebError::from)?;
    Ok(send(&[instance], packaging, &headers).await?)
}

async fn all_of(
    study: &Study,
    accept: &Accept,
    headers: &HeaderMap,
) -> Result<Response, DicomwebError> {
    let packaging = accept.choose(&SEVERAL)?;
    let instances: Vec<_> = study.instances().collect();
    send(&instances, packaging, headers).await
}

async fn send(
    instances: &[Instance],
    packaging: Packaging,
    headers: &HeaderMap,
) -> Result<Response, DicomwebError> {
    let [first, ..] = instances else {
        return Err(DicomwebError::NoSuchInstance);
    };
    let digest = first.study.digest();
    let tag = EntityTag::new(format_args!(
        "{}-{packaging:?}-{}-{}",
        digest.short(),
        first.level,
        instances.len()
    ));
    let parts = instances
        .iter()
        .map(|instance| Ok((instance.path(), whole(instance)?)));
    let parts = parts.collect::<Result<_, DicomwebError>>()?;
    let form = Form {
        packaging,
        kind: KIND,
    };
    StoredParts { digest, parts }.send(form, tag, headers).await
}

fn whole(instance: &Instance) -> Result<Piece, DicomwebError> {
    let reader = instance.study.reader.clone();
    let n_bytes = reader.instance_bytes(instance.level)?;
    Ok(Piece::Stored(Stored {
        reader,
        level: instance.level,
        range: 0..n_bytes,
    }))
}
