//! `coverslip up`: every part in one process.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use axum::Router;
use axum::routing::get;
use cases::{CasesDeps, CasesState};
use clap::Args;
use embed_worker::EmbedConfig;
use encoder::Encoder;
use http::{Access, AccessControl, ApiError, Role, Transport};
use ingest::{IngestConfig, ReceiveConfig, WatchConfig};
use telemetry::Metrics;
use tiles::TilesState;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::encoder_args::{ChosenEncoder, EncoderArgs};
use crate::exit::Outcome;
use crate::installation::Installation;
use crate::print;
use crate::task_folder;
use crate::task_registry::TaskRegistry;

#[derive(Debug, Args)]
pub(crate) struct Up {
    /// The folder with everything the installation keeps; made if it is not there.
    #[arg(long, env = "COVERSLIP_DATA")]
    data: PathBuf,
    /// Where to listen; port 0 takes a free one. Put a proxy with TLS before any address but this
    /// machine's own.
    #[arg(long, env = "COVERSLIP_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Take the slides that a scanner drops into this folder, once they stop growing.
    #[arg(long, env = "COVERSLIP_WATCH")]
    watch: Option<PathBuf>,
    /// While so many slides wait for their analysis, scanners are asked to come again later.
    #[arg(long, env = "COVERSLIP_MOST_UNFINISHED", value_name = "SLIDES",
          default_value_t = ReceiveConfig::default().most_unfinished)]
    most_unfinished: u64,
    /// A folder of tasks beside those that ship; what comes and goes there is seen within seconds.
    /// `tasks` in the data folder if not given.
    #[arg(long, env = "COVERSLIP_TASKS")]
    tasks: Option<PathBuf>,
    /// Of every slide that comes in; tasks that read another encoder's bags have no work.
    #[command(flatten)]
    encoder: EncoderArgs,
}

impl Up {
    pub(crate) async fn run(self, metrics: Metrics) -> Result<Outcome> {
        let installation = Installation::open(&self.data).await?;
        let ChosenEncoder { encoder, retarget } = self.encoder.load()?;
        let folder = self.tasks.clone();
        let folder = folder.unwrap_or_else(|| task_folder::installed_in(&self.data));
        let tasks = TaskRegistry::open(&folder, retarget)?;
        let listener = TcpListener::bind(self.listen).await.with_context(|| {
            format!(
                "cannot listen on {}: choose another address with --listen",
                self.listen
            )
        })?;
        let address = listener
            .local_addr()
            .context("cannot tell the address listened on")?;

        let shutdown = stop_on_signal()?;
        let receive = ReceiveConfig {
            most_unfinished: self.most_unfinished,
        };
        let parts = self.start_parts(&installation, (encoder, tasks), &shutdown)?;
        let access = AccessControl::new(installation.catalog.clone(), Transport::Http);
        let router = router(&installation, receive, metrics)?;
        let code = access
            .issue_login_code("local user", &[Role::Admin])
            .await?;
        announce(address, code.reveal())?;
        http::serve(listener, http::protect(router, access), shutdown).await;
        parts.wait().await;
        Ok(Outcome::Done)
    }

    /// Ingest, embed and mil, each on a task of its own until `shutdown`.
    fn start_parts(
        self,
        installation: &Installation,
        (encoder, tasks): (Encoder, TaskRegistry),
        shutdown: &CancellationToken,
    ) -> Result<TaskTracker> {
        let parts = TaskTracker::new();
        let watch = self.watch.map(WatchConfig::new);
        let config = IngestConfig {
            watch,
            ..IngestConfig::default()
        };
        parts.spawn(ingest::run(
            config,
            installation.ingest_deps()?,
            shutdown.clone(),
        ));
        parts.spawn(embed_worker::run(
            EmbedConfig::default(),
            Arc::new(encoder),
            installation.embed_deps(),
            shutdown.clone(),
        ));
        let (changed, current) = watch::channel(tasks.tasks());
        parts.spawn(tasks.follow(changed, shutdown.clone()));
        parts.spawn(mil_worker::run(
            current,
            installation.mil_deps(),
            shutdown.clone(),
        ));
        parts.close();
        Ok(parts)
    }
}

fn router(installation: &Installation, receive: ReceiveConfig, metrics: Metrics) -> Result<Router> {
    let Installation {
        store,
        catalog,
        queue,
    } = installation.clone();
    let tiles = TilesState::new(store.clone(), catalog.clone());
    let (_, started) = watch::channel(true);
    let metrics = Arc::new(metrics);
    Ok(Router::new()
        .merge(http::health(catalog.clone(), started))
        .merge(tiles::router(tiles))
        .merge(cases::router(CasesState::new(CasesDeps {
            store,
            catalog,
            queue,
        })))
        .merge(ingest::router(installation.ingest_deps()?, receive))
        .route(
            "/metrics",
            get(async move |access: Access| show_metrics(&access, &metrics)),
        ))
}

fn show_metrics(access: &Access, metrics: &Metrics) -> Result<String, ApiError> {
    access.require(Role::Engineer)?;
    metrics.run_upkeep();
    Ok(metrics.render())
}

/// Cancelled by Ctrl-C and by SIGTERM.
fn stop_on_signal() -> Result<CancellationToken> {
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

fn announce(address: SocketAddr, code: &str) -> Result<()> {
    print::line("Coverslip is up. Open this link to log in; it works once, within 15 minutes:\n")?;
    print::line(&format!("  http://{address}/login?code={code}\n"))?;
    print::line("Research use only: it assists, a human signs. Ctrl-C ends it.")
}
