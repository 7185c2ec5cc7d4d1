//! Object storage on the local disk or on S3.
//!
//! The contract, which `tests/` holds both kinds of storage to:
//!
//! * An object is immutable. It appears whole or not at all: readers, and a process started after
//!   a crash, never see a part of one.
//! * A call that wrote an object returns only when the object would survive a power cut.
//! * Writing the same bytes under the same key again is fine; other bytes are refused with
//!   [`StoreError::AlreadyExists`] and change nothing.
//! * Only parts of uploads are ever removed, and a name is not used again after that.
//! * There is no listing: the catalog and the manifests say which objects there are.
//!
//! [`Bag`] reads a slide's embeddings, which are several objects, and checks one against the other.
//!
//! Both kinds put what is in the making into a scratch folder on a local disk. On the local disk
//! an object lies under the root at [`flow::ObjectKey::path`], and a rename brings it there from
//! `scratch/`; on S3 it has that path as its key ([`S3Config`] says how objects travel there).

mod bag;
mod blocking;
mod error;
mod local;
mod local_file;
mod s3;
mod scratch;
mod store;
mod upload;

pub use bag::{Bag, BagError};
pub use error::StoreError;
pub use local_file::LocalFile;
pub use s3::{
    AccessKeyId, AccessKeys, Addressing, BucketName, Credentials, Encryption, Endpoint, KeyPrefix,
    KmsKeyId, Patience, RangeReads, Region, S3Config, S3Error, S3Place, S3Server, ScratchConfig,
    SecretAccessKey, SessionToken, SignedLink,
};
pub use scratch::Scratch;
pub use store::Store;
pub use upload::{ReceivedFile, Upload};
