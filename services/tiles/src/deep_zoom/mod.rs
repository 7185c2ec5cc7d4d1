//! Deep Zoom: the slide as square tiles of halving levels.

mod descriptor;
mod geometry;
mod path;
mod serve;
pub(crate) mod tile;

pub(crate) use geometry::{DeepZoom, DeepZoomLevel};
use path::{DeepZoomItem, DeepZoomPath, DescriptorFormat};
pub(crate) use path::{parse_level, parse_tile_index};
pub(crate) use serve::serve;
