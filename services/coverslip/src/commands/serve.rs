//! `coverslip serve`: the parts that answer over HTTP, each as a process of its own.

use std::net::SocketAddr;

use anyhow::Result;
use axum::Router;
use clap::{Args, Subcommand};
use telemetry::Metrics;

use super::up::{cases_router, tiles_router};
use crate::exit::Outcome;
use crate::ingest_args::IngestArgs;
use crate::listening::{Listening, stop_on_signal};
use crate::parts::Parts;
use crate::state_args::StateArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum Serve {
    /// Receive slides, cut them into pyramids, and announce again what is unfinished.
    Ingest(ServeIngest),
    /// Tiles, thumbnails, heatmaps, and the viewer.
    Tiles(ServePart),
    /// Slides, their progress and their results.
    Cases(ServePart),
}

#[derive(Debug, Args)]
pub(crate) struct ServeIngest {
    #[command(flatten)]
    part: ServePart,
    #[command(flatten)]
    ingest: IngestArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ServePart {
    #[command(flatten)]
    state: StateArgs,
    /// Where to listen; port 0 takes a free one. Put a proxy with TLS before any address but this
    /// machine's own.
    #[arg(long, env = "COVERSLIP_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

impl Serve {
    pub(crate) async fn run(self, metrics: Metrics) -> Result<Outcome> {
        match self {
            Self::Ingest(ServeIngest { part, ingest }) => {
                let (ingest, receive) = ingest.configs();
                let parts = part.open().await?;
                let router = ingest::router(parts.installation().ingest_deps()?, receive);
                parts.ingest(ingest)?;
                part.answer(router, parts, metrics).await
            }
            Self::Tiles(part) => {
                let parts = part.open().await?;
                part.answer(tiles_router(parts.installation()), parts, metrics)
                    .await
            }
            Self::Cases(part) => {
                let parts = part.open().await?;
                part.answer(cases_router(parts.installation()), parts, metrics)
                    .await
            }
        }
    }
}

impl ServePart {
    async fn open(&self) -> Result<Parts> {
        Ok(Parts::of(
            self.state.open_shared().await?,
            stop_on_signal()?,
        ))
    }

    async fn answer(&self, router: Router, parts: Parts, metrics: Metrics) -> Result<Outcome> {
        let listening = Listening::on(self.listen).await?;
        listening.announce()?;
        let router = router.merge(parts.common_router(metrics));
        listening
            .serve(router, parts.access_control(), parts.shutdown())
            .await;
        parts.ended().await;
        Ok(Outcome::Done)
    }
}
