//! TIFF and BigTIFF: our own index of the file, and the native path that copies its JPEG tiles.
//!
//! The index is our own because the file is hostile until shown otherwise. async-tiff 0.4, which
//! was meant for this, panics on an unknown field type and on a text without its final zero
//! (`metadata/reader.rs`: `expect`, `panic!`, `unwrap` on an overflow), reserves memory by the
//! counts a file claims, and follows a loop of directories for ever.

mod codestreams;
mod description;
mod directory;
mod native;
mod open;
mod page;
mod pyramid;
mod resolution;
mod value;
mod vendor;

pub(crate) use codestreams::Codestreams;
pub(crate) use native::NativeFrames;
pub(crate) use open::{Hints, Opened, open};
pub(crate) use resolution::plausible_mpp;
