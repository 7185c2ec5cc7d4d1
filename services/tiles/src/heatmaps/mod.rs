//! Heatmaps over a slide, coloured when they are asked for.

mod grid;
mod selection;
mod serve;

pub(crate) use selection::{Heatmaps, LayerName};
pub(crate) use serve::{layer, tile};
