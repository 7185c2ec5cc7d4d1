//! What metadata links to: colour profiles, pixel data frame by frame, and lists of numbers.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Accept, Access, ApiError, EntityTag, Offer, Packaging, Path, Reply};
use serde_json::{Map, Value};

use super::frames;
use super::stored::{Form, freshness_of};
use crate::address::BulkDataAddress;
use crate::error::DicomwebError;
use crate::metadata::{ICC_PROFILE, PIXEL_DATA};
use crate::multipart::{Message, Piece, body_of};
use crate::results::ToldInstance;
use crate::state::DicomwebState;
use crate::study::{Instance, Level, digest_of};

const BYTES: &str = "application/octet-stream";
const PROFILE: &str = "application/vnd.iccprofile";

const fn offer(packaging: Packaging, kind: &'static str) -> Offer<Form> {
    Offer::bytes(Form { packaging, kind }, packaging, kind)
}

/// That of a colour profile alone comes last.
const FORMS: [Offer<Form>; 3] = [
    offer(Packaging::Multipart, BYTES),
    offer(Packaging::Single, BYTES),
    offer(Packaging::Single, PROFILE),
];

pub(crate) async fn bulk_data(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Path(address): Path<BulkDataAddress>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let instance = state.instance(&address.instance(), &access).await?;
    let attribute = address.attribute.as_str();
    if attribute == PIXEL_DATA {
        return Ok(send_pixels(&state, instance, &accept, &headers).await?);
    }
    let bytes = match &instance {
        Instance::Level(level) if attribute == ICC_PROFILE => profile(level).await?,
        Instance::Told(told) => value(&state, told, attribute).await?,
        Instance::Level(_) => return Err(DicomwebError::NoSuchBulkData.into()),
    };
    let forms = match attribute {
        ICC_PROFILE => &FORMS[..],
        _ => &FORMS[..2],
    };
    let form = accept.choose(forms)?;
    Ok(send(instance, attribute, bytes, form, &headers).await?)
}

/// All levels of a slide have the same one.
async fn profile(level: &Level) -> Result<Bytes, DicomwebError> {
    Ok(level.slide.reader.icc().await?.into())
}

async fn value(
    state: &DicomwebState,
    told: &ToldInstance,
    attribute: &str,
) -> Result<Bytes, DicomwebError> {
    let made = state.made.of(told).await?;
    if attribute == ICC_PROFILE && made.header.contains_key(ICC_PROFILE) {
        return Ok(dicom_objects::srgb_profile()?.to_vec().into());
    }
    let element = find(&made.header, attribute).ok_or(DicomwebError::NoSuchBulkData)?;
    let inline = element["InlineBinary"].as_str();
    let bytes = inline.and_then(|text| STANDARD.decode(text).ok());
    Ok(bytes.ok_or(DicomwebError::NoSuchBulkData)?.into())
}

/// Tags, with the numbers of items between them: `006A0002.1.00660016`.
fn find<'a>(data_set: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let Some((tag, within)) = path.split_once('.') else {
        return data_set.get(path);
    };
    let (number, inner) = within.split_once('.')?;
    let position = number.parse::<usize>().ok()?.checked_sub(1)?;
    let item = data_set.get(tag)?["Value"].get(position)?;
    find(item.as_object()?, inner)
}

async fn send(
    instance: Instance,
    attribute: &str,
    bytes: Bytes,
    Form { packaging, kind }: Form,
    headers: &HeaderMap,
) -> Result<Response, DicomwebError> {
    let location = format!("{}/bulkdata/{attribute}", instance.path());
    let instances = [instance];
    let (digest, freshness) = (digest_of(&instances), freshness_of(&instances));
    let tag = EntityTag::new(format_args!(
        "{}-{attribute}-{packaging:?}-{}",
        digest.short(),
        kind.len()
    ));
    let mut message = Message::new(kind, &digest);
    let reply = match packaging {
        Packaging::Single => Reply::new(kind, freshness, tag),
        Packaging::Multipart => Reply::of_type(message.content_type(), freshness, tag),
    };
    let reply = reply.varying_by_accept();
    if let Some(response) = reply.if_held(headers) {
        return Ok(response);
    }
    Ok(match packaging {
        Packaging::Single => reply.with(bytes),
        Packaging::Multipart => {
            message.add(kind, &location, Piece::Bytes(bytes));
            let (body, n_bytes) = body_of(message.finish()).await?;
            reply.streamed(body, n_bytes)
        }
    })
}

async fn send_pixels(
    state: &DicomwebState,
    instance: Instance,
    accept: &Accept,
    headers: &HeaderMap,
) -> Result<Response, DicomwebError> {
    let n_frames = match &instance {
        Instance::Level(level) => level.frames()?.frames().len() as u32,
        Instance::Told(told) => {
            let made = state.made.of(told).await?;
            let pixels = made.pixels.as_ref();
            pixels.ok_or(DicomwebError::NoSuchBulkData)?.grid.n_tiles() as u32
        }
    };
    let form = accept.choose(frames::offers(&instance, false))?;
    let all: Vec<u32> = (1..=n_frames).collect();
    frames::send(state, instance, &all, form, headers).await
}
