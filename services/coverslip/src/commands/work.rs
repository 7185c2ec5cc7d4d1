//! `coverslip work`: the parts that compute, any number of processes of each.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use telemetry::Metrics;

use crate::encoder_args::EncoderArgs;
use crate::exit::Outcome;
use crate::listening::{Listening, stop_on_signal};
use crate::parts::Parts;
use crate::state_args::StateArgs;
use crate::task_folder;
use crate::task_registry::TaskRegistry;

#[derive(Debug, Subcommand)]
pub(crate) enum Work {
    /// Embed the tissue of tiled slides.
    Embed(WorkPart),
    /// Score embedded slides and draw their heatmaps.
    Mil(WorkMil),
}

#[derive(Debug, Args)]
pub(crate) struct WorkMil {
    #[command(flatten)]
    part: WorkPart,
    /// A folder of tasks beside those that ship; what comes and goes there is seen within seconds.
    /// `tasks` in the data folder if not given.
    #[arg(long, env = "COVERSLIP_TASKS")]
    tasks: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct WorkPart {
    #[command(flatten)]
    state: StateArgs,
    /// Where to answer questions after health and metrics; nowhere if not given.
    #[arg(long, env = "COVERSLIP_LISTEN")]
    listen: Option<SocketAddr>,
    /// The same for all processes of an installation.
    #[command(flatten)]
    encoder: EncoderArgs,
}

impl Work {
    pub(crate) async fn run(self, metrics: Metrics) -> Result<Outcome> {
        match self {
            Self::Embed(part) => {
                let parts = part.open().await?;
                parts.embed(part.encoder.load()?);
                part.until_told_to_stop(parts, metrics).await
            }
            Self::Mil(WorkMil { part, tasks }) => {
                let parts = part.open().await?;
                let folder = task_folder::chosen(tasks.as_deref(), part.state.data());
                parts.mil(TaskRegistry::open(&folder, part.encoder.retarget()?)?);
                part.until_told_to_stop(parts, metrics).await
            }
        }
    }
}

impl WorkPart {
    async fn open(&self) -> Result<Parts> {
        Ok(Parts::of(
            self.state.open_shared().await?,
            stop_on_signal()?,
        ))
    }

    async fn until_told_to_stop(&self, parts: Parts, metrics: Metrics) -> Result<Outcome> {
        match self.listen {
            Some(address) => {
                let listening = Listening::on(address).await?;
                listening.announce()?;
                let router = parts.common_router(metrics);
                listening
                    .serve(router, parts.access_control(), parts.shutdown())
                    .await;
            }
            None => parts.shutdown().cancelled().await,
        }
        parts.ended().await;
        Ok(Outcome::Done)
    }
}
