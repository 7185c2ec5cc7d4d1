//! Files that come in piece by piece, until they are whole and become slides.

mod begin;
mod join;
mod numbered;
mod objects;
mod parts;
mod quota;
mod row;
mod upkeep;

pub use begin::{BegunUpload, NewFile, NewUpload};
pub use join::JoinedAs;
pub use numbered::{FinishedNumbers, KeptNumber, NumberedPart, PartNumber};
pub use parts::UploadPartRow;
pub use quota::UploadQuota;
pub use row::{ObjectName, UploadMetadata, UploadRow, UploadState};
