use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use catalog::Catalog;
use chrono::{TimeDelta, Utc};
use queue::Queue;
use telemetry::Hl7Closed;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{interval, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use super::converse::{Ended, converse};
use super::receive::Desk;
use crate::ListenConfig;

/// After the system refused a connection, for want of descriptors perhaps.
const PAUSE: Duration = Duration::from_millis(100);
/// How long a message is known again.
const KEPT: TimeDelta = TimeDelta::days(30);
const FORGETTING: Duration = Duration::from_secs(3_600);

/// Takes orders until `shutdown`. What was begun is answered before it returns.
pub async fn listen(
    config: ListenConfig,
    listener: TcpListener,
    catalog: Catalog,
    queue: Queue,
    shutdown: CancellationToken,
) {
    telemetry::hl7_orders_are_taken();
    let forgetting = forget(catalog.clone());
    let desk = Desk { catalog, queue };
    let config = Arc::new(config);
    let connections = TaskTracker::new();
    let accepting = accept(&config, &listener, &desk, &connections, &shutdown);
    let both = async { tokio::join!(forgetting, accepting) };
    shutdown.run_until_cancelled(both).await;
    connections.close();
    connections.wait().await;
}

async fn accept(
    config: &Arc<ListenConfig>,
    listener: &TcpListener,
    desk: &Desk,
    connections: &TaskTracker,
    shutdown: &CancellationToken,
) {
    let places = Arc::new(Semaphore::new(config.most_connections));
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                warn!(%error, "an HL7 connection was not accepted");
                sleep(PAUSE).await;
                continue;
            }
        };
        if !config.peers.include(peer.ip()) {
            telemetry::hl7_connection_closed(Hl7Closed::NotAllowed);
            warn!(peer.address = %peer.ip(), "an HL7 connection was closed: --hl7-allow has no such address");
            continue;
        }
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            telemetry::hl7_connection_closed(Hl7Closed::TooMany);
            warn!(
                most = config.most_connections,
                "an HL7 connection was closed: there are too many"
            );
            continue;
        };
        let (config, desk, shutdown) = (Arc::clone(config), desk.clone(), shutdown.clone());
        connections.spawn(async move {
            let _place = place;
            if let Err(ended) = connected(&config, stream, &desk, &shutdown).await {
                telemetry::hl7_connection_closed(match ended {
                    Ended::Quiet => Hl7Closed::Quiet,
                    _ => Hl7Closed::Broken,
                });
                info!(reason = %ended, peer.address = %peer.ip(), "an HL7 connection was closed");
            }
        });
    }
}

async fn connected(
    config: &ListenConfig,
    stream: TcpStream,
    desk: &Desk,
    shutdown: &CancellationToken,
) -> Result<(), Ended> {
    stream.set_nodelay(true)?;
    let Some(tls) = &config.tls else {
        return converse(config, stream, desk, shutdown).await;
    };
    let begun = TlsAcceptor::from(Arc::clone(tls)).accept(stream);
    let stream = tokio::select! {
        () = shutdown.cancelled() => return Ok(()),
        begun = timeout(config.patience, begun) => match begun {
            Ok(Ok(stream)) => stream,
            Ok(Err(_)) | Err(_) => return Err(Ended::NoTls),
        },
    };
    converse(config, stream, desk, shutdown).await
}

async fn forget(catalog: Catalog) {
    let mut due = interval(FORGETTING);
    loop {
        due.tick().await;
        let before = Utc::now() - KEPT;
        if let Err(error) = catalog.forget_received_messages(before).await {
            let error: &dyn Error = &error;
            warn!(error, "old HL7 messages were not forgotten");
        }
    }
}
