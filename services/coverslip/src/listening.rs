//! How a process answers on a port, and when it ends.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use axum::Router;
use http::AccessControl;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::print;

/// A port that is listened on and not yet answered.
pub(crate) struct Listening {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
}

impl Listening {
    pub(crate) async fn on(address: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind(address).await.with_context(|| {
            format!("cannot listen on {address}: choose another address with --listen")
        })?;
        let address = listener
            .local_addr()
            .context("cannot tell the address listened on")?;
        Ok(Self { listener, address })
    }

    /// Says where, for whoever started the process.
    pub(crate) fn announce(&self) -> Result<()> {
        print::line(&format!("listening on http://{}", self.address))
    }

    /// Answers, to whoever has a token, until `shutdown`.
    pub(crate) async fn serve(
        self,
        router: Router,
        access: AccessControl,
        shutdown: CancellationToken,
    ) {
        http::serve(self.listener, http::protect(router, access), shutdown).await;
    }
}

/// Cancelled by Ctrl-C and by SIGTERM.
pub(crate) fn stop_on_signal() -> Result<CancellationToken> {
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for Ctrl-C")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let shutdown = CancellationToken::new();
    let stop = shutdown.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => (),
            _ = terminate.recv() => (),
        }
        stop.cancel();
    });
    Ok(shutdown)
}
