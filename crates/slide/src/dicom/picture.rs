use std::path::Path;

use flow::TileIndex;

use crate::dicom::attributes::Attributes;
use crate::dicom::open::read;
use crate::error::SlideError;
use crate::jpeg::JpegQuality;
use crate::source_file::SourceFile;

/// Labels have some hundred pixels a side; keeps what decodes them flat.
const MAX_PIXELS: u64 = 16 << 20;

/// Barcodes are of hard edges.
const QUALITY: u8 = 95;

/// The label or overview of a DICOM slide, which is an instance of its own, as JPEG.
///
/// # Errors
/// If it is no instance of whole-slide microscopy, or not one frame that can be read.
pub fn dicom_picture(path: &Path) -> Result<Vec<u8>, SlideError> {
    let file = SourceFile::open(path)?;
    let (attributes, frames) = read(file, JpegQuality::new(QUALITY), Attributes::of_picture)?;
    let grid = attributes.grid;
    if grid.n_tiles() != 1 || grid.tile.area() > MAX_PIXELS {
        return Err(SlideError::unsupported(format!(
            "a picture must be one frame of at most {MAX_PIXELS} pixels, but it is {} of {}",
            grid.n_tiles(),
            grid.tile
        )));
    }
    frames.frame(0, TileIndex::new(0, 0))
}
