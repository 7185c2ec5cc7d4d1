//! Files that come in piece by piece: what counts, what is refused, and what is left of what fails.

mod crashes;
mod pieces;
mod quota;
mod refusals;

use std::error::Error;
use std::path::PathBuf;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use catalog::{Role, UploadQuota};
use coverslip_ingest::{ReceiveConfig, UploadConfig, router};
use flow::{Sha256Digest, SlideId};
use futures::stream;
use http::{AccessControl, Protected, Transport, protect};
use tower::ServiceExt;

use crate::lab::Lab;

const PART: usize = 1000;

/// Bytes that are the same each time, some parts and a bit.
fn file() -> Vec<u8> {
    (0..3500_u32).map(|n| (n * n / 7) as u8).collect()
}

fn slide_of(bytes: &[u8]) -> SlideId {
    SlideId::from_digest(&Sha256Digest::of(bytes))
}

fn small_parts() -> ReceiveConfig {
    ReceiveConfig {
        uploads: UploadConfig {
            part_bytes: PART,
            ..UploadConfig::default()
        },
        quota: UploadQuota::default(),
        ..ReceiveConfig::default()
    }
}

/// `Upload-Metadata` of these keys and values.
fn metadata(pairs: &[(&str, &str)]) -> String {
    let pair = |(key, value): &(&str, &str)| format!("{key} {}", STANDARD.encode(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join(",")
}

/// A body whose connection breaks after these bytes.
fn torn(bytes: &[u8]) -> Body {
    let came = Bytes::copy_from_slice(bytes);
    Body::from_stream(stream::iter([
        Ok(came),
        Err(std::io::Error::other("the scanner was switched off")),
    ]))
}

/// Somebody with a key of its own.
#[derive(Clone)]
struct Sender {
    app: Protected,
    secret: String,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn offset(&self) -> Option<usize> {
        self.header("upload-offset")?.parse().ok()
    }

    fn slide(&self) -> Option<&str> {
        self.header("coverslip-slide")
    }
}

impl Sender {
    async fn of(lab: &Lab, config: ReceiveConfig) -> Result<Self, Box<dyn Error>> {
        Self::named(lab, config, "scanner 1", Role::Scanner).await
    }

    async fn named(
        lab: &Lab,
        config: ReceiveConfig,
        name: &str,
        role: Role,
    ) -> Result<Self, Box<dyn Error>> {
        let access = AccessControl::new(lab.deps.catalog.clone(), Transport::Http);
        let secret = access.issue_token(name, &[role]).await?;
        Ok(Self {
            app: protect(router(lab.deps.clone(), config), access),
            secret: secret.reveal().to_owned(),
        })
    }

    /// As the protocol has it, `headers` beside.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Result<Answer, Box<dyn Error>> {
        let mut all = vec![("tus-resumable", "1.0.0")];
        all.extend(headers);
        self.ask_bare(method, path, &all, body).await
    }

    async fn ask_bare(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Result<Answer, Box<dyn Error>> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.secret));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.app.clone().oneshot(request.body(body)?).await?;
        let (parts, body) = response.into_parts();
        let text = to_bytes(body, 1 << 20).await?;
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(text.to_vec())?,
        })
    }

    async fn create(
        &self,
        n_bytes: usize,
        headers: &[(&str, &str)],
    ) -> Result<Answer, Box<dyn Error>> {
        let length = n_bytes.to_string();
        let mut all = vec![("upload-length", length.as_str())];
        all.extend(headers);
        self.ask(Method::POST, "/api/v1/uploads", &all, Body::empty())
            .await
    }

    /// The path of a new upload.
    async fn begin(
        &self,
        n_bytes: usize,
        headers: &[(&str, &str)],
    ) -> Result<String, Box<dyn Error>> {
        let answer = self.create(n_bytes, headers).await?;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        let path = answer.header("location").ok_or("a location")?;
        Ok(path.to_owned())
    }

    async fn head(&self, path: &str) -> Result<Answer, Box<dyn Error>> {
        self.ask(Method::HEAD, path, &[], Body::empty()).await
    }

    async fn patch(
        &self,
        path: &str,
        offset: usize,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Result<Answer, Box<dyn Error>> {
        let offset = offset.to_string();
        let mut all = vec![
            ("content-type", "application/offset+octet-stream"),
            ("upload-offset", offset.as_str()),
        ];
        all.extend(headers);
        self.ask(Method::PATCH, path, &all, body.into()).await
    }
}

/// What lies in storage that is of no slide.
fn parts(lab: &Lab) -> Vec<PathBuf> {
    let mut files = lab.files();
    files.retain(|file| {
        !file
            .components()
            .any(|folder| folder.as_os_str() == "slides")
    });
    files
}
