//! Files that come in piece by piece, until they are whole and become slides.

mod begin;
mod join;
mod parts;
mod quota;
mod row;
mod upkeep;

pub use begin::{BegunUpload, NewUpload};
pub use join::JoinedAs;
pub use parts::UploadPartRow;
pub use quota::UploadQuota;
pub use row::{UploadMetadata, UploadRow, UploadState};
