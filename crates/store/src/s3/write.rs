//! Objects on their way to S3.

use std::io;
use std::sync::Arc;

use aws_sdk_s3::Config;
use aws_sdk_s3::config::Builder;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flow::{ObjectKey, Sha256Digest};

use super::body::Parcel;
use super::bucket::{Bucket, DIGEST};
use super::client::timeouts;
use super::error::Answer;
use super::part_plan::{MAX_OBJECT, PartPlan};
use crate::StoreError;

/// How often a write that ran into another one begins anew.
const MAX_CONFLICTS: u32 = 3;

/// What became of a write.
pub(super) enum Sent {
    InPlace,
    /// There is an object of that name or there was about to be one: another writer's, or our own
    /// from an earlier try whose answer was lost.
    Contested(StoreError),
}

impl Bucket {
    /// Makes `parcel` the object `key`, unless it is one already.
    pub(super) async fn send(
        self: &Arc<Self>,
        key: &ObjectKey,
        parcel: &Parcel,
    ) -> Result<(), StoreError> {
        let plan = PartPlan::of(parcel.size).ok_or_else(|| StoreError::TooLarge {
            key: key.path(),
            size: parcel.size,
            most: MAX_OBJECT,
        })?;
        if plan.is_single() {
            return self.send_until_settled(key, parcel, plan).await;
        }
        // Much is not sent in vain.
        match self.compare(key, parcel).await {
            Err(StoreError::NotFound { .. }) => self.send_until_settled(key, parcel, plan).await,
            settled => settled,
        }
    }

    async fn send_until_settled(
        self: &Arc<Self>,
        key: &ObjectKey,
        parcel: &Parcel,
        plan: PartPlan,
    ) -> Result<(), StoreError> {
        let mut n_conflicts = 0;
        loop {
            let sent = match plan.is_single() {
                true => self.send_whole(key, parcel).await?,
                false => self.send_parts(key, parcel, plan).await?,
            };
            let Sent::Contested(error) = sent else {
                return Ok(());
            };
            match self.compare(key, parcel).await {
                // The other writer gave up.
                Err(StoreError::NotFound { .. }) => n_conflicts += 1,
                settled => return settled,
            }
            if n_conflicts == MAX_CONFLICTS {
                return Err(error);
            }
        }
    }

    async fn send_whole(&self, key: &ObjectKey, parcel: &Parcel) -> Result<Sent, StoreError> {
        let body = parcel.body.stream(0..parcel.size).await;
        let body = body.map_err(unreadable)?;
        let request = self.client.put_object().bucket(self.name());
        let answer = request
            .key(self.name_of(key))
            .if_none_match("*")
            .content_type(key.content_type())
            .metadata(DIGEST, parcel.digest.to_string())
            .checksum_sha256(base64(&parcel.digest))
            .set_server_side_encryption(self.encryption.algorithm())
            .set_ssekms_key_id(self.encryption.key_id())
            .body(body)
            .customize()
            .config_override(self.time_to_send(parcel.size))
            .send()
            .await;
        self.sent(key, answer)
    }

    /// Tells a name that is taken, or being taken, from a failure.
    pub(super) fn sent<T, E>(
        &self,
        key: &ObjectKey,
        answer: Result<T, SdkError<E, HttpResponse>>,
    ) -> Result<Sent, StoreError>
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let Err(error) = answer else {
            return Ok(Sent::InPlace);
        };
        let is_contested = Answer::of(&error).is_some_and(|answer| {
            matches!(answer.status, 409 | 412) || answer.code == "NoSuchUpload"
        });
        let error = self.failed("write", key, error);
        match is_contested {
            true => Ok(Sent::Contested(error)),
            false => Err(error),
        }
    }

    /// A larger body may take longer.
    pub(super) fn time_to_send(&self, n_bytes: u64) -> Builder {
        Config::builder().timeout_config(timeouts(self.patience, n_bytes))
    }

    /// Is the object that is there this one?
    async fn compare(&self, key: &ObjectKey, parcel: &Parcel) -> Result<(), StoreError> {
        let stored = self.head(key).await?;
        let is_same = stored.size == parcel.size
            && match stored.digest {
                Some(digest) => digest == parcel.digest,
                // Brought here by another program, which did not keep what we noted.
                None => self.digest_of(key).await? == parcel.digest,
            };
        match is_same {
            true => Ok(()),
            false => Err(StoreError::AlreadyExists { key: key.path() }),
        }
    }
}

pub(super) fn base64(digest: &Sha256Digest) -> String {
    STANDARD.encode(digest.as_bytes())
}

/// What is to be stored cannot be read from scratch.
pub(super) fn unreadable(source: io::Error) -> StoreError {
    StoreError::disk("read a file that is to be stored")(source)
}
