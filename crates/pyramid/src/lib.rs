//! Writes and range-reads the DICOM pyramid.

mod build;
mod dicom;
mod error;
#[cfg(test)]
mod fixture;
mod image;
mod jpeg;
mod reader;

pub use build::{BuiltLevel, BuiltPyramid, PyramidPlan, build};
pub use error::PyramidError;
pub use image::RgbImage;
pub use jpeg::{decode_jpeg, encode_jpeg, encode_jpeg_full_colour};
pub use reader::{Fetched, IndexCache, PyramidReader};
