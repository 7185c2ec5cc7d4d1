use std::error::Error;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use coverslip_http::{Immutable, Protected, Role, Transport, protect, serve};
use futures::stream;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::server::Server;

/// The same routes and tokens, once by our server and once by hyper alone.
pub(super) struct Twins {
    _server: Server,
    pub(super) ours: Peer,
    pub(super) hypers: Peer,
    /// A good credential, as a header line.
    pub(super) bearer: String,
}

/// Somebody who answers at an address until dropped.
pub(super) struct Peer {
    address: std::net::SocketAddr,
    _stop: tokio_util::sync::DropGuard,
}

/// Whoever sends this is told that the connection ends.
pub(super) const LAST: &str = "GET /health/live HTTP/1.1\r\nhost: lab\r\nconnection: close\r\n\r\n";

/// As long as a client waits for more: longer than a server waits for a head.
const QUIET: Duration = Duration::from_secs(45);

impl Twins {
    /// The credential is known and `/picture/still` is in memory.
    pub(super) async fn start() -> Result<Self, Box<dyn Error>> {
        let server = Server::of(routes(), Transport::Http).await?;
        let bearer = server.bearer(&[Role::Pathologist]).await?;
        let twins = Self {
            ours: Peer::ours(server.router.clone()).await?,
            hypers: Peer::hypers(protect(routes(), server.access.clone())).await?,
            bearer: format!("authorization: {bearer}\r\n"),
            _server: server,
        };
        twins.warm().await?;
        Ok(twins)
    }

    pub(super) async fn warm(&self) -> Result<(), Box<dyn Error>> {
        let warm = self.get("/picture/still", "connection: close\r\n");
        let said = self.assert_alike(&[warm.as_bytes()]).await?;
        assert!(said.starts_with("HTTP/1.1 200 OK"), "{said}");
        Ok(())
    }

    /// A GET with the good credential and these header lines.
    pub(super) fn get(&self, target: &str, lines: &str) -> String {
        let bearer = &self.bearer;
        format!("GET {target} HTTP/1.1\r\nhost: lab\r\n{bearer}{lines}\r\n")
    }

    /// Both answer these bytes, sent piece by piece, alike.
    pub(super) async fn assert_alike(&self, pieces: &[&[u8]]) -> Result<String, Box<dyn Error>> {
        let ours = self.ours.say(pieces).await?;
        let hypers = self.hypers.say(pieces).await?;
        let pieces: Vec<_> = pieces
            .iter()
            .map(|p| p.escape_ascii().to_string())
            .collect();
        assert_eq!(ours, hypers, "{pieces:?}");
        Ok(ours)
    }
}

impl Peer {
    async fn ours(protected: Protected) -> Result<Self, Box<dyn Error>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        tokio::spawn(serve(listener, protected, stop.clone()));
        Ok(Self {
            address,
            _stop: stop.drop_guard(),
        })
    }

    async fn hypers(protected: Protected) -> Result<Self, Box<dyn Error>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        tokio::spawn(stop.clone().run_until_cancelled_owned(async move {
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new());
            while let Ok((stream, _)) = listener.accept().await {
                let service = TowerToHyperService::new(protected.clone());
                let connection = http.serve_connection(TokioIo::new(stream), service);
                tokio::spawn(stopped.clone().run_until_cancelled_owned(connection));
            }
        }));
        Ok(Self {
            address,
            _stop: stop.drop_guard(),
        })
    }

    pub(super) async fn connect(&self) -> Result<TcpStream, Box<dyn Error>> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// What it answers until it closes the connection or has been quiet for long, without what
    /// differs from time to time.
    pub(super) async fn say(&self, pieces: &[&[u8]]) -> Result<String, Box<dyn Error>> {
        let mut stream = self.connect().await?;
        for piece in pieces {
            // A server may close before it has read it all.
            if stream.write_all(piece).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let mut said = Vec::new();
        while let Ok(Ok(1..)) = timeout(QUIET, stream.read_buf(&mut said)).await {}
        Ok(masked(&String::from_utf8(said)?))
    }
}

/// Without the values of request ids and dates.
fn masked(said: &str) -> String {
    let mut masked = said.to_owned();
    for (name, length) in [
        ("x-request-id: ", 16),
        ("\"request_id\":\"", 16),
        ("date: ", 29),
    ] {
        let places: Vec<_> = masked.match_indices(name).map(|(at, _)| at).collect();
        for place in places {
            let start = place + name.len();
            let end = masked.len().min(start + length);
            masked.replace_range(start..end, &"~".repeat(end - start));
        }
    }
    masked
}

fn routes() -> Router {
    Router::new()
        .route("/health/live", get(async || "live"))
        .route("/picture/{name}", get(picture))
        .route("/things", get(async || "read"))
        .route("/nothing", get(async || axum::http::StatusCode::NO_CONTENT))
        .route("/echo", post(async |body: Bytes| body))
        .route("/unread", post(async || "not read"))
        .route(
            "/parts",
            get(async || axum::body::Body::from_stream(parts())),
        )
        .route(
            "/broken",
            get(async || axum::body::Body::from_stream(broken())),
        )
        .route("/last", get(async || [(header::CONNECTION, "close")]))
}

fn parts() -> impl futures::Stream<Item = Result<&'static str, std::io::Error>> {
    stream::iter(["one", "two", "three"].map(Ok))
}

fn broken() -> impl futures::Stream<Item = Result<&'static str, std::io::Error>> {
    stream::iter([Ok("one"), Err(std::io::Error::other("no more"))])
}

/// Kept where it is called for without a condition.
async fn picture(uri: Uri, headers: axum::http::HeaderMap) -> Response {
    if headers.contains_key(header::IF_NONE_MATCH) {
        return axum::http::StatusCode::NOT_MODIFIED.into_response();
    }
    let body = Bytes::from(uri.to_string().repeat(10));
    let mut response = body.clone().into_response();
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::from_static("\"e\""));
    response.extensions_mut().insert(Immutable(body));
    response
}
