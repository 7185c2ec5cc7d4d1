//! Opens a scanner file: native compressed tiles where the format allows, pixels otherwise.
//!
//! [`open`] decides between three ways. A tiled TIFF or Aperio SVS of baseline JPEG is indexed here
//! and its tiles are copied bit for bit; so are the JPEG frames of a DICOM slide. Everything else
//! that OpenSlide knows is decoded in a child process that has locked itself in
//! ([`decode_child`]) and compressed once more. OpenSlide runs nowhere but there.
//!
//! All reading is synchronous and safe to call from many threads.

pub mod decode_child;
mod decoder;
mod dicom;
mod error;
mod facts;
mod jpeg;
mod slide;
mod source_file;
mod tiff;

pub use decoder::{DecoderCommand, DecoderOptions};
pub use dicom::{DicomMeta, dicom_instance, dicom_meta, dicom_picture};
pub use error::SlideError;
pub use facts::{Confinement, DicomInstance, ScannerNames, SlideFacts, SourceLevel};
pub use jpeg::JpegQuality;
pub use slide::{Slide, open, open_with};
