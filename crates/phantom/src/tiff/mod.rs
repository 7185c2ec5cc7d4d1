//! Writes tiled TIFF 6.0 and BigTIFF files front to back: tiles first, directories last.

mod directory;
mod jpeg;
mod writer;

pub(crate) use directory::{Directory, Tag, Value};
pub(crate) use jpeg::TableSplit;
pub(crate) use writer::{Flavour, Span, TiffWriter};
