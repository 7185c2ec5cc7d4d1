use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use flow::{
    LevelFrames, LevelNumber, MicrometreRect, Mpp, ObjectKey, PixelSize, PyramidIndex, SlideId,
    SlideManifest, SlideUids, TileIndex,
};
use futures::future::try_join_all;
use store::Store;

use super::fetched::Fetched;
use super::region::RegionPlan;
use crate::dicom::profile_in;
use crate::{PyramidError, RgbImage};

/// Colour of glass without tissue, shown outside the slide.
const GLASS: [u8; 3] = [255; 3];

/// Reads one slide's pyramid from the store. Cheap to clone.
#[derive(Clone)]
pub struct PyramidReader {
    pub(super) store: Store,
    pub(super) slide: SlideId,
    mpp: Mpp,
    index: Arc<PyramidIndex>,
    uids: Arc<SlideUids>,
}

impl PyramidReader {
    /// Reads the manifest and the index, and verifies the one against the other.
    pub async fn open(store: &Store, slide: SlideId) -> Result<Self, PyramidError> {
        let manifest = store.get(&ObjectKey::SlideManifest(slide)).await?;
        let manifest: SlideManifest = serde_json::from_slice(&manifest)
            .map_err(|source| PyramidError::Manifest { slide, source })?;
        Self::open_with(store, &manifest).await
    }

    /// Like [`Self::open`] for a caller that has the manifest: one read, of the index.
    pub async fn open_with(store: &Store, manifest: &SlideManifest) -> Result<Self, PyramidError> {
        let slide = manifest.slide;
        let bytes = store.get(&ObjectKey::PyramidIndex(slide)).await?;
        manifest.pyramid.verify("pyramid index", &bytes)?;
        let index = PyramidIndex::decode(&bytes)?;
        Ok(Self {
            uids: Arc::new(manifest.dicom_uids()),
            ..Self::from_index(store.clone(), slide, manifest.mpp, index)
        })
    }

    /// For a pyramid whose levels are stored but whose manifest is not yet written, or not at hand: its
    /// UIDs are taken to be derived.
    pub fn from_index(store: Store, slide: SlideId, mpp: Mpp, index: PyramidIndex) -> Self {
        Self {
            store,
            slide,
            mpp,
            index: Arc::new(index),
            uids: Arc::new(SlideUids::derived(&slide)),
        }
    }

    pub fn slide(&self) -> SlideId {
        self.slide
    }

    /// Those in the stored instances.
    pub fn uids(&self) -> &SlideUids {
        &self.uids
    }

    pub fn index(&self) -> &PyramidIndex {
        &self.index
    }

    /// Micrometres per pixel of level 0.
    pub fn mpp(&self) -> Mpp {
        self.mpp
    }

    /// One tile as stored: a whole JPEG of the full tile size.
    pub async fn frame(&self, level: LevelNumber, tile: TileIndex) -> Result<Bytes, PyramidError> {
        let range = self
            .level(level)?
            .frame(tile)
            .ok_or(PyramidError::NoSuchTile { level, tile })?;
        let key = ObjectKey::PyramidLevel(self.slide, level);
        Ok(self.store.get_range(&key, range.bytes()).await?)
    }

    /// The colour profile of the pixels: the scanner's, or sRGB where it gave none.
    pub async fn icc(&self) -> Result<Vec<u8>, PyramidError> {
        let coarsest = self.index.levels.iter().max_by_key(|frames| frames.level);
        let coarsest = coarsest.ok_or(PyramidError::NoSuchLevel(LevelNumber(0)))?;
        profile_in(&self.header(coarsest.level).await?)
    }

    /// The part of the slide under `rect` as a picture of `out` pixels, made from the level just as
    /// fine as `mpp` or finer. Outside the slide the picture is white.
    pub async fn read_region(
        &self,
        mpp: Mpp,
        rect: MicrometreRect,
        out: PixelSize,
    ) -> Result<RgbImage, PyramidError> {
        let fetched = self.fetch(mpp, rect, out).await?;
        tokio::task::spawn_blocking(move || fetched.render()).await?
    }

    /// The reading half of [`Self::read_region`], for callers with threads of their own.
    pub async fn fetch(
        &self,
        mpp: Mpp,
        rect: MicrometreRect,
        out: PixelSize,
    ) -> Result<Fetched, PyramidError> {
        let plan = RegionPlan::new(&self.index, self.mpp, mpp, rect, out)?;
        let level = self.level(plan.level)?;
        let (columns, rows) = plan.tiles();
        let reads = rows.map(|row| self.run_of_frames(level, columns.clone(), row));
        let frames = try_join_all(reads).await?.into_iter().flatten().collect();
        Ok(Fetched {
            plan,
            frames,
            background: GLASS,
        })
    }

    pub(super) fn level(&self, level: LevelNumber) -> Result<&LevelFrames, PyramidError> {
        self.index
            .level(level)
            .ok_or(PyramidError::NoSuchLevel(level))
    }

    /// Neighbours of a row lie one after another in the object, so one read brings them all.
    async fn run_of_frames(
        &self,
        level: &LevelFrames,
        columns: Range<u32>,
        row: u32,
    ) -> Result<Vec<(TileIndex, Bytes)>, PyramidError> {
        let ranges: Vec<_> = columns
            .map(|column| TileIndex::new(column, row))
            .filter_map(|tile| level.frame(tile).map(|frame| (tile, frame.bytes())))
            .collect();
        let (Some((_, first)), Some((_, last))) = (ranges.first(), ranges.last()) else {
            return Ok(Vec::new());
        };
        let start = first.start;
        let key = ObjectKey::PyramidLevel(self.slide, level.level);
        let run = self.store.get_range(&key, start..last.end).await?;
        let slice = |range: Range<u64>| {
            run.slice((range.start - start) as usize..(range.end - start) as usize)
        };
        Ok(ranges
            .into_iter()
            .map(|(tile, range)| (tile, slice(range)))
            .collect())
    }
}
