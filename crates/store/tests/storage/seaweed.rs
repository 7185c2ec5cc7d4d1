//! A real S3: SeaweedFS on free ports of this machine.

use std::path::Path;
use std::str::FromStr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials as SdkCredentials, Region as SdkRegion};
use coverslip_store::{
    AccessKeys, Addressing, Credentials, Encryption, Patience, RangeReads, S3Config, S3Place,
    S3Server, ScratchConfig, Store, StoreError,
};
use servers::{ACCESS_KEY, SECRET_KEY};
pub(crate) use servers::{BUCKET, SeaweedServer};

type Error = Box<dyn std::error::Error>;

/// A part of the bucket for one test alone, and a scratch folder.
pub(crate) struct Corner {
    pub(crate) config: S3Config,
    pub(crate) prefix: String,
    pub(crate) endpoint: String,
    _scratch: tempfile::TempDir,
}

impl Corner {
    /// On the server that all tests of this binary share.
    pub(crate) fn new() -> Result<Self, Error> {
        Self::on(shared()?.endpoint())
    }

    pub(crate) fn on(endpoint: &str) -> Result<Self, Error> {
        static N_CORNERS: AtomicU32 = AtomicU32::new(0);
        let prefix = format!("corner-{}/", N_CORNERS.fetch_add(1, Ordering::Relaxed));
        let scratch = tempfile::tempdir()?;
        Ok(Self {
            config: config(endpoint, &prefix, scratch.path())?,
            prefix,
            endpoint: endpoint.to_owned(),
            _scratch: scratch,
        })
    }

    pub(crate) async fn store(&self) -> Result<Store, StoreError> {
        Store::s3(&self.config).await
    }

    /// The SDK as it is, to look behind the store's back.
    pub(crate) fn client(&self) -> Client {
        client(&self.endpoint)
    }

    /// Names of all objects, and of all uploads that are not completed.
    pub(crate) async fn everything(&self) -> Result<Vec<String>, Error> {
        let request = self.client().list_objects_v2().bucket(BUCKET);
        let listed = request.prefix(&self.prefix).send().await?;
        let objects = listed.contents().iter().filter_map(|object| object.key());
        let mut names: Vec<_> = objects.map(str::to_owned).collect();
        names.extend(self.uploads().await?);
        Ok(names)
    }

    pub(crate) async fn uploads(&self) -> Result<Vec<String>, Error> {
        let request = self.client().list_multipart_uploads().bucket(BUCKET);
        let listed = request.send().await?;
        let uploads = listed.uploads().iter().filter_map(|upload| upload.key());
        let ours = uploads.filter(|key| key.starts_with(&self.prefix));
        Ok(ours.map(|key| format!("upload of {key}")).collect())
    }
}

/// Patient enough for a busy machine, and no more.
fn config(endpoint: &str, prefix: &str, scratch: &Path) -> Result<S3Config, Error> {
    Ok(S3Config {
        server: S3Server {
            endpoint: Some(endpoint.parse()?),
            region: "us-east-1".parse()?,
            addressing: Addressing::Path,
        },
        place: S3Place {
            bucket: BUCKET.parse()?,
            prefix: Some(prefix.parse()?),
        },
        credentials: keys(SECRET_KEY)?,
        encryption: Encryption::BucketDefault,
        patience: Patience {
            answer: Duration::from_secs(30),
            ..Patience::default()
        },
        range_reads: RangeReads::Linked,
        scratch: ScratchConfig {
            folder: scratch.to_owned(),
            download_bytes: 1 << 30,
        },
    })
}

pub(crate) fn keys(secret: &str) -> Result<Credentials, StoreError> {
    Ok(Credentials::Keys(AccessKeys {
        id: FromStr::from_str(ACCESS_KEY)?,
        secret: FromStr::from_str(secret)?,
        session: None,
    }))
}

fn client(endpoint: &str) -> Client {
    let credentials = SdkCredentials::new(ACCESS_KEY, SECRET_KEY, None, None, "test");
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(endpoint)
        .region(SdkRegion::new("us-east-1"))
        .force_path_style(true)
        .credentials_provider(credentials);
    Client::from_conf(config.build())
}

fn shared() -> Result<&'static SeaweedServer, Error> {
    static SHARED: OnceLock<Result<SeaweedServer, String>> = OnceLock::new();
    let server =
        SHARED.get_or_init(|| SeaweedServer::start_and_forget().map_err(|e| e.to_string()));
    server.as_ref().map_err(|error| error.clone().into())
}
