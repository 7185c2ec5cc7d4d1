//! Frames as they are stored: one range read each.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use flow::{FrameRange, Sha256Digest};
use http::{ApiError, EntityTag, Path};

use super::stored::{Form, StoredParts};
use crate::address::FramesAddress;
use crate::error::DicomwebError;
use crate::media::{Accept, Offer, Packaging};
use crate::multipart::{Piece, Stored};
use crate::state::DicomwebState;
use crate::study::Instance;

const IMAGE: &str = "image/jpeg";
const BYTES: &str = "application/octet-stream";

const fn offer(packaging: Packaging, kind: &'static str) -> Offer<Form> {
    Offer::stored(Form { packaging, kind }, packaging, kind)
}

pub(super) const SEVERAL: [Offer<Form>; 2] = [
    offer(Packaging::Multipart, IMAGE),
    offer(Packaging::Multipart, BYTES),
];
const ONE: [Offer<Form>; 4] = [
    SEVERAL[0],
    SEVERAL[1],
    offer(Packaging::Single, IMAGE),
    offer(Packaging::Single, BYTES),
];

pub(crate) async fn frames(
    State(state): State<Arc<DicomwebState>>,
    Path(address): Path<FramesAddress>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let form = match address.frames.is_single() {
        true => accept.choose(&ONE),
        false => accept.choose(&SEVERAL),
    };
    let form = form.map_err(DicomwebError::from)?;
    let instance = state.instance(&address.instance()).await?;
    Ok(send(&instance, address.frames.numbers(), form, &headers).await?)
}

/// `numbers` count from 1.
pub(super) async fn send(
    instance: &Instance,
    numbers: &[u32],
    form: Form,
    headers: &HeaderMap,
) -> Result<Response, DicomwebError> {
    let parts = numbers.iter().map(|number| {
        let location = format!("{}/frames/{number}", instance.path());
        Ok((location, stored(instance, *number)?))
    });
    let parts: Vec<_> = parts.collect::<Result<_, DicomwebError>>()?;
    let Form { packaging, kind } = form;
    let digest = instance.study.digest();
    let asked = Sha256Digest::of(format!("{packaging:?} {kind} {numbers:?}").as_bytes());
    let tag = EntityTag::new(format_args!(
        "{}-{}-{}",
        digest.short(),
        instance.level,
        asked.short()
    ));
    StoredParts { digest, parts }.send(form, tag, headers).await
}

/// Where the frame of that number lies.
pub(super) fn frame(instance: &Instance, number: u32) -> Result<FrameRange, DicomwebError> {
    let frames = instance.frames()?.frames();
    let position = (number as usize).checked_sub(1);
    let found = position.and_then(|position| frames.get(position));
    found.copied().ok_or(DicomwebError::NoSuchFrame {
        number,
        n_frames: frames.len(),
    })
}

fn stored(instance: &Instance, number: u32) -> Result<Piece, DicomwebError> {
    Ok(Piece::Stored(Stored {
        reader: instance.study.reader.clone(),
        level: instance.level,
        range: frame(instance, number)?.bytes(),
    }))
}
