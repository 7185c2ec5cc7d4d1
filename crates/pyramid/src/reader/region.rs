use std::ops::Range;

use flow::{
    LevelFrames, LevelNumber, MicrometreRect, Mpp, PixelSize, PyramidIndex, TileGrid, TileIndex,
};

use crate::PyramidError;
use crate::jpeg::DctScale;

/// A level this much coarser than asked for still serves: enlarging by one part in a hundred loses
/// nothing that shows, while the next finer level costs four times the work.
const COARSER_BY: f64 = 1.01;
/// Positions this close to whole pixels (in pixels) are whole; far below what 8 bits can show.
const WHOLE_PIXEL: f64 = 1e-4;
/// Pixels of the largest region that is put together in memory.
const MAX_PIXELS: f64 = 100_000_000.0;

/// How a region is made: which level it comes from, which part of it, and at which size.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RegionPlan {
    pub(super) level: LevelNumber,
    pub(super) grid: TileGrid,
    pub(super) scale: DctScale,
    /// What the region covers, in pixels of the level after decoding at `scale`.
    pub(super) cover: Cover,
    pub(super) out: PixelSize,
}

/// A rectangle in pixels and parts of pixels; it may lie partly or wholly outside the level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cover {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// How decoded pixels become those of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resampling {
    /// They are the same pixels.
    Copy,
    /// The scale is the same, but the pixels lie between each other.
    Shift,
    Scale,
}

/// Pixels from `left`, `top` on; these may be negative, left of or above the level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) left: i64,
    pub(super) top: i64,
    pub(super) size: PixelSize,
}

impl RegionPlan {
    /// `base` is the mpp of level 0.
    pub(super) fn new(
        index: &PyramidIndex,
        base: Mpp,
        mpp: Mpp,
        rect: MicrometreRect,
        out: PixelSize,
    ) -> Result<Self, PyramidError> {
        check(rect, out)?;
        let frames = just_finer(index, base, mpp)?;
        let level_mpp = base.times(f64::from(1_u32 << frames.level.0.min(31)));
        let scale = dct_scale(frames.grid.tile, mpp.get() / level_mpp.get());
        let [x, y, width, height] = rect
            .in_pixels(level_mpp.times(f64::from(scale.divisor())))
            .map(snapped);
        let cover = Cover {
            x,
            y,
            width,
            height,
        };
        if (width + 4.0) * (height + 4.0) > MAX_PIXELS {
            return Err(PyramidError::Region(
                "it is too large, ask for a coarser mpp or a smaller part",
            ));
        }
        Ok(Self {
            level: frames.level,
            grid: frames.grid,
            scale,
            cover,
            out,
        })
    }

    /// What has to be done to the decoded pixels.
    pub(super) fn resampling(&self) -> Resampling {
        let Cover {
            x,
            y,
            width,
            height,
        } = self.cover;
        if width != f64::from(self.out.width) || height != f64::from(self.out.height) {
            Resampling::Scale
        } else if x.fract() == 0.0 && y.fract() == 0.0 {
            Resampling::Copy
        } else {
            Resampling::Shift
        }
    }

    /// The decoded pixels that the region needs: its cover, and around it what the resampling
    /// filter reaches.
    pub(super) fn needed(&self) -> Frame {
        let (left, width) = self.needed_along(self.cover.x, self.cover.width, self.out.width);
        let (top, height) = self.needed_along(self.cover.y, self.cover.height, self.out.height);
        Frame {
            left,
            top,
            size: PixelSize::new(width, height),
        }
    }

    fn needed_along(&self, start: f64, length: f64, out: u32) -> (i64, u32) {
        let reach = if self.resampling() == Resampling::Copy {
            0.0
        } else {
            // A triangle filter is as wide on each side as one output pixel (or one input pixel
            // when enlarging), measured from the centre of the output pixel.
            let pixel = length / f64::from(out);
            pixel.max(1.0) - pixel / 2.0
        };
        let first = (start - reach).floor();
        let end = (start + length + reach).ceil();
        (first as i64, (end - first) as u32)
    }

    /// Columns and rows of the tiles that hold needed pixels.
    pub(super) fn tiles(&self) -> (Range<u32>, Range<u32>) {
        let needed = self.needed();
        let divisor = self.scale.divisor();
        let columns = spanned(
            needed.left,
            needed.size.width,
            self.grid.tile.width / divisor,
            self.grid.columns(),
        );
        let rows = spanned(
            needed.top,
            needed.size.height,
            self.grid.tile.height / divisor,
            self.grid.rows(),
        );
        (columns, rows)
    }

    /// Size of the part of `tile` that lies inside the level, after decoding at the plan's scale.
    pub(super) fn valid_part(&self, tile: TileIndex) -> PixelSize {
        self.grid
            .clipped(tile)
            .map_or(PixelSize::new(0, 0), |part| {
                PixelSize::new(part.width, part.height).downsampled(self.scale.divisor())
            })
    }
}

fn check(rect: MicrometreRect, out: PixelSize) -> Result<(), PyramidError> {
    let numbers = [rect.x, rect.y, rect.width, rect.height];
    // Beyond a million metres positions in pixels no longer fit whole numbers exactly.
    if !numbers.iter().all(|number| number.abs() < 1e12) {
        return Err(PyramidError::Region(
            "its position or size is not a usable number",
        ));
    }
    if rect.width <= 0.0 || rect.height <= 0.0 || out.area() == 0 {
        return Err(PyramidError::Region(
            "its width and height must be greater than zero",
        ));
    }
    if out.area() as f64 > MAX_PIXELS {
        return Err(PyramidError::Region(
            "it is too large, ask for fewer pixels",
        ));
    }
    Ok(())
}

/// The coarsest level that is as fine as `mpp`, else the finest there is.
fn just_finer(index: &PyramidIndex, base: Mpp, mpp: Mpp) -> Result<&LevelFrames, PyramidError> {
    let fine_enough = |frames: &&LevelFrames| {
        let downsample = f64::from(1_u32 << frames.level.0.min(31));
        base.get() * downsample <= mpp.get() * COARSER_BY
    };
    index
        .levels
        .iter()
        .filter(fine_enough)
        .max_by_key(|frames| frames.level)
        .or_else(|| index.levels.iter().min_by_key(|frames| frames.level))
        .ok_or(PyramidError::NoSuchLevel(LevelNumber(0)))
}

/// The strongest scale that keeps the decoded level as fine as asked for and tiles whole.
fn dct_scale(tile: PixelSize, downsample: f64) -> DctScale {
    DctScale::COARSEST_FIRST
        .into_iter()
        .find(|scale| {
            let divisor = scale.divisor();
            f64::from(divisor) <= downsample * COARSER_BY
                && tile.width.is_multiple_of(divisor)
                && tile.height.is_multiple_of(divisor)
        })
        .unwrap_or(DctScale::Full)
}

fn snapped(pixels: f64) -> f64 {
    let whole = pixels.round();
    if (pixels - whole).abs() < WHOLE_PIXEL {
        whole
    } else {
        pixels
    }
}

fn spanned(first: i64, length: u32, tile: u32, n_tiles: u32) -> Range<u32> {
    let end = first + i64::from(length);
    let clamp = |index: i64| index.clamp(0, i64::from(n_tiles)) as u32;
    let start = clamp(first.div_euclid(i64::from(tile)));
    start..clamp((end + i64::from(tile) - 1).div_euclid(i64::from(tile))).max(start)
}
