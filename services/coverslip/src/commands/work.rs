//! `coverslip work`: the parts that compute, any number of processes of each.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Result;
use axum::Router;
use clap::{Args, Subcommand};
use embed_worker::Sharing;
use telemetry::Metrics;

use crate::access_args::AccessArgs;
use crate::encoder_args::EncoderArgs;
use crate::exit::Outcome;
use crate::health::Needs;
use crate::listening::Listening;
use crate::parts::Parts;
use crate::state_args::StateArgs;
use crate::task_folder;
use crate::task_registry::TaskRegistry;
use crate::task_service_args::TaskServiceArgs;

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
    #[command(flatten)]
    services: TaskServiceArgs,
}

#[derive(Debug, Args)]
pub(crate) struct WorkPart {
    #[command(flatten)]
    state: StateArgs,
    /// Where to answer questions after health and metrics; nowhere if not given.
    #[arg(long, env = "COVERSLIP_LISTEN")]
    listen: Option<SocketAddr>,
    #[command(flatten)]
    access: AccessArgs,
    /// The same for all processes of an installation.
    #[command(flatten)]
    encoder: EncoderArgs,
}

impl Work {
    pub(crate) const fn service(&self) -> &'static str {
        match self {
            Self::Embed(_) => "coverslip-embed",
            Self::Mil(_) => "coverslip-mil",
        }
    }

    pub(crate) async fn run(self, metrics: Metrics) -> Result<Outcome> {
        match self {
            Self::Embed(part) => {
                let parts = Parts::open_shared(&part.state).await?;
                let sharing = Sharing::WithOthers {
                    lease: part.state.lease(),
                };
                parts.embed(part.encoder.load()?, sharing);
                part.until_told_to_stop(parts, metrics).await
            }
            Self::Mil(WorkMil {
                part,
                tasks,
                services,
            }) => {
                let parts = Parts::open_shared(&part.state).await?;
                let retarget = part.encoder.retarget()?;
                parts.mil(
                    |place| {
                        let folder = task_folder::chosen(tasks.as_deref(), &place.folder);
                        TaskRegistry::open(&folder, retarget.clone())
                    },
                    &services.services()?,
                )?;
                part.until_told_to_stop(parts, metrics).await
            }
        }
    }
}

impl WorkPart {
    async fn until_told_to_stop(&self, parts: Parts, metrics: Metrics) -> Result<Outcome> {
        let Some(address) = self.listen else {
            return parts.work().await;
        };
        let listening = Listening::on(address).await?;
        let parts = parts.reached(&self.access)?;
        let answers = parts.answers(Needs::QueueToo, metrics, |_| Ok(Router::new()))?;
        parts.answer(listening, answers).await
    }
}
