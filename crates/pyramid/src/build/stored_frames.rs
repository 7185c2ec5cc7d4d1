use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;

use flow::{LevelFrames, TileGrid, TileIndex};

use crate::PyramidError;
use crate::dicom::{WrittenInstance, scratch_error};

/// The frames of a level that has just been written, for making the next one.
pub(super) struct StoredFrames<'a> {
    instance: &'a WrittenInstance,
    file: File,
    frames: LevelFrames,
}

/// Some rows of frames, read at once.
pub(super) struct FrameRows<'a> {
    frames: &'a LevelFrames,
    start: u64,
    bytes: Vec<u8>,
}

impl<'a> StoredFrames<'a> {
    pub(super) fn open(instance: &'a WrittenInstance) -> Result<Self, PyramidError> {
        let file = File::open(&instance.path).map_err(scratch_error(&instance.path, "read"))?;
        Ok(Self {
            instance,
            file,
            frames: instance.level_frames()?,
        })
    }

    pub(super) fn grid(&self) -> TileGrid {
        self.frames.grid
    }

    /// Reads all frames of `rows` (clipped to the level) with a single call: they lie one after
    /// another.
    pub(super) fn rows(&self, rows: Range<u32>) -> Result<FrameRows<'_>, PyramidError> {
        let grid = self.frames.grid;
        let n_columns = grid.columns() as usize;
        let position = |row: u32| row.min(grid.rows()) as usize * n_columns;
        let wanted = &self.frames.frames()[position(rows.start)..position(rows.end)];
        let start = wanted.first().map_or(0, |frame| frame.offset);
        let end = wanted.last().map_or(0, |frame| frame.bytes().end);
        let mut bytes = vec![0; (end - start) as usize];
        self.file
            .read_exact_at(&mut bytes, start)
            .map_err(scratch_error(&self.instance.path, "read"))?;
        Ok(FrameRows {
            frames: &self.frames,
            start,
            bytes,
        })
    }
}

impl FrameRows<'_> {
    /// The JPEG of `tile`; `None` outside the level or the rows read.
    pub(super) fn frame(&self, tile: TileIndex) -> Option<&[u8]> {
        let range = self.frames.frame(tile)?.bytes();
        let start = range.start.checked_sub(self.start)? as usize;
        self.bytes.get(start..(range.end - self.start) as usize)
    }
}
