//! The parts of JPEG that matter for copying compressed tiles without decoding them.

mod blank;
mod encode;
mod header;
mod splice;

pub(crate) use blank::blank;
pub(crate) use encode::Encoder;
pub use encode::JpegQuality;
pub(crate) use header::{Colour, Headers, JpegProblem, Sampling};
pub(crate) use splice::{Prefix, splice};
