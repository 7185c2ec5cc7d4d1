//! Frames as they are: of levels one range read each, of results a part of what was made.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use flow::{FrameRange, Sha256Digest};
use http::{Accept, Access, ApiError, EntityTag, Offer, Packaging, Path};

use super::stored::{Form, Part, Parts, freshness_of};
use crate::address::FramesAddress;
use crate::error::DicomwebError;
use crate::media::{EXPLICIT_LITTLE_ENDIAN, JPEG_BASELINE};
use crate::multipart::{Piece, Stored};
use crate::state::DicomwebState;
use crate::study::{Instance, Level, digest_of};

const IMAGE: &str = "image/jpeg";
const BYTES: &str = "application/octet-stream";

const fn of_level(packaging: Packaging, kind: &'static str) -> Offer<Form> {
    Offer::stored(Form { packaging, kind }, packaging, kind, JPEG_BASELINE)
}

const fn of_result(packaging: Packaging) -> Offer<Form> {
    let form = Form {
        packaging,
        kind: BYTES,
    };
    Offer::stored(form, packaging, BYTES, EXPLICIT_LITTLE_ENDIAN)
}

/// Those for a single frame come last.
const OF_LEVELS: [Offer<Form>; 4] = [
    of_level(Packaging::Multipart, IMAGE),
    of_level(Packaging::Multipart, BYTES),
    of_level(Packaging::Single, IMAGE),
    of_level(Packaging::Single, BYTES),
];
const OF_RESULTS: [Offer<Form>; 2] = [
    of_result(Packaging::Multipart),
    of_result(Packaging::Single),
];

pub(crate) async fn frames(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Path(address): Path<FramesAddress>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let instance = state.instance(&address.instance(), &access).await?;
    let form = accept.choose(offers(&instance, address.frames.is_single()))?;
    Ok(send(&state, instance, address.frames.numbers(), form, &headers).await?)
}

/// The forms of one frame, or of several.
pub(super) fn offers(instance: &Instance, is_single: bool) -> &'static [Offer<Form>] {
    let all: &'static [Offer<Form>] = match instance {
        Instance::Level(_) => &OF_LEVELS,
        Instance::Told(_) => &OF_RESULTS,
    };
    match is_single {
        true => all,
        false => &all[..all.len() / 2],
    }
}

/// `numbers` count from 1.
pub(super) async fn send(
    state: &DicomwebState,
    instance: Instance,
    numbers: &[u32],
    form: Form,
    headers: &HeaderMap,
) -> Result<Response, DicomwebError> {
    let (path, syntax) = (instance.path(), instance.transfer_syntax());
    let pieces = pieces(state, &instance, numbers).await?;
    let parts = numbers.iter().zip(pieces).map(|(number, piece)| Part {
        location: format!("{path}/frames/{number}"),
        syntax,
        piece,
    });
    let parts: Vec<_> = parts.collect();
    let Form { packaging, kind } = form;
    let instances = [instance];
    let digest = digest_of(&instances);
    let asked = Sha256Digest::of(format!("{packaging:?} {kind} {numbers:?}").as_bytes());
    let tag = EntityTag::new(format_args!("{}-{}", digest.short(), asked.short()));
    let parts = Parts {
        digest,
        freshness: freshness_of(&instances),
        parts,
    };
    parts.send(form, tag, headers).await
}

async fn pieces(
    state: &DicomwebState,
    instance: &Instance,
    numbers: &[u32],
) -> Result<Vec<Piece>, DicomwebError> {
    match instance {
        Instance::Level(level) => numbers
            .iter()
            .map(|number| stored(level, *number))
            .collect(),
        Instance::Told(told) => {
            let made = state.made.of(told).await?;
            let pixels = made.pixels.as_ref().ok_or(DicomwebError::NoFrames)?;
            let frames = numbers.iter().map(|number| pixels.frame(*number));
            frames.map(|frame| Ok(Piece::Bytes(frame?))).collect()
        }
    }
}

/// Where the frame of that number lies.
pub(super) fn frame(level: &Level, number: u32) -> Result<FrameRange, DicomwebError> {
    let frames = level.frames()?.frames();
    let position = (number as usize).checked_sub(1);
    let found = position.and_then(|position| frames.get(position));
    found.copied().ok_or(DicomwebError::NoSuchFrame {
        number,
        n_frames: frames.len(),
    })
}

fn stored(level: &Level, number: u32) -> Result<Piece, DicomwebError> {
    Ok(Piece::Stored(Stored {
        reader: level.slide.reader.clone(),
        level: level.level,
        range: frame(level, number)?.bytes(),
    }))
}
