//! Objects in a bucket on S3.
//!
//! What is in the making lies on a local disk, as it does for the other kind of storage, and is
//! sent when it is finished. An incoming slide could also be sent to S3 as it comes, but its key is
//! its digest, which is known at the end: it would need a name for the time being, a copy on the
//! server (in parts, beyond 5 GB) and a deletion, and a crash between any two of these would leave
//! what looks like an object. From the local disk it goes straight to its key, in one step that S3
//! makes whole; its digest is known, and a slide that was announced with another is refused, before
//! its first byte is sent; and a dropped upload leaves nothing anywhere. The price is a local disk
//! with room for the slides that come in at once, and that a slide is under way twice as long.
//!
//! * **Whole.** A small body is one request, a large one a multipart upload; neither is seen before
//!   its end. Both go through only if the name is free (`If-None-Match: *`). That of two who complete
//!   different large bodies at the same moment one is refused is up to the server: Amazon's does it,
//!   SeaweedFS 4.48 may let both pass and keep the last. A slide cannot meet it, its key being its
//!   digest, nor can two runs of a step that writes the same bytes each time.
//! * **Unchanged.** Each request has the sha256 of its body, and S3 refuses a body that is not it.
//!   A large body is hashed again on its way, and not completed if it is not what it was before.
//!   The sha256 of the whole is kept with the object: by it a reader checks what it fetched, and a
//!   writer sees whether the object that is there is the same.
//! * **Given up.** An upload that fails, or whose future is dropped, is aborted. One whose process
//!   is killed, or whose server is away by then, leaves parts that nobody sees, for the bucket's
//!   lifecycle rule to clear away.

mod body;
mod bucket;
mod client;
mod config;
mod credentials;
mod error;
mod link;
mod linked_reads;
mod multipart;
mod names;
mod part_plan;
mod read;
mod write;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flow::ObjectKey;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use config::{
    Addressing, Encryption, Patience, RangeReads, S3Config, S3Place, S3Server, ScratchConfig,
};
pub use credentials::{AccessKeyId, AccessKeys, Credentials, SecretAccessKey, SessionToken};
pub use error::S3Error;
pub use link::SignedLink;
pub use names::{BucketName, Endpoint, KeyPrefix, KmsKeyId, Region};

use crate::blocking::blocking;
use crate::scratch::ScratchSpace;
use crate::{LocalFile, ReceivedFile, StoreError, Upload};
use body::{Body, Parcel};
use bucket::Bucket;
use write::unreadable;

/// The unit in which room for fetched files is given out.
const ROOM: u64 = 1024 * 1024;

/// The objects of one bucket.
#[derive(Clone)]
pub(crate) struct S3Store {
    bucket: Arc<Bucket>,
    scratch: Arc<ScratchSpace>,
    /// What is free of `download_bytes`, in units of [`ROOM`].
    room: Arc<Semaphore>,
    download_bytes: u64,
}

impl S3Store {
    pub(crate) async fn open(config: &S3Config) -> Result<Self, StoreError> {
        let folder = config.scratch.folder.clone();
        let scratch = blocking(move || ScratchSpace::open(&folder)).await;
        let download_bytes = config.scratch.download_bytes;
        let room = usize::try_from(download_bytes / ROOM).unwrap_or(usize::MAX);
        Ok(Self {
            scratch: Arc::new(scratch.map_err(StoreError::disk("open scratch"))?),
            bucket: Arc::new(Bucket::open(config).await?),
            room: Arc::new(Semaphore::new(room.min(Semaphore::MAX_PERMITS))),
            download_bytes,
        })
    }

    pub(crate) async fn put(&self, key: &ObjectKey, bytes: Bytes) -> Result<(), StoreError> {
        self.send(key, Body::Memory(bytes)).await
    }

    pub(crate) async fn put_file(&self, key: &ObjectKey, file: &Path) -> Result<(), StoreError> {
        let file = self.scratch.own(key, file)?;
        self.send(key, Body::File(Arc::from(&*file))).await
    }

    pub(crate) async fn adopt(
        &self,
        received: ReceivedFile,
        key: &ObjectKey,
    ) -> Result<(), StoreError> {
        let parcel = Parcel {
            body: Body::File(Arc::from(&*received.path)),
            size: received.n_bytes,
            digest: received.digest,
        };
        self.bucket.send(key, &parcel).await
    }

    pub(crate) async fn remove(&self, key: &ObjectKey) -> Result<(), StoreError> {
        self.bucket.remove(key).await
    }

    pub(crate) async fn get(&self, key: &ObjectKey) -> Result<Bytes, StoreError> {
        self.bucket.get(key).await
    }

    pub(crate) async fn get_range(
        &self,
        key: &ObjectKey,
        range: Range<u64>,
    ) -> Result<Bytes, StoreError> {
        self.bucket.get_range(key, range).await
    }

    pub(crate) async fn size(&self, key: &ObjectKey) -> Result<u64, StoreError> {
        Ok(self.bucket.head(key).await?.size)
    }

    pub(crate) async fn local_file(&self, key: &ObjectKey) -> Result<LocalFile, StoreError> {
        let size = self.bucket.head(key).await?.size;
        let room = self.room(key, size).await?;
        let mut upload = Upload::start(&self.scratch).await?;
        let stored = self.bucket.fetch_into(key, &mut upload).await?;
        let received = upload.finish().await?;
        stored.check(key, received.digest)?;
        Ok(LocalFile::copy(received.path, room))
    }

    pub(crate) async fn link(
        &self,
        key: &ObjectKey,
        valid_for: Duration,
    ) -> Result<SignedLink, StoreError> {
        self.bucket.link(key, valid_for).await
    }

    pub(crate) async fn answers(&self) -> Result<(), StoreError> {
        self.bucket.check().await
    }

    pub(crate) fn scratch(&self) -> &Arc<ScratchSpace> {
        &self.scratch
    }

    async fn send(&self, key: &ObjectKey, body: Body) -> Result<(), StoreError> {
        let parcel = blocking(move || Parcel::of(body)).await;
        self.bucket.send(key, &parcel.map_err(unreadable)?).await
    }

    /// Waits until a file of `size` bytes has room among the fetched ones.
    async fn room(&self, key: &ObjectKey, size: u64) -> Result<OwnedSemaphorePermit, StoreError> {
        let no_room = || StoreError::NoRoom {
            key: key.path(),
            size,
            most: self.download_bytes,
        };
        if size > self.download_bytes {
            return Err(no_room());
        }
        // The last unit may be a part of one.
        let units = (size / ROOM).min(self.download_bytes / ROOM);
        let units = u32::try_from(units).ok().ok_or_else(no_room)?;
        let room = Arc::clone(&self.room).acquire_many_owned(units).await;
        room.map_err(|_closed| no_room())
    }
}
