//! A connection to a real server that can damage what goes through it, and tells what did.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use super::TestResult;

/// What the meddler looks for in what is sent; it must come in one piece.
pub(super) const MARK: &[u8; 16] = b"<-- spoil me -->";

/// Listens on a port of its own for as long as the runtime lives.
pub(super) struct Meddler {
    pub(super) endpoint: String,
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Meddler {
    /// Before `server`; each [`MARK`] that goes there is spoilt.
    pub(super) async fn before(server: &str) -> Result<Self, Box<dyn std::error::Error>> {
        Self::spoiling(MARK, server).await
    }

    /// Before `server`; each `mark` that goes there has one bit flipped.
    pub(super) async fn spoiling(
        mark: &'static [u8; 16],
        server: &str,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let sent = Arc::new(Mutex::new(Vec::new()));
        let server = server.trim_start_matches("http://").to_owned();
        let seen = Arc::clone(&sent);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (server, seen) = (server.clone(), Arc::clone(&seen));
                tokio::spawn(async move { meddle(client, &server, (mark, seen)).await.is_ok() });
            }
        });
        Ok(Self { endpoint, sent })
    }

    /// What was sent through it so far, heads and bodies, in lower case.
    pub(super) fn sent(&self) -> String {
        let sent = self.sent.lock().expect("no test panics with the lock");
        String::from_utf8_lossy(&sent).to_lowercase()
    }
}

async fn meddle(
    client: TcpStream,
    server: &str,
    (mark, seen): (&[u8; 16], Arc<Mutex<Vec<u8>>>),
) -> TestResult {
    let server = TcpStream::connect(server).await?;
    let (from_client, mut to_client) = client.into_split();
    let (mut from_server, to_server) = server.into_split();
    tokio::spawn(async move { copy(&mut from_server, &mut to_client).await.is_ok() });
    forward(from_client, to_server, (mark, &seen)).await
}

async fn forward(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    (mark, seen): (&[u8; 16], &Mutex<Vec<u8>>),
) -> TestResult {
    let mut bytes = vec![0; 1 << 20];
    loop {
        let n = from.read(&mut bytes).await?;
        if n == 0 {
            return Ok(());
        }
        let bytes = &mut bytes[..n];
        if let Some(at) = bytes.windows(mark.len()).position(|window| window == mark) {
            bytes[at] ^= 1;
        }
        seen.lock()
            .map_err(|_panicked| "a test panicked")?
            .extend_from_slice(bytes);
        to.write_all(bytes).await?;
    }
}
