//! How good a slide is under each tile, as values and as pictures. It is no result: the first read
//! does not keep it back.

mod selection;
mod serve;

pub(crate) use selection::Quality;
pub(crate) use serve::{layer, overview, tile};
