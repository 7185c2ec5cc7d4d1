//! The pyramid of one slide, made depth first: a tile is painted at level 0 or averaged from its
//! four children, so that only a few tiles are held at any time, at any slide size.

use std::sync::atomic::{AtomicU64, Ordering};

use flow::{PixelRect, PixelSize, TileGrid, TileIndex};

use crate::frame::Frame;
use crate::paint::{RgbPixels, paint_frame};
use crate::tiff::TableSplit;
use crate::{PhantomError, PhantomSpec, PyramidStep, Scene, TilesDone};

/// Side of a tile in pixels.
pub(crate) const TILE: u32 = 256;

/// Subtrees up to this level (256 tiles of level 0) are made in parallel, their frames held until
/// all are there. Fixed, so that the order in the file never depends on the machine.
const PARALLEL_LEVEL: u8 = 4;

/// A compressed tile and its place.
pub(crate) struct TileFrame {
    pub(crate) level: u8,
    pub(crate) tile: TileIndex,
    pub(crate) jpeg: Vec<u8>,
}

/// Where finished frames go, in an order that depends on the slide's size alone.
pub(crate) type FrameSink<'a> = dyn FnMut(TileFrame) -> Result<(), PhantomError> + 'a;

/// The levels of a slide and what it takes to make their tiles.
pub(crate) struct Descent<'a> {
    scene: &'a Scene,
    spec: &'a PhantomSpec,
    grids: Vec<TileGrid>,
    n_done: AtomicU64,
    progress: &'a (dyn Fn(TilesDone) + Sync),
}

impl<'a> Descent<'a> {
    pub(crate) fn new(
        scene: &'a Scene,
        spec: &'a PhantomSpec,
        progress: &'a (dyn Fn(TilesDone) + Sync),
    ) -> Self {
        let whole = PixelSize::new(spec.size, spec.size);
        let grids = (0..32)
            .map(|level| whole.downsampled(1 << level))
            .scan(false, |fits, size| {
                let is_beyond = *fits;
                *fits = size.width <= TILE;
                (!is_beyond).then(|| TileGrid::new(size, PixelSize::new(TILE, TILE)))
            })
            .collect();
        Self {
            scene,
            spec,
            grids,
            n_done: AtomicU64::new(0),
            progress,
        }
    }

    /// The grids of the levels that are stored, each with its number.
    pub(crate) fn stored(&self) -> impl Iterator<Item = (u8, TileGrid)> + '_ {
        (0u8..)
            .zip(self.grids.iter().copied())
            .filter(|(level, _)| self.is_stored(*level))
    }

    /// Makes all tiles.
    pub(crate) fn run(&self, sink: &mut FrameSink<'_>) -> Result<(), PhantomError> {
        let top = self.grids.len() as u8 - 1;
        self.climb(top, TileIndex::new(0, 0), sink).map(drop)
    }

    fn is_stored(&self, level: u8) -> bool {
        match self.spec.pyramid {
            PyramidStep::Two => true,
            PyramidStep::Four => level.is_multiple_of(2),
        }
    }

    /// Makes a tile and all below it, one parallel subtree after another.
    fn climb(
        &self,
        level: u8,
        tile: TileIndex,
        sink: &mut FrameSink<'_>,
    ) -> Result<RgbPixels, PhantomError> {
        if !self.grids[usize::from(level)].contains(tile) {
            return Ok(self.scene.blank_tile());
        }
        if level <= PARALLEL_LEVEL {
            let mut frames = Vec::new();
            let picture = self.subtree(level, tile, &mut frames)?;
            frames.into_iter().try_for_each(sink)?;
            return Ok(picture);
        }
        let mut picture = RgbPixels::new(TILE as usize, TILE as usize);
        for (quarter, child) in children(tile).into_iter().enumerate() {
            let below = self.climb(level - 1, child, sink)?;
            picture.put_half(&below, quarter);
        }
        if let Some(frame) = self.compress(level, tile, &picture)? {
            sink(frame)?;
        }
        Ok(picture)
    }

    /// Makes a tile and all below it, the four children in parallel.
    fn subtree(
        &self,
        level: u8,
        tile: TileIndex,
        frames: &mut Vec<TileFrame>,
    ) -> Result<RgbPixels, PhantomError> {
        if !self.grids[usize::from(level)].contains(tile) {
            return Ok(self.scene.blank_tile());
        }
        let picture = match level {
            0 => self.leaf(tile),
            _ => self.branch(level, tile, frames)?,
        };
        frames.extend(self.compress(level, tile, &picture)?);
        Ok(picture)
    }

    fn branch(
        &self,
        level: u8,
        tile: TileIndex,
        frames: &mut Vec<TileFrame>,
    ) -> Result<RgbPixels, PhantomError> {
        let make = |child| {
            let mut frames = Vec::new();
            let picture = self.subtree(level - 1, child, &mut frames);
            picture.map(|picture| (picture, frames))
        };
        let [a, b, c, d] = children(tile);
        let (upper, lower) = rayon::join(
            || rayon::join(|| make(a), || make(b)),
            || rayon::join(|| make(c), || make(d)),
        );
        let mut picture = RgbPixels::new(TILE as usize, TILE as usize);
        let quarters = [upper.0, upper.1, lower.0, lower.1];
        for (quarter, made) in quarters.into_iter().enumerate() {
            let (below, its_frames) = made?;
            picture.put_half(&below, quarter);
            frames.extend(its_frames);
        }
        Ok(picture)
    }

    fn leaf(&self, tile: TileIndex) -> RgbPixels {
        let whole = PixelRect {
            x: tile.column * TILE,
            y: tile.row * TILE,
            width: TILE,
            height: TILE,
        };
        let frame = Frame::of(whole, 1, self.spec.mpp.get() as f32);
        paint_frame(self.scene, &frame)
    }

    /// `None` where the level is not stored.
    fn compress(
        &self,
        level: u8,
        tile: TileIndex,
        picture: &RgbPixels,
    ) -> Result<Option<TileFrame>, PhantomError> {
        if !self.is_stored(level) {
            return Ok(None);
        }
        let jpeg = picture.to_jpeg(self.spec.jpeg_quality)?;
        let done = self.n_done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.progress)(TilesDone {
            done,
            total: self.stored().map(|(_, grid)| grid.n_tiles()).sum(),
        });
        Ok(Some(TileFrame {
            level,
            tile,
            jpeg: TableSplit::new(&jpeg)?.tile,
        }))
    }
}

/// The four tiles one level down, row by row.
fn children(tile: TileIndex) -> [TileIndex; 4] {
    [(0, 0), (1, 0), (0, 1), (1, 1)]
        .map(|(dx, dy)| TileIndex::new(2 * tile.column + dx, 2 * tile.row + dy))
}
