use std::path::PathBuf;

use anyhow::{Context, Result};
use catalog::SlideRow;
use flow::{
    Deidentification, DeidentificationMethod, HoldReason, Mpp, MppSource, ObjectKey,
    PatientPictures, SlideUids,
};
use pyramid::{BuiltPyramid, PyramidError, PyramidPlan};
use slide::{DecoderCommand, Slide, SlideError, SlideFacts};
use step::ProgressSink;
use store::{LocalFile, Scratch};
use tokio::task::spawn_blocking;

use super::associated::{StoredPicture, dicom_label, pictures, take_patient_pictures};
use super::uids::uids_of;
use super::witnesses::{Found, found};
use super::{Obstacle, Refusal};
use crate::{IngestDeps, TilingConfig};

/// A pyramid in scratch files, and what the slide says of itself.
pub(super) struct Built {
    pub(super) facts: SlideFacts,
    pub(super) mpp: Mpp,
    pub(super) mpp_source: MppSource,
    pub(super) uids: SlideUids,
    pub(super) pyramid: BuiltPyramid,
    /// Those that are to be stored.
    pub(super) associated: Vec<StoredPicture>,
    pub(super) deidentification: Option<Deidentification>,
    /// What label and scanner say of which slide it is; `None` where nobody asks.
    pub(super) found: Option<Found>,
}

pub(super) async fn build(
    deps: &IngestDeps,
    config: TilingConfig,
    row: &SlideRow,
    scratch: &Scratch,
    progress: ProgressSink,
) -> Result<Result<Built, Obstacle>> {
    let job = Job {
        file: deps.store.local_file(&ObjectKey::Original(row.id)).await?,
        scratch: scratch.path().to_owned(),
        decoder: deps.decoder.clone(),
        row: row.clone(),
        config,
        progress,
    };
    let opened = spawn_blocking(move || job.open()).await;
    let (job, slide) = match told_apart(opened.context("the tiling thread stopped")?)? {
        Ok(opened) => opened,
        Err(obstacle) => return Ok(Err(obstacle)),
    };
    let uids = uids_of(&deps.catalog, row, &slide).await?;
    let label = dicom_label(deps, row.id, scratch).await?;
    let built = spawn_blocking(move || job.build(&slide, uids, label)).await;
    told_apart(built.context("the tiling thread stopped")?)
}

/// An obstacle is an outcome and no failure.
fn told_apart<T>(done: Result<T, Stop>) -> Result<Result<T, Obstacle>> {
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(Stop::Obstacle(obstacle)) => Ok(Err(obstacle)),
        Err(Stop::Failure(error)) => Err(error),
    }
}

/// What ends a build early.
enum Stop {
    Obstacle(Obstacle),
    Failure(anyhow::Error),
}

struct Job {
    file: LocalFile,
    scratch: PathBuf,
    decoder: DecoderCommand,
    row: SlideRow,
    config: TilingConfig,
    progress: ProgressSink,
}

impl Job {
    fn open(self) -> Result<(Self, Slide), Stop> {
        let slide = slide::open(self.file.path(), &self.decoder)?;
        Ok((self, slide))
    }

    fn build(
        self,
        slide: &Slide,
        uids: SlideUids,
        label: Option<StoredPicture>,
    ) -> Result<Built, Stop> {
        let facts = slide.facts().clone();
        let held = Stop::Obstacle(Obstacle::Held(HoldReason::MissingMpp));
        let (mpp, mpp_source) = super::mpp_of(&self.row, &facts).ok_or(held)?;
        let plan = PyramidPlan {
            slide: self.row.id,
            uids: uids.clone(),
            mpp,
            jpeg_quality: self.config.jpeg_quality,
            deidentified_by: self.methods(&uids),
        };
        let pyramid = pyramid::build(slide, &plan, &self.scratch, &*self.progress)?;
        let mut associated = pictures(slide, self.row.id);
        associated.extend(label);
        let identity = self.config.identity.as_ref();
        let found = identity.map(|config| found(&config.pattern, &facts.named, &associated));
        let deidentification = self.deidentified(&uids, &mut associated);
        Ok(Built {
            facts,
            mpp,
            mpp_source,
            uids,
            pyramid,
            associated,
            deidentification,
            found,
        })
    }

    /// Nothing where nobody asked.
    fn methods(&self, uids: &SlideUids) -> Vec<DeidentificationMethod> {
        match self.row.patient_pictures {
            PatientPictures::Kept => Vec::new(),
            PatientPictures::Removed => DeidentificationMethod::without_label(&self.row.id, uids),
        }
    }

    /// After the label was read: what it says of the slide is compared all the same.
    fn deidentified(
        &self,
        uids: &SlideUids,
        associated: &mut Vec<StoredPicture>,
    ) -> Option<Deidentification> {
        match self.row.patient_pictures {
            PatientPictures::Kept => None,
            PatientPictures::Removed => Some(Deidentification {
                removed: take_patient_pictures(associated),
                methods: self.methods(uids),
            }),
        }
    }
}

/// Tells a bad file from a bad moment.
impl From<SlideError> for Stop {
    fn from(error: SlideError) -> Self {
        match error {
            SlideError::Io { .. } | SlideError::DecoderStart { .. } => Self::Failure(error.into()),
            _ => Self::Obstacle(Obstacle::Refused(Refusal::Slide(error))),
        }
    }
}

impl From<PyramidError> for Stop {
    fn from(error: PyramidError) -> Self {
        match error {
            PyramidError::Slide(error) => error.into(),
            PyramidError::Jpeg { .. } | PyramidError::NotBaseline(_) | PyramidError::Unfit(_) => {
                Self::Obstacle(Obstacle::Refused(Refusal::Pyramid(error)))
            }
            _ => Self::Failure(error.into()),
        }
    }
}
