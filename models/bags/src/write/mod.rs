//! Writing: each file appears whole under its name, or not at all.

mod clam;
mod pixels;
mod stamp;
mod trident;
mod whole_file;

use std::path::{Path, PathBuf};

use flow::{BagHeader, Instance, SlideManifest};

use crate::{BagError, BagFormat};

/// A stored bag on its way to another tool.
#[derive(Clone, Copy, Debug)]
pub struct OutgoingBag<'a> {
    /// What the other tool calls the slide: the name of its files.
    pub name: &'a str,
    pub slide: &'a SlideManifest,
    pub header: &'a BagHeader,
    /// As many as there are embeddings.
    pub instances: &'a [Instance],
    /// `instances.len() * header.dimension` values.
    pub embeddings: &'a [f32],
}

/// Writes the bag into `folder` as the tool lays its files out there, and says which they are.
///
/// Places go out as whole level-0 pixels (TRIDENT, CLAM), the nearest to the exact ones, or as
/// micrometres (STAMP). Beside the tile's side in pixels stands `tile_size_um`, which is exact.
///
/// # Errors
/// If a file cannot be written, or if STAMP's half precision cannot hold a value.
pub fn write(
    bag: &OutgoingBag<'_>,
    format: BagFormat,
    folder: &Path,
) -> Result<Vec<PathBuf>, BagError> {
    match format {
        BagFormat::Trident => trident::write(bag, folder),
        BagFormat::Clam => clam::write(bag, folder),
        BagFormat::Stamp => stamp::write(bag, folder),
    }
}

impl OutgoingBag<'_> {
    /// Rows and columns of the embeddings.
    fn shape(&self) -> [u64; 2] {
        [
            self.instances.len() as u64,
            u64::from(self.header.dimension),
        ]
    }
}
