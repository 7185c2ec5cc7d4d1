//! Pictures for those who read no DICOM: a frame, a level or the whole slide as JPEG or PNG.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bytes::Bytes;
use flow::{MicrometreRect, PixelRect, PixelSize, Sha256Digest};
use http::{ApiError, EntityTag, Path, Query, Reply};
use pyramid::{Fetched, RgbImage};

use super::frames::frame;
use super::viewport::{Asked, Drawing};
use crate::address::{FramesAddress, InstanceAddress, SeriesAddress, StudyAddress};
use crate::error::DicomwebError;
use crate::media::{Accept, Offer};
use crate::state::DicomwebState;
use crate::study::{Instance, Study};

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
    let picture = Picture::whole(finest(&study)?, THUMBNAIL_SIDE)?;
    Ok(picture.send(&state, &drawing, &accept, &headers).await?)
}

pub(crate) async fn series_thumbnail(
    State(state): State<Arc<DicomwebState>>,
    Path(address): Path<SeriesAddress>,
    Query(drawing): Query<Drawing>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let study = state.series(&address).await?;
    let picture = Picture::whole(finest(&study)?, THUMBNAIL_SIDE)?;
    Ok(picture.send(&state, &drawing, &accept, &headers).await?)
}

pub(crate) async fn instance_thumbnail(
    State(state): State<Arc<DicomwebState>>,
    Path(address): Path<InstanceAddress>,
    Query(drawing): Query<Drawing>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let picture = Picture::whole(state.instance(&address).await?, THUMBNAIL_SIDE)?;
    Ok(picture.send(&state, &drawing, &accept, &headers).await?)
}

pub(crate) async fn rendered_instance(
    State(state): State<Arc<DicomwebState>>,
    Path(address): Path<InstanceAddress>,
    Query(drawing): Query<Drawing>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let picture = Picture::whole(state.instance(&address).await?, USUAL_SIDE)?;
    Ok(picture.send(&state, &drawing, &accept, &headers).await?)
}

pub(crate) async fn rendered_frame(
    State(state): State<Arc<DicomwebState>>,
    Path(address): Path<FramesAddress>,
    Query(drawing): Query<Drawing>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let picture = Picture::of_frame(&state, &address, USUAL_SIDE).await?;
    Ok(picture.send(&state, &drawing, &accept, &headers).await?)
}

pub(crate) async fn frame_thumbnail(
    State(state): State<Arc<DicomwebState>>,
    Path(address): Path<FramesAddress>,
    Query(drawing): Query<Drawing>,
    accept: Accept,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let picture = Picture::of_frame(&state, &address, THUMBNAIL_SIDE).await?;
    Ok(picture.send(&state, &drawing, &accept, &headers).await?)
}

fn finest(study: &Study) -> Result<Instance, DicomwebError> {
    let finest = study.instances().next();
    finest.ok_or(DicomwebError::NoSuchInstance)
}

/// A part of a level to be drawn.
struct Picture {
    instance: Instance,
    part: PixelRect,
    usual_side: u32,
}

impl Picture {
    fn whole(instance: Instance, usual_side: u32) -> Result<Self, DicomwebError> {
        let PixelSize { width, height } = instance.frames()?.grid.level;
        Ok(Self {
            instance,
            part: PixelRect {
                x: 0,
                y: 0,
                width,
                height,
            },
            usual_side,
        })
    }

    /// Of a frame what lies inside the slide.
    async fn of_frame(
        state: &DicomwebState,
        address: &FramesAddress,
        usual_side: u32,
    ) -> Result<Self, DicomwebError> {
        let [number] = address.frames.numbers() else {
            return Err(DicomwebError::ManyFrames);
        };
        let instance = state.instance(&address.instance()).await?;
        frame(&instance, *number)?;
        let frames = instance.frames()?;
        let part = frames
            .grid
            .tiles()
            .nth(*number as usize - 1)
            .and_then(|tile| frames.grid.clipped(tile));
        Ok(Self {
            part: part.ok_or(DicomwebError::NoSuchFrame {
                number: *number,
                n_frames: frames.frames().len(),
            })?,
            instance,
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
            part,
            usual_side,
        } = self;
        let what = Sha256Digest::of(format!("{form:?} {asked:?} {part:?} {usual_side}").as_bytes());
        let tag = EntityTag::new(format_args!(
            "{}-{}-{}",
            instance.study.digest().short(),
            instance.level,
            what.short()
        ));
        let content_type = match form {
            Form::Jpeg => "image/jpeg",
            Form::Png => "image/png",
        };
        let reply = Reply::immutable(content_type, tag).varying_by_accept();
        if let Some(response) = reply.if_held(headers) {
            return Ok(response);
        }
        // The semaphore is never closed, so this only ever waits.
        let _place = state.places.acquire().await.ok();
        let fetched = self.fetch(asked).await?;
        let made = tokio::task::spawn_blocking(move || encode(&fetched, form, asked));
        Ok(reply.with(made.await??))
    }

    async fn fetch(&self, asked: Asked) -> Result<Fetched, DicomwebError> {
        let Self {
            instance,
            part,
            usual_side,
        } = self;
        let reader = &instance.study.reader;
        let downsample = f64::from(1_u32 << instance.level.0.min(31));
        let mpp = reader.mpp().times(downsample);
        let out = asked.size(PixelSize::new(part.width, part.height), *usual_side);
        let um = |pixels: u32| f64::from(pixels) * mpp.get();
        let rect = MicrometreRect {
            x: um(part.x),
            y: um(part.y),
            width: um(part.width),
            height: um(part.height),
        };
        // The finer of the two axes decides from which level the pixels come.
        let across = f64::from(part.width) / f64::from(out.width);
        let down = f64::from(part.height) / f64::from(out.height);
        let mpp = mpp.times(across.min(down).max(1.0));
        Ok(reader.fetch(mpp, rect, out).await?)
    }
}

fn encode(fetched: &Fetched, form: Form, asked: Asked) -> Result<Bytes, DicomwebError> {
    let picture = fetched.render()?;
    Ok(match form {
        Form::Jpeg => pyramid::encode_jpeg_full_colour(&picture, asked.quality)?.into(),
        Form::Png => png(&picture)?.into(),
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
