use std::convert::Infallible;
use std::io;
use std::time::Duration;

use axum::http::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower_service::Service;
use tracing::{debug, warn};

/// How long requests under way (progress streams never end by themselves) may keep a process that
/// was told to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(10);

/// After a failure that is not the client's, such as too many open files.
const PAUSE: Duration = Duration::from_millis(500);

/// Answers HTTP/1.1 requests until `shutdown` is cancelled, then lets those under way finish.
///
/// A client has 30 seconds to send the head of its request.
pub async fn serve<S>(listener: TcpListener, service: S, shutdown: CancellationToken)
where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new());
    let connections = GracefulShutdown::new();
    while let Some(accepted) = shutdown.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, _peer)) => {
                let connection = connect(&http, stream, service.clone());
                let connection = connections.watch(connection);
                tokio::spawn(async {
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
    let finished = tokio::time::timeout(LAST_ANSWERS, connections.shutdown()).await;
    if finished.is_err() {
        warn!("stopped with requests still under way");
    }
}

fn connect<S>(
    http: &http1::Builder,
    stream: TcpStream,
    service: S,
) -> http1::Connection<TokioIo<TcpStream>, TowerToHyperService<S>>
where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible> + Clone,
{
    if let Err(error) = stream.set_nodelay(true) {
        debug!(%error, "a connection answers in larger packets than it should");
    }
    http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
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
