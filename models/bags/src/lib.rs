//! The bags of other tools: TRIDENT, CLAM and STAMP.
//!
//! [`read()`] takes a file of any of them and says what it found: embeddings, where the tiles lie, in
//! which unit, and which encoder the file names. [`write()`] makes files that those tools open.
//! HDF5 is read and written by `hdf5-pure`, PyTorch files by `weights`; no pickle is ever run.

mod bag_file;
mod error;
mod format;
mod places;
mod read;
mod stride;
mod write;

pub use bag_file::BagFile;
pub use error::BagError;
pub use format::BagFormat;
pub use places::{Evidence, PlaceUnit, TilePlaces, TileSide};
pub use read::read;
pub use write::{OutgoingBag, write};
