use flow::{
    BagHeader, EncoderRef, Instance, Mpp, PixelSize, Precision, Sha256Digest, SlideId, TaskRef,
};
use mil::{ServiceModel, ServiceTask, Takes};
use serde::Serialize;

use crate::Pictures;

/// Version of the contract between Coverslip and a service.
pub(crate) const CONTRACT: u32 = 1;

/// What a service is asked about one slide.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    pub task: &'a ServiceTask,
    pub bag: &'a BagHeader,
    pub scale: SlideScale,
    /// Those of the bag, in its order.
    pub instances: &'a [Instance],
    /// `instances.len() * bag.dimension` values.
    pub embeddings: &'a [f32],
    /// Of a task that takes tiles.
    pub pictures: Option<&'a Pictures>,
}

/// Level 0 of a slide.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlideScale {
    pub size: PixelSize,
    pub mpp: Mpp,
}

/// The `request` that stands in the metadata of a body.
#[derive(Debug, Serialize)]
pub(crate) struct Request<'a> {
    contract: u32,
    job: String,
    slide: SlideId,
    task: &'a TaskRef,
    /// Which must answer.
    model: &'a ServiceModel,
    /// The names of what can be answered.
    answers: Vec<String>,
    takes: Takes,
    encoder: &'a EncoderRef,
    precision: Precision,
    /// At which the encoder saw the tiles.
    mpp: Mpp,
    tile_um: f64,
    n_tiles: usize,
    slide_size: PixelSize,
    slide_mpp: Mpp,
    #[serde(skip_serializing_if = "Option::is_none")]
    pictures: Option<&'a Pictures>,
}

impl Job<'_> {
    /// The same for the same pyramid, encoder and task, so that a service knows a job again that it has
    /// done: 32 hexadecimal digits.
    pub fn id(&self) -> String {
        let parts = [
            self.bag.pyramid,
            self.bag.encoder.hash,
            self.task.reference().hash,
        ];
        let bytes = parts.map(|part| *part.as_bytes()).concat();
        let mut id = Sha256Digest::of(&bytes).to_string();
        id.truncate(32);
        id
    }

    pub(crate) fn request(&self) -> Request<'_> {
        let file = self.task.file();
        Request {
            contract: CONTRACT,
            job: self.id(),
            slide: self.bag.slide,
            task: self.task.reference(),
            model: &file.service.model,
            answers: file.answers.names(),
            takes: file.service.takes,
            encoder: &self.bag.encoder,
            precision: self.bag.precision,
            mpp: self.bag.mpp,
            tile_um: self.bag.tile_um,
            n_tiles: self.instances.len(),
            slide_size: self.scale.size,
            slide_mpp: self.scale.mpp,
            pictures: self.pictures,
        }
    }
}
