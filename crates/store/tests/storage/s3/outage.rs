//! A server that is killed and comes back, and one that hangs up.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use coverslip_store::{Store, StoreError};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use super::{MIB, TestResult, chain, key, receive};
use crate::sample::noise;
use crate::seaweed::{Corner, SeaweedServer};

fn assert_unavailable(error: &StoreError, endpoint: &str) {
    let text = chain(error);
    assert!(error.is_unavailable(), "{text}");
    assert!(
        text.contains(endpoint) && text.contains("try again"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_told_and_leaves_no_trace() -> TestResult {
    let folder = tempfile::tempdir()?;
    let server = SeaweedServer::start_in(folder.path())?;
    let endpoint = server.endpoint().to_owned();
    let mut corner = Corner::on(&endpoint)?;
    corner.config.patience.tries = 2;
    let store = corner.store().await?;
    store.put(&key(1), noise(5000)).await?;

    let large = noise(96 * MIB);
    let received = receive(&store, &large).await?;
    let adopting = {
        let store = store.clone();
        tokio::spawn(async move { store.adopt(received, &key(2)).await })
    };
    while corner.uploads().await?.is_empty() {
        assert!(!adopting.is_finished(), "it was too fast to be interrupted");
    }
    let killed = server.kill();
    let interrupted = adopting.await?.expect_err("the server was killed");
    assert_unavailable(&interrupted, &endpoint);
    let read = store.get(&key(1)).await.expect_err("the server is dead");
    assert_unavailable(&read, &endpoint);

    let _server = SeaweedServer::start_again(killed, folder.path())?;
    assert_eq!(once_it_answers(&store).await?, noise(5000));
    assert!(!store.exists(&key(2)).await?, "half an object is none");
    once_it_takes(&store, &large).await?;
    assert!(store.get(&key(2)).await? == large);
    Ok(())
}

/// SeaweedFS answers before it has found its data again.
async fn once_it_answers(store: &Store) -> Result<bytes::Bytes, StoreError> {
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        match store.get(&key(1)).await {
            Err(error) if error.is_unavailable() && Instant::now() < patience => {
                sleep(Duration::from_millis(200)).await;
            }
            other => return other,
        }
    }
}

/// It reads before it can write: its master first waits for news of the volumes, on a busy machine
/// for longer than an answer may take.
async fn once_it_takes(store: &Store, large: &[u8]) -> Result<(), StoreError> {
    let patience = Instant::now() + Duration::from_secs(180);
    loop {
        let received = receive(store, large).await?;
        match store.adopt(received, &key(2)).await {
            Err(error) if error.is_unavailable() && Instant::now() < patience => {}
            taken => return taken,
        }
    }
}

/// Each way a connection can end that was there: before the answer, in its head, in its body.
#[tokio::test]
async fn a_server_that_hangs_up_is_away() -> TestResult {
    for half in [
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf",
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 500\r\n\r\n<Error><Co",
    ] {
        let server = RudeServer::start(half).await?;
        let mut corner = Corner::on(&server.endpoint)?;
        corner.config.patience.tries = 1;
        let store = corner.store().await?;
        let read = store.get(&key(1)).await.expect_err("half an answer");
        assert_unavailable(&read, &server.endpoint);
        let written = store.put(&key(1), noise(5000)).await;
        // To a write the head of the answer says all.
        if !half.contains("200 OK\r\nContent-Length") {
            assert_unavailable(&written.expect_err("half an answer"), &server.endpoint);
        }
    }
    Ok(())
}

#[tokio::test]
async fn after_an_outage_calls_are_tried_again_as_before_it() -> TestResult {
    let server = RudeServer::start("").await?;
    let mut corner = Corner::on(&server.endpoint)?;
    corner.config.patience.tries = 2;
    let store = corner.store().await?;
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let store = store.clone();
        calls.spawn(async move { store.get(&key(1)).await.is_err() });
    }
    assert!(calls.join_all().await.into_iter().all(|failed| failed));
    let n_before = server.n_refused();
    assert!(n_before < 200, "no outage is made worse: {n_before}");
    sleep(Duration::from_millis(2100)).await;
    store.get(&key(1)).await.expect_err("it hangs up still");
    assert_eq!(server.n_refused() - n_before, 2);
    Ok(())
}

/// Has every bucket, and hangs up on all else in the middle of its answer.
struct RudeServer {
    endpoint: String,
    n_refused: Arc<AtomicU32>,
}

impl RudeServer {
    async fn start(half: &'static str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let n_refused = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&n_refused);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let counter = Arc::clone(&counter);
                tokio::spawn(async move { hang_up(client, half, &counter).await.is_ok() });
            }
        });
        Ok(Self {
            endpoint,
            n_refused,
        })
    }

    fn n_refused(&self) -> u32 {
        self.n_refused.load(Ordering::Relaxed)
    }
}

async fn hang_up(mut client: TcpStream, half: &str, n_refused: &AtomicU32) -> io::Result<()> {
    let mut bytes = [0; 16 << 10];
    let n = client.read(&mut bytes).await?;
    let answer = match bytes[..n].starts_with(b"HEAD ") {
        true => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        false => {
            n_refused.fetch_add(1, Ordering::Relaxed);
            half
        }
    };
    client.write_all(answer.as_bytes()).await?;
    client.shutdown().await?;
    // What is not read would reset the connection, which says more than a plain end.
    copy(&mut client, &mut sink()).await?;
    Ok(())
}
