//! Embeds the tissue of a slide tile by tile into a bag.

mod layout;

pub use layout::{TileLayout, TileSpec, lay_out};
