//! Gives the values of a heatmap their colours, and draws them as pictures of palette entries.

mod colormap;
mod colouring;
mod draw;

pub use colormap::{Colormap, N_COLOURS};
pub use colouring::{Colouring, ColouringError, Scale, Smoothing};
pub use draw::{Indexed, cells, tile};
