//! Deep Zoom: the slide as square tiles of halving levels.

mod descriptor;
mod geometry;
mod path;

pub(crate) use geometry::{DeepZoom, DeepZoomLevel};
pub(crate) use path::{DeepZoomItem, DeepZoomPath, DescriptorFormat, parse_tile_index};
