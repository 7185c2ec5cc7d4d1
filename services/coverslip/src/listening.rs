//! How a process answers on a port, and when it ends.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use http::{Protected, Transport};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::print;

/// How browsers reach the process.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct TransportArgs {
    /// How browsers reach this: http, or https through a proxy with TLS, so that the cookie of
    /// their session is never sent without it.
    #[arg(long, env = "COVERSLIP_TRANSPORT", value_enum, default_value_t = Reached::Http)]
    transport: Reached,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Reached {
    Http,
    Https,
}

impl TransportArgs {
    pub(crate) const fn transport(self) -> Transport {
        match self.transport {
            Reached::Http => Transport::Http,
            Reached::Https => Transport::Https,
        }
    }
}

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
    pub(crate) async fn serve(self, answers: Protected, shutdown: CancellationToken) {
        http::serve(self.listener, answers, shutdown).await;
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
