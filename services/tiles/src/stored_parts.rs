//! What was stored beside the pyramid and is handed out as it is: manifest, colour profile,
//! associated images.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use catalog::{AuditAction, AuditEvent};
use flow::{AssociatedName, ObjectKey};
use http::{Access, ApiError, Path, Role};
use serde_json::json;

use crate::error::TilesError;
use crate::state::TilesState;
use http::EntityTag;
use http::Reply;

pub(crate) async fn manifest(
    State(state): State<Arc<TilesState>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let slide = state.slide(&id).await?;
    let tag = EntityTag::new(format_args!("{}-manifest", slide.tag));
    let reply = Reply::revalidated("application/json", tag);
    if let Some(response) = reply.if_held(&headers) {
        return Ok(response);
    }
    let key = ObjectKey::SlideManifest(slide.id());
    Ok(reply.with(state.store.get(&key).await.map_err(TilesError::from)?))
}

/// The profile that the slide's pixels are in; tiles do not carry it, so that they stay small.
pub(crate) async fn icc(
    State(state): State<Arc<TilesState>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let slide = state.slide(&id).await?;
    let tag = EntityTag::new(format_args!("{}-icc", slide.tag));
    let reply = Reply::immutable("application/vnd.iccprofile", tag);
    if let Some(response) = reply.if_held(&headers) {
        return Ok(response);
    }
    Ok(reply.with(slide.reader.icc().await.map_err(TilesError::from)?))
}

/// Label and macro may show the patient's name: only for those who may see it, and on record.
pub(crate) async fn associated(
    State(state): State<Arc<TilesState>>,
    Path((id, name)): Path<(String, String)>,
    access: Access,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let name: AssociatedName = name.parse().map_err(|_other| TilesError::NoSuchAddress)?;
    if name.may_identify_patient() {
        access.require(Role::Pathologist)?;
    }
    let slide = state.slide(&id).await?;
    let associated = &slide.manifest().await?.associated;
    let slide_has_it = associated.iter().any(|image| image.name == name);
    if !slide_has_it {
        let slide = slide.id();
        return Err(TilesError::NoSuchImage { slide, name }.into());
    }
    if name.may_identify_patient() {
        let seen = AuditEvent {
            actor: access.name().to_owned(),
            action: AuditAction::PatientImageSeen,
            slide: Some(slide.id()),
            detail: json!({ "image": name }),
        };
        state.catalog.audit(seen).await.map_err(TilesError::from)?;
    }
    // Always asked for again, so that every look at a label is on record.
    let tag = EntityTag::new(format_args!("{}-{name}", slide.tag));
    let reply = Reply::revalidated("image/jpeg", tag);
    if let Some(response) = reply.if_held(&headers) {
        return Ok(response);
    }
    let key = ObjectKey::Associated(slide.id(), name);
    Ok(reply.with(state.store.get(&key).await.map_err(TilesError::from)?))
}
