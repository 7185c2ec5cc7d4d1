//! Heatmaps over a slide, coloured when they are asked for.

mod address;
mod grid;
mod kept;
mod selection;
mod serve;
mod shown;
mod so_far;

pub(crate) use address::{LayerFile, parse_layer_tile};
pub(crate) use grid::Grid;
pub(crate) use kept::kept_layers;
pub(crate) use selection::{Heatmaps, LayerName};
pub(crate) use serve::{layer, tile};
pub(crate) use shown::{LayerKind, LayerValues, Shown};
pub(crate) use so_far::{SoFar, so_far};
