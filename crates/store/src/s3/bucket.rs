use std::collections::HashMap;
use std::fmt;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types::ServerSideEncryption;
use flow::{ObjectKey, Sha256Digest};

use super::client::client;
use super::config::{Encryption, Patience, RangeReads, S3Config, S3Place};
use super::error::{Answer, S3Error};
use super::linked_reads::LinkedReads;
use super::names::Endpoint;
use crate::StoreError;

/// The name under which an object's sha256 is kept with it.
pub(super) const DIGEST: &str = "sha256";

/// One bucket, and how to talk to it.
pub(super) struct Bucket {
    pub(super) client: Client,
    pub(super) encryption: Encryption,
    pub(super) patience: Patience,
    /// Absent where the SDK reads alone.
    pub(super) linked_reads: Option<LinkedReads>,
    place: S3Place,
    /// For people: which server this is.
    server: String,
}

/// What S3 says of an object.
pub(super) struct Stored {
    pub(super) size: u64,
    /// Absent where something else put the object there.
    pub(super) digest: Option<Sha256Digest>,
}

impl Bucket {
    pub(super) async fn open(config: &S3Config) -> Result<Self, StoreError> {
        let server = match &config.server.endpoint {
            Some(endpoint) => format!("the S3 server at {endpoint}"),
            None => format!("Amazon S3 in {}", config.server.region),
        };
        let bucket = Self {
            client: client(config).await,
            encryption: config.encryption.clone(),
            patience: config.patience,
            linked_reads: linked_reads(config),
            place: config.place.clone(),
            server,
        };
        bucket.check().await?;
        Ok(bucket)
    }

    pub(super) fn name(&self) -> &str {
        self.place.bucket.as_str()
    }

    /// The object's name in the bucket.
    pub(super) fn name_of(&self, key: &ObjectKey) -> String {
        let prefix = self.place.prefix.as_ref();
        format!("{}{key}", prefix.map_or("", |prefix| prefix.as_str()))
    }

    pub(super) async fn head(&self, key: &ObjectKey) -> Result<Stored, StoreError> {
        let request = self.client.head_object().bucket(self.name());
        let answer = request.key(self.name_of(key)).send().await;
        let answer = answer.map_err(|error| self.failed("look for", key, error))?;
        self.stored(key, answer.content_length(), answer.metadata())
    }

    /// That an object is not there is what was wanted.
    pub(super) async fn remove(&self, key: &ObjectKey) -> Result<(), StoreError> {
        let request = self.client.delete_object().bucket(self.name());
        let answer = request.key(self.name_of(key)).send().await;
        match answer.map_err(|error| self.failed("remove", key, error)) {
            Ok(_) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// What S3 says in the headers of an answer.
    pub(super) fn stored(
        &self,
        key: &ObjectKey,
        length: Option<i64>,
        metadata: Option<&HashMap<String, String>>,
    ) -> Result<Stored, StoreError> {
        let size = length.and_then(|length| u64::try_from(length).ok());
        let digest = metadata.and_then(|metadata| metadata.get(DIGEST));
        Ok(Stored {
            size: size.ok_or_else(|| self.not_s3(key, "without saying how long the object is"))?,
            digest: digest.and_then(|text| text.parse().ok()),
        })
    }

    /// Tells a missing object from a failure.
    pub(super) fn failed<E>(
        &self,
        action: &'static str,
        key: &ObjectKey,
        error: SdkError<E, HttpResponse>,
    ) -> StoreError
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        match Answer::of(&error) {
            Some(answer) if answer.is_missing_object() => StoreError::NotFound { key: key.path() },
            _ => self.error(action, key, S3Error::of(&self.server, error)),
        }
    }

    /// The connection broke off while an object came.
    pub(super) fn broke_off(
        &self,
        key: &ObjectKey,
        source: impl std::error::Error + Send + Sync + 'static,
    ) -> StoreError {
        self.error("read", key, S3Error::unreachable(&self.server, source))
    }

    pub(super) fn not_s3(&self, key: &ObjectKey, what: &'static str) -> StoreError {
        let server = self.server.clone();
        self.error("read", key, S3Error::NotS3 { server, what })
    }

    /// # Errors
    /// If the bucket is not there or may not be used.
    pub(super) async fn check(&self) -> Result<(), StoreError> {
        let answer = self.client.head_bucket().bucket(self.name()).send().await;
        let Err(error) = answer else { return Ok(()) };
        let is_missing = Answer::of(&error).is_some_and(|answer| answer.status == 404);
        let source = match S3Error::of(&self.server, error) {
            // The answer to HEAD has no body that would say so.
            S3Error::Unexpected { server, source, .. } if is_missing => {
                S3Error::NoBucket { server, source }
            }
            other => other,
        };
        Err(StoreError::Bucket {
            bucket: self.name().to_owned(),
            source,
        })
    }

    pub(super) fn error(
        &self,
        action: &'static str,
        key: &ObjectKey,
        source: S3Error,
    ) -> StoreError {
        StoreError::S3 {
            action,
            key: key.path(),
            source,
        }
    }
}

fn linked_reads(config: &S3Config) -> Option<LinkedReads> {
    match config.range_reads {
        RangeReads::Sdk => None,
        RangeReads::Linked => {
            let endpoint = config.server.endpoint.as_ref();
            LinkedReads::new(config.patience, endpoint.is_none_or(Endpoint::is_https))
        }
    }
}

impl Answer {
    fn is_missing_object(&self) -> bool {
        self.status == 404 && matches!(self.code.as_str(), "" | "NoSuchKey" | "NotFound")
    }
}

impl Encryption {
    pub(super) fn algorithm(&self) -> Option<ServerSideEncryption> {
        match self {
            Self::BucketDefault => None,
            Self::StorageKey => Some(ServerSideEncryption::Aes256),
            Self::Kms(_) => Some(ServerSideEncryption::AwsKms),
        }
    }

    pub(super) fn key_id(&self) -> Option<String> {
        match self {
            Self::Kms(id) => Some(id.to_string()),
            Self::BucketDefault | Self::StorageKey => None,
        }
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bucket").field(&self.place).finish()
    }
}
