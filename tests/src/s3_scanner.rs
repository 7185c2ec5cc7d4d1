use anyhow::{Context, Result, ensure};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{BehaviorVersion, Config, Credentials, Region};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use aws_smithy_http_client::Builder;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::run;

/// The only bucket there is.
const BUCKET: &str = "incoming";

/// A scanner that brings slides by S3's protocol, with an access key of its own, to whatever server is at
/// `base`.
pub struct S3Scanner {
    key: Value,
    runtime: Runtime,
}

impl S3Scanner {
    /// `catalog` has the arguments that say where the catalog is, and what keys follow from.
    pub fn new(catalog: &[&str]) -> Result<Self> {
        let create = ["token", "create", "--role", "scanner", "--s3", "--json"];
        let finished = run([&create, catalog].concat())?;
        ensure!(finished.code == Some(0), "{}", finished.stderr);
        Ok(Self {
            key: finished.json()?,
            runtime: Runtime::new()?,
        })
    }

    /// Sums go behind the bytes, as the SDK has it by itself. It does not try again: a test would not see.
    fn client(&self, base: &str) -> Result<Client> {
        let secret = |name: &str| self.key[name].as_str().context("a key");
        let (id, key) = (secret("access_key_id")?, secret("secret_access_key")?);
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(Builder::new().build_http())
            .region(Region::new("us-east-1"))
            .endpoint_url(base)
            .force_path_style(true)
            .retry_config(RetryConfig::disabled())
            .credentials_provider(Credentials::new(id, key, None, None, "a test"));
        Ok(Client::from_conf(config.build()))
    }

    /// Brings a file in one request; its slide.
    pub fn put(
        &self,
        base: &str,
        name: &str,
        file: &[u8],
        told: &[(&str, &str)],
    ) -> Result<String> {
        let request = self.client(base)?.put_object().bucket(BUCKET).key(name);
        let request = told.iter().fold(request, |request, (key, value)| {
            request.metadata(*key, *value)
        });
        let sending = request.body(ByteStream::from(file.to_vec())).send();
        self.runtime.block_on(sending)?;
        self.slide(base, name)
    }

    /// The slide that a file became.
    pub fn slide(&self, base: &str, name: &str) -> Result<String> {
        let asking = self.client(base)?.head_object().bucket(BUCKET).key(name);
        let answer = self.runtime.block_on(asking.send())?;
        let slide = answer
            .metadata()
            .and_then(|told| told.get("coverslip-slide"));
        Ok(slide.context("it does not say which slide")?.clone())
    }

    /// The id of a new multipart upload.
    pub fn begin(&self, base: &str, name: &str) -> Result<String> {
        let asking = self.client(base)?.create_multipart_upload();
        let answer = self
            .runtime
            .block_on(asking.bucket(BUCKET).key(name).send())?;
        Ok(answer.upload_id().context("an id")?.to_owned())
    }

    /// Sends a part of an upload, which is known by its file's name and its id.
    pub fn send(&self, base: &str, at: (&str, &str), number: i32, part: &[u8]) -> Result<()> {
        let (name, upload) = at;
        let sending = self.client(base)?.upload_part();
        let sending = sending.bucket(BUCKET).key(name).upload_id(upload);
        let sending = sending.part_number(number);
        let sending = sending.body(ByteStream::from(part.to_vec())).send();
        self.runtime.block_on(sending)?;
        Ok(())
    }

    /// The parts that are kept, by number.
    pub fn kept(&self, base: &str, at: (&str, &str)) -> Result<Vec<CompletedPart>> {
        let (name, upload) = at;
        let asking = self.client(base)?.list_parts();
        let asking = asking.bucket(BUCKET).key(name).upload_id(upload).send();
        let answer = self.runtime.block_on(asking)?;
        let parts = answer.parts().iter().map(|part| {
            let kept = CompletedPart::builder().set_part_number(part.part_number());
            kept.set_e_tag(part.e_tag().map(str::to_owned)).build()
        });
        Ok(parts.collect())
    }

    /// Says that all parts that are kept are the file; its slide.
    pub fn complete(&self, base: &str, at: (&str, &str)) -> Result<String> {
        let (name, upload) = at;
        let parts = Some(self.kept(base, at)?);
        let parts = CompletedMultipartUpload::builder().set_parts(parts);
        let asking = self.client(base)?.complete_multipart_upload();
        let asking = asking.bucket(BUCKET).key(name).upload_id(upload);
        let asking = asking.multipart_upload(parts.build()).send();
        self.runtime.block_on(asking)?;
        self.slide(base, name)
    }
}
