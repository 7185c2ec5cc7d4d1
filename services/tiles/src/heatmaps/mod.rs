//! Heatmaps over a slide, coloured when they are asked for.

mod colormap;
mod colouring;
mod draw;
mod grid;
mod selection;
mod serve;

pub(crate) use colouring::ColouringError;
pub(crate) use selection::{Heatmaps, LayerName};
pub(crate) use serve::{layer, tile};
