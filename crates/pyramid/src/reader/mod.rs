//! Reads tiles and regions of a stored pyramid with range reads.

mod canvas;
mod fetched;
mod index_cache;
mod instance;
mod pyramid_reader;
mod region;
mod shift;
#[cfg(test)]
mod tests;

pub use fetched::Fetched;
pub use index_cache::IndexCache;
pub use pyramid_reader::PyramidReader;
