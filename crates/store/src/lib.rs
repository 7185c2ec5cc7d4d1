//! Object storage on the local disk.
//!
//! The contract, which `tests/` holds every kind of storage to:
//!
//! * An object is immutable. It appears whole or not at all: readers, and a process started after
//!   a crash, never see a part of one.
//! * A call that wrote an object returns only when the object would survive a power cut.
//! * Writing the same bytes under the same key again is fine; other bytes are refused with
//!   [`StoreError::AlreadyExists`] and change nothing.
//! * There is no listing: the catalog and the manifests say which objects there are.
//!
//! On disk an object lies under the root at [`flow::ObjectKey::path`]; files in the making lie under
//! `scratch/` on the same file system, so that a rename puts them in place.

mod blocking;
mod error;
mod object_file;
mod open_objects;
mod placement;
mod scratch;
mod store;
mod upload;

pub use error::StoreError;
pub use scratch::Scratch;
pub use store::Store;
pub use upload::{ReceivedFile, Upload};
