//! Answers that take their time.

use std::error::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::get;
use coverslip_http::{Transport, serve};
use futures::StreamExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::server::{Server, TestResult};

const SOON: Duration = Duration::from_secs(5);
const REQUEST: &[u8] = b"GET /health/live HTTP/1.1\r\nhost: lab\r\n\r\n";

/// A server whose only answer has the parts that the test gives it, and a client who asked for it.
struct Stage {
    parts: mpsc::UnboundedSender<Bytes>,
    client: TcpStream,
    shutdown: CancellationToken,
    serving: JoinHandle<()>,
    _server: Server,
}

impl Stage {
    async fn open() -> Result<Self, Box<dyn Error>> {
        let (parts, given) = mpsc::unbounded_channel();
        let given = Arc::new(Mutex::new(Some(given)));
        let answer = async move || {
            let given = given.lock().expect("not poisoned").take();
            let given = futures::stream::unfold(given.expect("asked once"), async |mut given| {
                let part: Bytes = given.recv().await?;
                Some((part, given))
            });
            Body::from_stream(given.map(Ok::<_, std::io::Error>))
        };
        let router = Router::new().route("/health/live", get(answer));
        let server = Server::of(router, Transport::Http).await?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let mut client = TcpStream::connect(listener.local_addr()?).await?;
        let shutdown = CancellationToken::new();
        let serving = tokio::spawn(serve(listener, server.router.clone(), shutdown.clone()));
        client.write_all(REQUEST).await?;
        Ok(Self {
            parts,
            client,
            shutdown,
            serving,
            _server: server,
        })
    }

    /// The next part, as soon as it is given.
    async fn pass_on(&mut self, part: &'static str) -> TestResult {
        self.parts.send(Bytes::from_static(part.as_bytes()))?;
        let end = format!("\r\n{:x}\r\n{part}\r\n", part.len());
        let mut heard = b"\r\n".to_vec();
        while !heard.ends_with(end.as_bytes()) {
            let n_bytes = timeout(SOON, self.client.read_buf(&mut heard)).await??;
            assert_ne!(n_bytes, 0, "{}", heard.escape_ascii());
        }
        Ok(())
    }
}

#[tokio::test]
async fn each_part_is_passed_on_at_once() -> TestResult {
    let mut stage = Stage::open().await?;
    stage.pass_on("one").await?;
    stage.pass_on("two").await?;
    Ok(())
}

#[tokio::test]
async fn who_hangs_up_is_told_no_more() -> TestResult {
    let mut stage = Stage::open().await?;
    stage.pass_on("one").await?;
    drop(stage.client);
    timeout(SOON, stage.parts.closed()).await?;
    Ok(())
}

#[tokio::test]
async fn an_answer_under_way_is_finished_before_the_server_stops() -> TestResult {
    let mut stage = Stage::open().await?;
    stage.pass_on("one").await?;
    stage.shutdown.cancel();
    stage.pass_on("two").await?;
    assert!(!stage.serving.is_finished());
    drop(stage.parts);
    let mut rest = Vec::new();
    timeout(SOON, stage.client.read_to_end(&mut rest)).await??;
    assert_eq!(rest, b"0\r\n\r\n");
    timeout(SOON, stage.serving).await??;
    Ok(())
}

/// The next request may come while the answer to the one before is under way.
#[tokio::test]
async fn a_request_ahead_of_time_waits_for_its_turn() -> TestResult {
    let mut stage = Stage::open().await?;
    stage.pass_on("one").await?;
    let next = b"GET /no/such HTTP/1.1\r\nconnection: close\r\n\r\n";
    stage.client.write_all(next).await?;
    stage.pass_on("two").await?;
    drop(stage.parts);
    let mut rest = String::new();
    timeout(SOON, stage.client.read_to_string(&mut rest)).await??;
    assert!(rest.starts_with("0\r\n\r\nHTTP/1.1 401 "), "{rest}");
    Ok(())
}
