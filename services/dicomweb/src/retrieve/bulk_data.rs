//! What metadata links to: the colour profile, and the pixel data frame by frame.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use http::{ApiError, EntityTag, Freshness, Path, Reply};

use super::frames;
use super::stored::Form;
use crate::address::BulkDataAddress;
use crate::error::DicomwebError;
use crate::media::{Accept, Offer, Packaging};
use crate::metadata::{ICC_PROFILE, PIXEL_DATA};
use crate::multipart::{Message, Piece, body_of};
use crate::state::DicomwebState;
use crate::study::Instance;

const BYTES: &str = "application/octet-stream";
const PROFILE: &str = "application/vnd.iccprofile";

const fn offer(packaging: Packaging, kind: &'static str) -> Offer<Form> {
    Offer::bytes(Form { packaging, kind }, packaging, kind)
}

const PROFILE_FORMS: [Offer<Form>; 3] = [
    offer(Packaging::Multipart, BYTES),
    offer(Packaging::Single, BYTES),
    offer(Packaging::Single, PROFILE),
];

pub(crate) async fn bulk_data(
    State(state): State<Arc<DicomwebState>>,
    Path(address): Path<BulkDataAddress>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let instance = state.instance(&address.instance()).await?;
    Ok(match address.attribute.as_str() {
        ICC_PROFILE => send_profile(&instance, &accept, &headers).await?,
        PIXEL_DATA => send_pixels(&instance, &accept, &headers).await?,
        _ => return Err(DicomwebError::NoSuchBulkData.into()),
    })
}

/// All levels of a slide have the same one.
async fn send_profile(
    instance: &Instance,
    accept: &Accept,
    headers: &HeaderMap,
) -> Result<Response, DicomwebError> {
    let Form { packaging, kind } = accept.choose(&PROFILE_FORMS)?;
    let digest = instance.study.digest();
    let short = digest.short();
    let tag = EntityTag::new(format_args!("{short}-icc-{packaging:?}-{}", kind.len()));
    let message = Message::new(kind, &digest);
    let reply = match packaging {
        Packaging::Single => Reply::immutable(kind, tag),
        Packaging::Multipart => Reply::of_type(message.content_type(), Freshness::Immutable, tag),
    };
    let reply = reply.varying_by_accept();
    if let Some(response) = reply.if_held(headers) {
        return Ok(response);
    }
    let profile = instance.study.reader.icc().await?;
    Ok(match packaging {
        Packaging::Single => reply.with(profile),
        Packaging::Multipart => {
            let location = format!("{}/bulkdata/{ICC_PROFILE}", instance.path());
            let mut message = message;
            message.add(kind, &location, Piece::Text(profile.into()));
            let (body, n_bytes) = body_of(message.finish()).await?;
            reply.streamed(body, n_bytes)
        }
    })
}

async fn send_pixels(
    instance: &Instance,
    accept: &Accept,
    headers: &HeaderMap,
) -> Result<Response, DicomwebError> {
    let form = accept.choose(&frames::SEVERAL)?;
    let n_frames = instance.frames()?.frames().len() as u32;
    let all: Vec<u32> = (1..=n_frames).collect();
    frames::send(instance, &all, form, headers).await
}
