//! Where objects lie, if not in the data folder.

use anyhow::Result;
use clap::Args;
use store::{
    AccessKeyId, AccessKeys, Addressing, BucketName, Credentials, Encryption, Endpoint, KeyPrefix,
    Patience, RangeReads, Region, S3Config, S3Place, S3Server, ScratchConfig, SecretAccessKey,
    SessionToken,
};

use crate::tenant_args::Place;

/// Room on this machine for slides that are fetched from S3 to be tiled.
const DOWNLOAD_BYTES: u64 = 64 << 30;

#[derive(Clone, Debug, Args)]
pub(crate) struct S3Args {
    /// Keep objects in this bucket on S3 rather than in the data folder.
    #[arg(long, env = "COVERSLIP_S3_BUCKET", value_name = "BUCKET")]
    s3_bucket: Option<BucketName>,
    /// Begins the name of every object, where the bucket is not Coverslip's alone.
    #[arg(long, env = "COVERSLIP_S3_PREFIX", value_name = "PREFIX")]
    s3_prefix: Option<KeyPrefix>,
    /// An S3 of one's own, as http://HOST:PORT; Amazon's if not given.
    #[arg(long, env = "COVERSLIP_S3_ENDPOINT", value_name = "URL")]
    s3_endpoint: Option<Endpoint>,
    #[arg(
        long,
        env = "COVERSLIP_S3_REGION",
        value_name = "REGION",
        default_value = "us-east-1"
    )]
    s3_region: Region,
    /// Who encrypts at rest: bucket (as it is set up), AES256 or aws:kms:KEY.
    #[arg(
        long,
        env = "COVERSLIP_S3_ENCRYPTION",
        value_name = "HOW",
        default_value = "bucket"
    )]
    s3_encryption: Encryption,
    /// With its secret, from the environment; what the machine has been given if there is none.
    #[arg(
        long,
        env = "COVERSLIP_S3_ACCESS_KEY_ID",
        hide_env_values = true,
        value_name = "ID",
        requires = "s3_secret_access_key"
    )]
    s3_access_key_id: Option<AccessKeyId>,
    /// Better given in the environment: others on the machine can read command lines.
    #[arg(
        long,
        env = "COVERSLIP_S3_SECRET_ACCESS_KEY",
        hide_env_values = true,
        value_name = "SECRET",
        requires = "s3_access_key_id"
    )]
    s3_secret_access_key: Option<SecretAccessKey>,
    /// Of temporary keys.
    #[arg(
        long,
        env = "COVERSLIP_S3_SESSION_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    s3_session_token: Option<SessionToken>,
}

impl S3Args {
    /// `None` where objects lie in the data folder. Files on their way lie in `scratch` there;
    /// the keys of a tenant's objects begin with its name.
    pub(crate) fn config(&self, place: &Place) -> Result<Option<S3Config>> {
        let Some(bucket) = self.s3_bucket.clone() else {
            return Ok(None);
        };
        let endpoint = self.s3_endpoint.clone();
        Ok(Some(S3Config {
            server: S3Server {
                // Servers of one's own have one host name.
                addressing: match endpoint {
                    Some(_) => Addressing::Path,
                    None => Addressing::VirtualHost,
                },
                endpoint,
                region: self.s3_region.clone(),
            },
            place: S3Place {
                bucket,
                prefix: self.prefix(place)?,
            },
            credentials: self.credentials(),
            encryption: self.s3_encryption.clone(),
            patience: Patience::default(),
            range_reads: RangeReads::default(),
            scratch: ScratchConfig {
                folder: place.folder.join("scratch"),
                download_bytes: DOWNLOAD_BYTES,
            },
        }))
    }

    fn prefix(&self, place: &Place) -> Result<Option<KeyPrefix>> {
        let Some(tenant) = &place.tenant else {
            return Ok(self.s3_prefix.clone());
        };
        let all = self.s3_prefix.as_ref().map_or("", KeyPrefix::as_str);
        Ok(Some(format!("{all}tenants/{tenant}/").parse()?))
    }

    fn credentials(&self) -> Credentials {
        let keys = self
            .s3_access_key_id
            .clone()
            .zip(self.s3_secret_access_key.clone());
        keys.map_or(Credentials::Machine, |(id, secret)| {
            Credentials::Keys(AccessKeys {
                id,
                secret,
                session: self.s3_session_token.clone(),
            })
        })
    }
}
