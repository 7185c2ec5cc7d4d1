use std::path::{Path, PathBuf};
use std::sync::Arc;

use flow::{
    DeidentificationMethod, LevelNumber, Mpp, ProgressReport, PyramidIndex, Sha256Digest, SlideId,
    SlideUids, TileGrid, TileIndex, TileOrigin,
};
use slide::Slide;

use super::copy::copy_level;
use super::halve::{Halving, halve_level};
use super::level_plan::{LevelSource, PlannedLevel, planned_levels};
use super::progress::TileCount;
use super::stored_frames::StoredFrames;
use crate::PyramidError;
use crate::dicom::{InstanceFacts, InstanceWriter, WrittenInstance};
use crate::jpeg::FrameModel;

/// What a pyramid is built for.
#[derive(Clone, Debug)]
pub struct PyramidPlan {
    pub slide: SlideId,
    pub uids: SlideUids,
    /// Of level 0: the file's own, or an operator's.
    pub mpp: Mpp,
    /// 1 to 100, for levels that have to be made.
    pub jpeg_quality: u8,
    /// How the slide was de-identified on request; nothing where nobody asked.
    pub deidentified_by: Vec<DeidentificationMethod>,
}

/// A whole pyramid in scratch files, ready to be moved into the store.
#[derive(Debug)]
pub struct BuiltPyramid {
    pub index: PyramidIndex,
    /// The index as it is to be stored.
    pub index_bytes: Vec<u8>,
    /// sha256 of `index_bytes`; the index holds the digests of all levels.
    pub hash: Sha256Digest,
    pub levels: Vec<BuiltLevel>,
}

/// One DICOM instance, not yet synced to the disk.
#[derive(Clone, Debug)]
pub struct BuiltLevel {
    pub level: LevelNumber,
    pub file: PathBuf,
    pub bytes: u64,
    pub mpp: Mpp,
    pub n_frames: u64,
    pub origin: TileOrigin,
    pub grid: TileGrid,
}

/// Writes every level into the directory `scratch`. Memory does not grow with the slide: a row or
/// two of compressed tiles are held at a time. Work is spread over rayon's threads.
///
/// # Errors
/// A tile that cannot be read or decoded stops the build; files left in `scratch` are then useless.
pub fn build(
    slide: &Slide,
    plan: &PyramidPlan,
    scratch: &Path,
    report: ProgressReport<'_>,
) -> Result<BuiltPyramid, PyramidError> {
    let planned = planned_levels(slide.levels());
    let n_tiles = planned.iter().map(|level| level.grid.n_tiles()).sum();
    let mut builder = Builder {
        slide,
        plan,
        scratch,
        icc: colour_profile(slide)?,
        count: TileCount::new(report, n_tiles),
    };
    let mut written: Vec<WrittenInstance> = Vec::with_capacity(planned.len());
    for level in planned {
        let instance = match level.source {
            LevelSource::File(index) => builder.copied(level, index)?,
            LevelSource::Halved => builder.halved(level, written.last())?,
        };
        written.push(instance);
    }
    finished(written)
}

struct Builder<'a> {
    slide: &'a Slide,
    plan: &'a PyramidPlan,
    scratch: &'a Path,
    icc: Arc<[u8]>,
    count: TileCount<'a>,
}

impl Builder<'_> {
    fn copied(
        &mut self,
        level: PlannedLevel,
        index: usize,
    ) -> Result<WrittenInstance, PyramidError> {
        let first = self.slide.frame(index, TileIndex::new(0, 0))?;
        let model = FrameModel::read(&first)?;
        let mut writer = self.writer(level, model, self.slide.origin())?;
        copy_level(self.slide, index, &mut writer, &mut self.count)?;
        writer.finish()
    }

    fn halved(
        &mut self,
        level: PlannedLevel,
        above: Option<&WrittenInstance>,
    ) -> Result<WrittenInstance, PyramidError> {
        let above = above.ok_or(PyramidError::Unfit("it has no level of full resolution"))?;
        let frames = StoredFrames::open(above)?;
        let halving = Halving {
            model: above.facts.model.halved(),
            quality: self.plan.jpeg_quality,
        };
        let mut writer = self.writer(level, halving.model, TileOrigin::Halved)?;
        halve_level(&frames, halving, &mut writer, &mut self.count)?;
        writer.finish()
    }

    fn writer(
        &self,
        level: PlannedLevel,
        model: FrameModel,
        origin: TileOrigin,
    ) -> Result<InstanceWriter, PyramidError> {
        let number = level.level;
        let facts = InstanceFacts {
            slide: self.plan.slide,
            uids: self.plan.uids.clone(),
            deidentified_by: self.plan.deidentified_by.clone(),
            level: number,
            grid: level.grid,
            mpp: self.plan.mpp.times(f64::from(1_u32 << number.0)),
            origin,
            model,
            scanner: self.slide.facts().scanner.clone(),
            background: self.slide.facts().background,
            icc: Arc::clone(&self.icc),
        };
        let path = self.scratch.join(format!("level-{:02}.dcm", number.0));
        InstanceWriter::create(&path, facts)
    }
}

/// The scanner's profile where it gave one: pixels are kept as they are, so it stays true.
fn colour_profile(slide: &Slide) -> Result<Arc<[u8]>, PyramidError> {
    match &slide.facts().icc {
        Some(profile) => Ok(profile.as_slice().into()),
        None => Ok(dicom_objects::srgb_profile()?),
    }
}

fn finished(written: Vec<WrittenInstance>) -> Result<BuiltPyramid, PyramidError> {
    if written.is_empty() {
        return Err(PyramidError::Unfit("it has no levels"));
    }
    let levels = written.iter().map(WrittenInstance::level_frames);
    let index = PyramidIndex {
        levels: levels.collect::<Result<_, _>>()?,
    };
    let index_bytes = index.encode();
    Ok(BuiltPyramid {
        hash: Sha256Digest::of(&index_bytes),
        index,
        index_bytes,
        levels: written.into_iter().map(BuiltLevel::from).collect(),
    })
}

impl From<WrittenInstance> for BuiltLevel {
    fn from(instance: WrittenInstance) -> Self {
        let facts = instance.facts;
        Self {
            level: facts.level,
            file: instance.path,
            bytes: instance.bytes,
            mpp: facts.mpp,
            n_frames: instance.lengths.len() as u64,
            origin: facts.origin,
            grid: facts.grid,
        }
    }
}
