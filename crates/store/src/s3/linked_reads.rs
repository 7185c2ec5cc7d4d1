//! Parts of objects by signed links: the read that a pathologist's tile waits for.
//!
//! For every request the SDK looks for credentials, signs, and watches how the body comes, which
//! costs more processor time than all else about a tile. A signed link says nothing of the range, so
//! one is good for every range of an object until it runs out. Whatever does not come back plainly
//! as the bytes that were asked for is left to the SDK, which tries again and says what is wrong.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use flow::ObjectKey;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::header::{CONTENT_RANGE, RANGE};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use moka::future::Cache;

use super::bucket::Bucket;
use super::config::Patience;

/// Longer ranges take so long to come that asking for them does not count.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The SDK, which waits longer, gets what takes longer.
const AT_MOST: Duration = Duration::from_secs(5);

const LINKS_LAST: Duration = Duration::from_secs(15 * 60);
const LINKS_ARE_USED_FOR: Duration = Duration::from_secs(10 * 60);
const MOST_LINKS: u64 = 10_000;

/// How long links are left alone that a server does not take.
const AFTER_REFUSAL: Duration = Duration::from_secs(10 * 60);

/// What servers say that want requests signed in another way.
const REFUSALS: [StatusCode; 4] = [
    StatusCode::BAD_REQUEST,
    StatusCode::UNAUTHORIZED,
    StatusCode::FORBIDDEN,
    StatusCode::METHOD_NOT_ALLOWED,
];

type Connector = HttpsConnector<HttpConnector>;

pub(super) struct LinkedReads {
    client: Client<Connector, Empty<Bytes>>,
    links: Cache<ObjectKey, Uri>,
    began: Instant,
    /// Milliseconds after `began` until which links are left alone.
    paused_until_ms: AtomicU64,
}

impl LinkedReads {
    /// `None` where no TLS can be had on this machine, so that the SDK may say why.
    pub(super) fn new(patience: Patience, is_https: bool) -> Option<Self> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(patience.connect));
        let tls = HttpsConnectorBuilder::new();
        let connector = match is_https {
            true => tls
                .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
                .ok()?
                .https_only()
                .enable_http1()
                .wrap_connector(tcp),
            // Without certificates there is none to trust, and none is asked for.
            false => tls
                .with_tls_config(without_certificates()?)
                .https_or_http()
                .enable_http1()
                .wrap_connector(tcp),
        };
        let mut client = Client::builder(TokioExecutor::new());
        client.pool_timer(TokioTimer::new());
        client.pool_idle_timeout(Duration::from_secs(30));
        Some(Self {
            client: client.build(connector),
            links: Cache::builder()
                .max_capacity(MOST_LINKS)
                .time_to_live(LINKS_ARE_USED_FOR)
                .build(),
            began: Instant::now(),
            paused_until_ms: AtomicU64::new(0),
        })
    }

    /// The bytes of a range that is not empty, or `None` for the SDK to try.
    pub(super) async fn read(
        &self,
        bucket: &Bucket,
        key: &ObjectKey,
        range: &Range<u64>,
    ) -> Option<Bytes> {
        if range.end - range.start > LONGEST || self.is_paused() {
            return None;
        }
        let link = self.link(bucket, key).await?;
        let read = self.read_by(link, range);
        let read = tokio::time::timeout(AT_MOST, read).await.ok()?;
        if matches!(read, Err(Refused)) {
            // The link may have run out with the credentials that signed it.
            self.links.invalidate(key).await;
            self.pause();
        }
        read.ok().flatten()
    }

    async fn link(&self, bucket: &Bucket, key: &ObjectKey) -> Option<Uri> {
        if let Some(link) = self.links.get(key).await {
            return Some(link);
        }
        let link = bucket.link(key, LINKS_LAST).await.ok()?;
        let link: Uri = link.as_str().parse().ok()?;
        self.links.insert(key.clone(), link.clone()).await;
        Some(link)
    }

    async fn read_by(&self, link: Uri, range: &Range<u64>) -> Result<Option<Bytes>, Refused> {
        let bytes = format!("bytes={}-{}", range.start, range.end - 1);
        let request = Request::get(link).header(RANGE, bytes);
        let Ok(request) = request.body(Empty::new()) else {
            return Ok(None);
        };
        let Ok(answer) = self.client.request(request).await else {
            return Ok(None);
        };
        if REFUSALS.contains(&answer.status()) {
            return Err(Refused);
        }
        match is_of(&answer, range) {
            true => Ok(collected(answer.into_body(), range.end - range.start).await),
            false => Ok(None),
        }
    }

    fn is_paused(&self) -> bool {
        let now = self.began.elapsed().as_millis();
        now < u128::from(self.paused_until_ms.load(Ordering::Relaxed))
    }

    fn pause(&self) {
        let until = (self.began.elapsed() + AFTER_REFUSAL).as_millis();
        let until = u64::try_from(until).unwrap_or(u64::MAX);
        self.paused_until_ms.store(until, Ordering::Relaxed);
    }
}

/// The server does not let the link in.
struct Refused;

fn without_certificates() -> Option<rustls::ClientConfig> {
    let provider = rustls::crypto::ring::default_provider();
    let config = rustls::ClientConfig::builder_with_provider(provider.into());
    let config = config.with_safe_default_protocol_versions().ok()?;
    let none = rustls::RootCertStore::empty();
    Some(config.with_root_certificates(none).with_no_client_auth())
}

/// Whether this is the range and nothing else.
fn is_of(answer: &Response<Incoming>, range: &Range<u64>) -> bool {
    let found = answer.headers().get(CONTENT_RANGE);
    let found = found.and_then(|found| found.to_str().ok()).unwrap_or("");
    let found = found.split_once('/').map_or("", |(found, _size)| found);
    answer.status() == StatusCode::PARTIAL_CONTENT
        && found == format!("bytes {}-{}", range.start, range.end - 1)
}

/// A body of just so many bytes.
async fn collected(mut body: Incoming, n_bytes: u64) -> Option<Bytes> {
    let n_bytes = usize::try_from(n_bytes).ok()?;
    let mut bytes = BytesMut::with_capacity(n_bytes);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > n_bytes {
            return None;
        }
        bytes.extend_from_slice(&data);
    }
    (bytes.len() == n_bytes).then(|| bytes.freeze())
}
