//! Objects on their way from S3.

use std::io::{self, Write};
use std::ops::Range;

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use flow::{DigestWriter, ObjectKey, Sha256Digest};

use super::bucket::{Bucket, Stored};
use super::error::Answer;
use super::write::unreadable;
use crate::blocking::blocking;
use crate::{StoreError, Upload};

impl Bucket {
    pub(super) async fn get(&self, key: &ObjectKey) -> Result<Bytes, StoreError> {
        let (stored, body) = self.fetch(key).await?;
        let bytes = self.collect(key, body).await?;
        let (bytes, found) = blocking(move || {
            let digest = Sha256Digest::of(&bytes);
            (bytes, digest)
        })
        .await;
        stored.check(key, found)?;
        Ok(bytes)
    }

    pub(super) async fn get_range(
        &self,
        key: &ObjectKey,
        range: Range<u64>,
    ) -> Result<Bytes, StoreError> {
        // S3 knows no empty ranges.
        if range.is_empty() {
            StoreError::check_range(key, &range, self.head(key).await?.size)?;
            return Ok(Bytes::new());
        }
        if let Some(links) = &self.linked_reads
            && let Some(bytes) = links.read(self, key, &range).await
        {
            return Ok(bytes);
        }
        let request = self.client.get_object().bucket(self.name());
        let request = request.range(format!("bytes={}-{}", range.start, range.end - 1));
        match request.key(self.name_of(key)).send().await {
            Ok(answer) => self.part(key, range, answer).await,
            Err(error) => {
                if Answer::of(&error).is_some_and(|answer| answer.status == 416) {
                    StoreError::check_range(key, &range, self.head(key).await?.size)?;
                }
                Err(self.failed("read", key, error))
            }
        }
    }

    /// Fetches a whole object into `upload`.
    pub(super) async fn fetch_into(
        &self,
        key: &ObjectKey,
        upload: &mut Upload,
    ) -> Result<Stored, StoreError> {
        let (stored, mut body) = self.fetch(key).await?;
        while let Some(bytes) = body.next().await {
            let bytes = bytes.map_err(|error| self.broke_off(key, error))?;
            upload.write(&bytes).await?;
        }
        Ok(stored)
    }

    /// The digest of an object, fetched for it.
    pub(super) async fn digest_of(&self, key: &ObjectKey) -> Result<Sha256Digest, StoreError> {
        let (_stored, mut body) = self.fetch(key).await?;
        let mut hasher = DigestWriter::new(io::sink());
        while let Some(bytes) = body.next().await {
            let bytes = bytes.map_err(|error| self.broke_off(key, error))?;
            hasher.write_all(&bytes).map_err(unreadable)?;
        }
        Ok(hasher.finish().1)
    }

    async fn fetch(&self, key: &ObjectKey) -> Result<(Stored, ByteStream), StoreError> {
        let request = self.client.get_object().bucket(self.name());
        let answer = request.key(self.name_of(key)).send().await;
        let answer = answer.map_err(|error| self.failed("read", key, error))?;
        let stored = self.stored(key, answer.content_length(), answer.metadata())?;
        Ok((stored, answer.body))
    }

    /// The asked part of an object, told from what a server sends instead where the object is
    /// shorter.
    async fn part(
        &self,
        key: &ObjectKey,
        range: Range<u64>,
        answer: GetObjectOutput,
    ) -> Result<Bytes, StoreError> {
        let size = match answer.content_range().and_then(total) {
            Some(size) => size,
            None => self.head(key).await?.size,
        };
        StoreError::check_range(key, &range, size)?;
        let bytes = self.collect(key, answer.body).await?;
        if bytes.len() as u64 == range.end - range.start {
            return Ok(bytes);
        }
        Err(self.not_s3(key, "with other bytes than were asked for"))
    }

    async fn collect(&self, key: &ObjectKey, body: ByteStream) -> Result<Bytes, StoreError> {
        let bytes = body.collect().await;
        bytes
            .map(|bytes| bytes.into_bytes())
            .map_err(|error| self.broke_off(key, error))
    }
}

impl Stored {
    /// Fails if the object has another digest than `found`.
    pub(super) fn check(&self, key: &ObjectKey, found: Sha256Digest) -> Result<(), StoreError> {
        match self.digest {
            Some(expected) if expected != found => Err(StoreError::Damaged {
                key: key.path(),
                expected,
                found,
            }),
            _ => Ok(()),
        }
    }
}

/// The object's size in `bytes 0-9/1234`.
fn total(content_range: &str) -> Option<u64> {
    content_range.rsplit_once('/')?.1.parse().ok()
}
