//! What instances say of themselves, in the DICOM JSON model (PS3.18 annex F).

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use flow::Sha256Digest;
use futures::stream::{self, StreamExt, TryStreamExt};
use http::{Accept, Access, ApiError, EntityTag, Origin, Path, Reply};

use crate::address::{InstanceAddress, SeriesAddress, StudyAddress};
use crate::error::DicomwebError;
use crate::media::JSON;
use crate::metadata::with_links;
use crate::state::DicomwebState;
use crate::study::{Instance, digest_of};

/// Headers read at once.
const READS: usize = 8;

pub(crate) async fn study_metadata(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Path(address): Path<StudyAddress>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let study = state.study(&address.study).await?;
    let contents = state.contents(&study, &access).await?;
    Ok(send(&state, contents, &accept, &headers).await?)
}

pub(crate) async fn series_metadata(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Path(address): Path<SeriesAddress>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let instances = state.series(&address, &access).await?;
    Ok(send(&state, instances, &accept, &headers).await?)
}

pub(crate) async fn instance_metadata(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Path(address): Path<InstanceAddress>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let instance = state.instance(&address, &access).await?;
    Ok(send(&state, vec![instance], &accept, &headers).await?)
}

async fn send(
    state: &DicomwebState,
    instances: Vec<Instance>,
    accept: &Accept,
    headers: &HeaderMap,
) -> Result<Response, DicomwebError> {
    let content_type = accept.choose(&JSON)?;
    let origin = Origin::of(headers);
    // Links name the host that was asked.
    let host = Sha256Digest::of(format!("{origin} {content_type}").as_bytes());
    let tag = EntityTag::new(format_args!(
        "{}-{}",
        digest_of(&instances).short(),
        host.short()
    ));
    let reply = Reply::revalidated(content_type, tag).varying_by_accept();
    if let Some(response) = reply.if_held(headers) {
        return Ok(response);
    }
    let describe = |instance: Instance| async move {
        let header = state.header(&instance).await?;
        Ok::<_, DicomwebError>(with_links(&header, &instance, origin))
    };
    let described: Vec<_> = stream::iter(instances)
        .map(describe)
        .buffered(READS)
        .try_collect()
        .await?;
    Ok(reply.with(serde_json::to_vec(&described)?))
}
