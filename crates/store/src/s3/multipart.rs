//! Objects that are sent in parts, of any size in constant memory.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart};
use flow::{ObjectKey, Sha256Digest};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::body::{Body, Parcel, Running};
use super::bucket::{Bucket, DIGEST};
use super::part_plan::PartPlan;
use super::write::{Sent, base64, unreadable};
use crate::StoreError;
use crate::blocking::{blocking, finished};

/// Parts under way at once.
const IN_FLIGHT: usize = 4;

impl Bucket {
    /// Sends what is hashed once more on its way, and completes it only if it is still what it was.
    pub(super) async fn send_parts(
        self: &Arc<Self>,
        key: &ObjectKey,
        parcel: &Parcel,
        plan: PartPlan,
    ) -> Result<Sent, StoreError> {
        // A task of its own, so that an upload that S3 has begun is known, and aborted, even if this
        // future is dropped before it hears of it.
        let begun = MultipartUpload::begin(Arc::clone(self), key.clone(), parcel.digest);
        let mut upload = finished(tokio::spawn(begun).await).await?;
        let sent = match upload.send(parcel, plan).await {
            Ok(parts) => upload.complete(parts).await,
            Err(error) => Err(error),
        };
        // Waited for, so that nothing is left once the caller knows.
        upload.abort().await;
        sent
    }
}

/// An upload that S3 keeps parts for. Dropped in the middle, it is aborted.
struct MultipartUpload {
    bucket: Arc<Bucket>,
    key: ObjectKey,
    id: String,
    is_open: bool,
}

/// One part, hashed.
struct Part {
    number: i32,
    range: Range<u64>,
    digest: Sha256Digest,
}

impl MultipartUpload {
    async fn begin(
        bucket: Arc<Bucket>,
        key: ObjectKey,
        digest: Sha256Digest,
    ) -> Result<Self, StoreError> {
        let request = bucket.client.create_multipart_upload();
        let answer = request
            .bucket(bucket.name())
            .key(bucket.name_of(&key))
            .content_type(key.content_type())
            .metadata(DIGEST, digest.to_string())
            .checksum_algorithm(ChecksumAlgorithm::Sha256)
            .set_server_side_encryption(bucket.encryption.algorithm())
            .set_ssekms_key_id(bucket.encryption.key_id())
            .send()
            .await
            .map_err(|error| bucket.failed("begin to write", &key, error))?;
        let nameless = || bucket.not_s3(&key, "without an id for the upload");
        let id = answer.upload_id.ok_or_else(nameless)?;
        Ok(Self {
            bucket,
            key,
            id,
            is_open: true,
        })
    }

    async fn send(
        &self,
        parcel: &Parcel,
        plan: PartPlan,
    ) -> Result<Vec<CompletedPart>, StoreError> {
        let mut under_way = JoinSet::new();
        let sent = self.send_each(parcel, plan, &mut under_way).await;
        // A part that arrives after the upload was aborted could stay.
        under_way.shutdown().await;
        sent
    }

    async fn send_each(
        &self,
        parcel: &Parcel,
        plan: PartPlan,
        under_way: &mut JoinSet<Result<CompletedPart, StoreError>>,
    ) -> Result<Vec<CompletedPart>, StoreError> {
        let mut running = Running::new(io::sink());
        let mut sent = Vec::new();
        for (number, range) in (1..).zip(plan.parts()) {
            if under_way.len() == IN_FLIGHT
                && let Some(part) = under_way.join_next().await
            {
                sent.push(finished(part).await?);
            }
            let digest;
            (digest, running) = hash(&parcel.body, &range, running).await?;
            let part = Part {
                number,
                range,
                digest,
            };
            under_way.spawn(self.part(parcel.body.clone(), part));
        }
        while let Some(part) = under_way.join_next().await {
            sent.push(finished(part).await?);
        }
        sent.sort_by_key(|part| part.part_number);
        self.ensure_unchanged(parcel, running.finish().1)?;
        Ok(sent)
    }

    /// Sends one part; S3 refuses it if it does not arrive as it was hashed.
    fn part(
        &self,
        body: Body,
        part: Part,
    ) -> impl Future<Output = Result<CompletedPart, StoreError>> + use<> {
        let (bucket, key, id) = (Arc::clone(&self.bucket), self.key.clone(), self.id.clone());
        async move {
            let n_bytes = part.range.end - part.range.start;
            let body = body.stream(part.range).await.map_err(unreadable)?;
            let request = bucket.client.upload_part();
            let answer = request
                .bucket(bucket.name())
                .key(bucket.name_of(&key))
                .upload_id(id)
                .part_number(part.number)
                .checksum_sha256(base64(&part.digest))
                .body(body)
                .customize()
                .config_override(bucket.time_to_send(n_bytes))
                .send()
                .await
                .map_err(|error| bucket.failed("write", &key, error))?;
            Ok(CompletedPart::builder()
                .part_number(part.number)
                .set_e_tag(answer.e_tag)
                .checksum_sha256(base64(&part.digest))
                .build())
        }
    }

    fn ensure_unchanged(&self, parcel: &Parcel, found: Sha256Digest) -> Result<(), StoreError> {
        if found == parcel.digest {
            return Ok(());
        }
        Err(StoreError::ChangedInScratch {
            key: self.key.path(),
            expected: parcel.digest,
            found,
        })
    }

    /// Makes the parts an object, unless there is one of that name.
    async fn complete(&mut self, parts: Vec<CompletedPart>) -> Result<Sent, StoreError> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts));
        let request = self.bucket.client.complete_multipart_upload();
        let answer = request
            .bucket(self.bucket.name())
            .key(self.bucket.name_of(&self.key))
            .upload_id(&self.id)
            .multipart_upload(parts.build())
            .if_none_match("*")
            .send()
            .await;
        self.is_open = answer.is_err();
        self.bucket.sent(&self.key, answer)
    }

    async fn abort(mut self) {
        if self.is_open {
            self.aborting().await;
            self.is_open = false;
        }
    }

    fn aborting(&self) -> impl Future<Output = ()> + use<> {
        let (bucket, key, id) = (Arc::clone(&self.bucket), self.key.clone(), self.id.clone());
        async move {
            let request = bucket.client.abort_multipart_upload();
            let request = request.bucket(bucket.name()).key(bucket.name_of(&key));
            // What cannot be aborted is cleared away by the bucket's lifecycle rule.
            let _aborted = request.upload_id(id).send().await;
        }
    }
}

impl Drop for MultipartUpload {
    fn drop(&mut self) {
        if self.is_open
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(self.aborting());
        }
    }
}

async fn hash(
    body: &Body,
    range: &Range<u64>,
    mut running: Running,
) -> Result<(Sha256Digest, Running), StoreError> {
    let (body, range) = (body.clone(), range.clone());
    let hashed = blocking(move || {
        let digest = body.hash(&range, &mut running)?;
        Ok((digest, running))
    });
    hashed.await.map_err(unreadable)
}
