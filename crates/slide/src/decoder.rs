//! The parent's side of the decoder: OpenSlide runs only in a child process, because C parsers meet
//! hostile files there. A crash, a hang or an endless answer costs the child, never the service.

mod child;
mod command;
mod frames;
mod pool;
pub(crate) mod protocol;

pub use command::{DecoderCommand, DecoderOptions};
pub(crate) use frames::DecodedFrames;
pub(crate) use pool::DecoderPool;
