//! The IIIF Image API 3.0: any part of a slide at any size, and the same tiles as Deep Zoom.

mod error;
mod information;
mod number;
mod path;
mod picture;
mod region;
mod rendering;
mod resolve;
mod serve;
mod size;

pub(crate) use error::IiifError;
pub(crate) use path::{IiifItem, IiifPath, ImageRequest};
pub(crate) use region::Region;
pub(crate) use serve::serve;
pub(crate) use size::Size;
