use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::credentials::Credentials;
use super::names::{BucketName, Endpoint, KeyPrefix, KmsKeyId, Region};
use crate::StoreError;

/// Everything that is needed to keep objects on S3.
///
/// The credentials need `s3:GetObject`, `s3:PutObject` and `s3:AbortMultipartUpload` on the objects,
/// `s3:DeleteObject` on those below `uploads/` (parts of resumable uploads, the only objects that are
/// removed), and `s3:ListBucket` on the bucket: without it S3 calls an object that is missing forbidden. With
/// [`Encryption::Kms`] they need `kms:GenerateDataKey` and `kms:Decrypt` too. The bucket should have
/// a lifecycle rule `AbortIncompleteMultipartUpload`, of some days: it clears away the parts that a
/// process left which was killed in the middle of an upload.
#[derive(Clone, Debug)]
pub struct S3Config {
    pub server: S3Server,
    pub place: S3Place,
    pub credentials: Credentials,
    pub encryption: Encryption,
    pub patience: Patience,
    pub range_reads: RangeReads,
    pub scratch: ScratchConfig,
}

/// Which S3.
#[derive(Clone, Debug)]
pub struct S3Server {
    /// Absent for Amazon's own.
    pub endpoint: Option<Endpoint>,
    pub region: Region,
    pub addressing: Addressing,
}

/// Where the bucket stands in an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressing {
    /// `https://bucket.host/key`, as Amazon wants it.
    VirtualHost,
    /// `https://host/bucket/key`, for servers that have one host name.
    Path,
}

/// Where the objects lie on that S3.
#[derive(Clone, Debug)]
pub struct S3Place {
    pub bucket: BucketName,
    /// Absent if the bucket is Coverslip's alone.
    pub prefix: Option<KeyPrefix>,
}

/// Who encrypts objects at rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// Whatever the bucket does of itself.
    BucketDefault,
    /// AES-256 with keys of the storage (`AES256`).
    StorageKey,
    /// `aws:kms` with this key.
    Kms(KmsKeyId),
}

impl FromStr for Encryption {
    type Err = StoreError;

    /// `bucket`, `AES256` or `aws:kms:KEY`.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        match (text, text.strip_prefix("aws:kms:")) {
            ("bucket", _) => Ok(Self::BucketDefault),
            ("AES256", _) => Ok(Self::StorageKey),
            (_, Some(key)) => Ok(Self::Kms(key.parse()?)),
            _ => Err(StoreError::Setting {
                what: "encryption",
                text: text.to_owned(),
                expected: "`bucket`, `AES256` or `aws:kms:KEY`",
            }),
        }
    }
}

/// How parts of objects are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RangeReads {
    /// By signed links, which cost much less; by the SDK where that does not bring them.
    #[default]
    Linked,
    /// By the SDK alone.
    Sdk,
}

/// How long a call waits, and how often it tries.
///
/// A try that finds nobody listening fails at once, one that nobody answers after `connect`, and one
/// that is not answered after `answer` and another second for each MiB it sends. Between tries a
/// call pauses for a random time of up to 1, 2, 4, ... seconds, 20 at most. So with the default of
/// four tries a call to a server that is down fails within 7 seconds, to one that hangs within 4
/// minutes and 7 seconds. What is tried again is what may work later: no connection, no answer, too
/// busy, broken. A body that stops moving for 20 seconds fails; one that was coming is not asked for
/// again. A large object that cannot be sent takes as long again to give up what was sent of it.
/// Where nothing works, calls fail sooner: all of them together have fifty tries more than their
/// first, and five a second.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub connect: Duration,
    pub answer: Duration,
    /// How often a call is tried in all, at least once.
    pub tries: u32,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            answer: Duration::from_secs(60),
            tries: 4,
        }
    }
}

impl Patience {
    /// How long a try may take that sends `n_bytes`.
    pub(super) fn sending(&self, n_bytes: u64) -> Duration {
        self.answer + Duration::from_secs(n_bytes / (1024 * 1024))
    }
}

/// The disk of this machine that files pass through.
#[derive(Clone, Debug)]
pub struct ScratchConfig {
    /// Nothing else may lie in it: what others left there is cleared away.
    pub folder: PathBuf,
    /// What files fetched from S3 may take up together. A file larger than this cannot be fetched.
    pub download_bytes: u64,
}
