//! Heatmaps over a slide, coloured when they are asked for.

mod grid;
mod selection;
mod serve;
mod shown;
mod so_far;

pub(crate) use grid::Grid;
pub(crate) use selection::{Heatmaps, LayerName};
pub(crate) use serve::{layer, tile};
pub(crate) use shown::{LayerKind, LayerValues, Shown};
pub(crate) use so_far::{SoFar, so_far};
