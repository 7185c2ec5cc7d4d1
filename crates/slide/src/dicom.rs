//! DICOM whole-slide images (VL Whole Slide Microscopy, PS3.3 section A.32.8): one instance, which
//! is one level. JPEG frames are copied; uncompressed ones are compressed here.

mod attributes;
mod fragments;
mod frames;
mod meta;
mod named;
mod open;
mod picture;
mod walk;

pub(crate) use frames::Frames;
pub use meta::{DicomMeta, dicom_meta};
pub use named::dicom_instance;
pub(crate) use open::open;
pub use picture::dicom_picture;
