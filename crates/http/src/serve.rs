use std::io;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, warn};

use crate::Protected;
use crate::access::Peer;
use crate::connection::Connection;

/// How long requests under way (progress streams never end by themselves) may keep a process that
/// was told to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(10);

/// After a failure that is not the client's, such as too many open files.
const PAUSE: Duration = Duration::from_millis(500);

/// Answers HTTP/1.1 requests until `shutdown` is cancelled, then lets those under way finish.
///
/// A client has 30 seconds to send the head of its request.
pub async fn serve(listener: TcpListener, protected: Protected, shutdown: CancellationToken) {
    let connections = TaskTracker::new();
    while let Some(accepted) = shutdown.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => {
                let (stream, peer) = (without_delay(stream), Peer::of(peer));
                let connection = Connection::new(stream, peer, protected.clone());
                let connection = connection.run(shutdown.clone());
                connections.spawn(async {
                    if let Err(error) = connection.await {
                        debug!(%error, "a connection ended early");
                    }
                });
            }
            Err(error) => pause(&error).await,
        }
    }
    // No new connections while the last ones finish.
    drop(listener);
    connections.close();
    let finished = tokio::time::timeout(LAST_ANSWERS, connections.wait()).await;
    if finished.is_err() {
        warn!("stopped with requests still under way");
    }
}

fn without_delay(stream: TcpStream) -> TcpStream {
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "a connection answers in larger packets than it should");
    }
    stream
}

async fn pause(error: &io::Error) {
    let is_clients = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    );
    if !is_clients {
        warn!(%error, "cannot accept connections, trying again shortly");
        tokio::time::sleep(PAUSE).await;
    }
}
