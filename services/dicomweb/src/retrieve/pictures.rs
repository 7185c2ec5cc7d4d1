//! Pictures for those who read no DICOM: a frame, a level or the whole slide as JPEG or PNG.

use std::slice;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use flow::{PixelSize, Sha256Digest};
use http::{Accept, Access, ApiError, EntityTag, Offer, Path, Query, Reply};
use pyramid::RgbImage;

use super::picture_source::Source;
use super::stored::freshness_of;
use super::viewport::{Asked, Drawing};
use crate::address::{FramesAddress, InstanceAddress, SeriesAddress, StudyAddress};
use crate::error::DicomwebError;
use crate::state::DicomwebState;
use crate::study::{Instance, digest_of};

/// Longest side of a picture where no viewport was given.
const USUAL_SIDE: u32 = 1024;
const THUMBNAIL_SIDE: u32 = 256;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Jpeg,
    Png,
}

const FORMS: [Offer<Form>; 2] = [
    Offer::made(Form::Jpeg, "image/jpeg"),
    Offer::made(Form::Png, "image/png"),
];

pub(crate) async fn study_thumbnail(
    State(state): State<Arc<DicomwebState>>,
    Path(address): Path<StudyAddress>,
    Query(drawing): Query<Drawing>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let study = state.study(&address.study).await?;
    let picture = Picture::whole(Instance::Level(study.finest()?), THUMBNAIL_SIDE);
    Ok(picture.send(&state, &drawing, &accept, &headers).await?)
}

pub(crate) async fn series_thumbnail(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Path(address): Path<SeriesAddress>,
    Query(drawing): Query<Drawing>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let first = state.series(&address, &access).await?.into_iter().next();
    let picture = Picture::whole(first.ok_or(DicomwebError::NoSuchInstance)?, THUMBNAIL_SIDE);
    Ok(picture.send(&state, &drawing, &accept, &headers).await?)
}

pub(crate) async fn instance_thumbnail(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Path(address): Path<InstanceAddress>,
    Query(drawing): Query<Drawing>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let instance = state.instance(&address, &access).await?;
    let picture = Picture::whole(instance, THUMBNAIL_SIDE);
    Ok(picture.send(&state, &drawing, &accept, &headers).await?)
}

pub(crate) async fn rendered_instance(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Path(address): Path<InstanceAddress>,
    Query(drawing): Query<Drawing>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let instance = state.instance(&address, &access).await?;
    let picture = Picture::whole(instance, USUAL_SIDE);
    Ok(picture.send(&state, &drawing, &accept, &headers).await?)
}

pub(crate) async fn rendered_frame(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Path(address): Path<FramesAddress>,
    Query(drawing): Query<Drawing>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let instance = state.instance(&address.instance(), &access).await?;
    let picture = Picture::of_frame(instance, &address, USUAL_SIDE)?;
    Ok(picture.send(&state, &drawing, &accept, &headers).await?)
}

pub(crate) async fn frame_thumbnail(
    State(state): State<Arc<DicomwebState>>,
    access: Access,
    Path(address): Path<FramesAddress>,
    Query(drawing): Query<Drawing>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let instance = state.instance(&address.instance(), &access).await?;
    let picture = Picture::of_frame(instance, &address, THUMBNAIL_SIDE)?;
    Ok(picture.send(&state, &drawing, &accept, &headers).await?)
}

/// An image to be drawn.
struct Picture {
    instance: Instance,
    /// Of it one frame alone, where it is not the whole; frames count from 1.
    frame: Option<u32>,
    usual_side: u32,
}

impl Picture {
    const fn whole(instance: Instance, usual_side: u32) -> Self {
        Self {
            instance,
            frame: None,
            usual_side,
        }
    }

    fn of_frame(
        instance: Instance,
        address: &FramesAddress,
        usual_side: u32,
    ) -> Result<Self, DicomwebError> {
        let [number] = address.frames.numbers() else {
            return Err(DicomwebError::ManyFrames);
        };
        Ok(Self {
            instance,
            frame: Some(*number),
            usual_side,
        })
    }

    async fn send(
        &self,
        state: &DicomwebState,
        drawing: &Drawing,
        accept: &Accept,
        headers: &HeaderMap,
    ) -> Result<Response, DicomwebError> {
        let asked = drawing.read()?;
        let form = accept.choose(&FORMS)?;
        let Self {
            instance,
            frame,
            usual_side,
        } = self;
        let instances = slice::from_ref(instance);
        let what = format!("{form:?} {asked:?} {frame:?} {usual_side}");
        let tag = EntityTag::new(format_args!(
            "{}-{}",
            digest_of(instances).short(),
            Sha256Digest::of(what.as_bytes()).short()
        ));
        let content_type = match form {
            Form::Jpeg => "image/jpeg",
            Form::Png => "image/png",
        };
        let reply = Reply::new(content_type, freshness_of(instances), tag).varying_by_accept();
        let source = Source::of(state, instance, *frame).await?;
        if let Some(response) = reply.if_held(headers) {
            return Ok(response);
        }
        // The semaphore is never closed, so this only ever waits.
        let _place = state.places.acquire().await.ok();
        let source = source.fetch(asked, *usual_side).await?;
        let made = tokio::task::spawn_blocking(move || encode(&source.draw()?, form, asked));
        Ok(reply.with(made.await??))
    }
}

fn encode(picture: &RgbImage, form: Form, asked: Asked) -> Result<Bytes, DicomwebError> {
    Ok(match form {
        Form::Jpeg => pyramid::encode_jpeg_full_colour(picture, asked.quality)?.into(),
        Form::Png => png(picture)?.into(),
    })
}

fn png(picture: &RgbImage) -> Result<Vec<u8>, png::EncodingError> {
    let mut out = Vec::new();
    let PixelSize { width, height } = picture.size;
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&picture.pixels)?;
    writer.finish()?;
    Ok(out)
}
