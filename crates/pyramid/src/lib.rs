//! Writes and range-reads the DICOM pyramid.

mod error;
mod image;
mod jpeg;
mod reader;

pub use error::PyramidError;
pub use image::RgbImage;
pub use jpeg::{decode_jpeg, encode_jpeg};
pub use reader::{Fetched, IndexCache, PyramidReader};
