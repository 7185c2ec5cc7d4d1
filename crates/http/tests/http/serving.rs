//! The server on a real socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::server::{Server, TestResult};
use axum::Router;
use axum::routing::get;
use coverslip_http::{Need, Readiness, Transport, health, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Needs no token.
const REQUEST: &[u8] = b"GET /health/live HTTP/1.1\r\nhost: lab\r\n\r\n";

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_server_stops() -> TestResult {
    let (begun, has_begun) = oneshot::channel();
    let begun = std::sync::Mutex::new(Some(begun));
    let slow = async move || {
        if let Some(begun) = begun.lock().expect("not poisoned").take() {
            begun.send(()).expect("the test waits");
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        "done"
    };
    let slow = std::sync::Arc::new(slow);
    let router = Router::new().route(
        "/health/live",
        get(move || {
            let slow = slow.clone();
            async move { slow().await }
        }),
    );
    let server = Server::of(router, Transport::Http).await?;
    let router = server.router.clone();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, router, shutdown.clone()));

    let mut client = TcpStream::connect(address).await?;
    let mut idle = TcpStream::connect(address).await?;
    client.write_all(REQUEST).await?;
    has_begun.await?;
    shutdown.cancel();
    let mut answer = String::new();
    timeout(Duration::from_secs(5), client.read_to_string(&mut answer)).await??;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.ends_with("done"));
    timeout(Duration::from_secs(5), serving).await??;
    assert_eq!(
        idle.read(&mut [0; 1]).await?,
        0,
        "idle connections are closed"
    );
    assert!(TcpStream::connect(address).await.is_err());
    Ok(())
}

#[tokio::test]
async fn an_answer_that_never_ends_does_not_keep_the_server() -> TestResult {
    let router = Router::new().route("/health/live", get(std::future::pending::<()>));
    let server = Server::of(router, Transport::Http).await?;
    tokio::time::pause();
    let router = server.router.clone();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut client = TcpStream::connect(listener.local_addr()?).await?;
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, router, shutdown.clone()));
    client.write_all(REQUEST).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    shutdown.cancel();
    timeout(Duration::from_secs(11), serving).await??;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn health_names_what_is_away_and_asks_no_more_than_once_a_second() -> TestResult {
    let is_there = Arc::new(AtomicBool::new(false));
    let n_asked = Arc::new(AtomicUsize::new(0));
    let (seen, counter) = (Arc::clone(&is_there), Arc::clone(&n_asked));
    let health = health(Readiness::of([
        Need::new("catalog", async || true),
        Need::new("queue", move || {
            counter.fetch_add(1, Ordering::Relaxed);
            let is_there = seen.load(Ordering::Relaxed);
            async move { is_there }
        }),
        Need::new("storage", std::future::pending),
    ]));
    let ask = async |uri: &str| {
        let request = axum::http::Request::get(uri).body(axum::body::Body::empty())?;
        let answer = tower::ServiceExt::oneshot(health.clone(), request).await?;
        let status = answer.status().as_u16();
        let body = axum::body::to_bytes(answer.into_body(), 4096).await?;
        Ok::<_, Box<dyn std::error::Error>>((status, String::from_utf8(body.to_vec())?))
    };
    assert_eq!(ask("/health/live").await?.0, 204);
    for _ in 0..3 {
        let (status, problem) = ask("/health/ready").await?;
        assert_eq!(status, 503);
        assert!(
            problem.contains("the queue and the storage do not answer"),
            "{problem}"
        );
    }
    assert_eq!(n_asked.load(Ordering::Relaxed), 1);
    is_there.store(true, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let (_, problem) = ask("/health/ready").await?;
    assert!(problem.contains("the storage does not answer"), "{problem}");
    Ok(())
}
