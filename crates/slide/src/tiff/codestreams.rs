use flow::{TileGrid, TileIndex};

use crate::tiff::page::Chunks;

/// Where the JPEG 2000 codestream of each level-0 tile lies, so that the decoder child can decode
/// it without OpenSlide's compositing, which costs a third as much again.
#[derive(Debug)]
pub(crate) struct Codestreams {
    grid: TileGrid,
    chunks: Chunks,
}

impl Codestreams {
    pub(super) fn new(grid: TileGrid, chunks: Chunks) -> Self {
        Self { grid, chunks }
    }

    pub(crate) fn grid(&self) -> TileGrid {
        self.grid
    }

    /// Offset and length; `None` where the scanner left the tile out.
    pub(crate) fn get(&self, tile: TileIndex) -> Option<(u64, u32)> {
        self.chunks.get(self.grid.position(tile)?)
    }
}
