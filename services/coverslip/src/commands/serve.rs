//! `coverslip serve`: the parts that answer over HTTP, each as a process of its own.

use std::net::SocketAddr;

use anyhow::Result;
use axum::Router;
use clap::{Args, Subcommand};
use telemetry::Metrics;
use tiles::{IndexConfig, SearchConfig};

use super::up::{cases_router, ingest_router, tiles_router, webhooks_router};
use crate::access_args::AccessArgs;
use crate::exit::Outcome;
use crate::first_read_args::FirstReadArgs;
use crate::health::Needs;
use crate::hl7_args::Hl7Args;
use crate::ingest_args::IngestArgs;
use crate::installation::Installation;
use crate::listening::Listening;
use crate::parts::Parts;
use crate::report_args::ReportArgs;
use crate::research_args::ResearchArgs;
use crate::state_args::StateArgs;
use crate::text_search_args::TextSearchArgs;
use crate::webhook_args::WebhookArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum Serve {
    /// Receive slides, cut them into pyramids, and announce again what is unfinished.
    Ingest(ServeIngest),
    /// Tiles, thumbnails, heatmaps, and the viewer.
    Tiles(ServeTiles),
    /// Slides, their progress and their results; cases, reviews and signatures; webhooks; HL7.
    Cases(ServeCases),
}

#[derive(Debug, Args)]
pub(crate) struct ServeIngest {
    #[command(flatten)]
    part: ServePart,
    #[command(flatten)]
    ingest: IngestArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ServeShown {
    #[command(flatten)]
    part: ServePart,
    #[command(flatten)]
    first_read: FirstReadArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ServeTiles {
    #[command(flatten)]
    shown: ServeShown,
    #[command(flatten)]
    text_search: TextSearchArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ServeCases {
    #[command(flatten)]
    shown: ServeShown,
    #[command(flatten)]
    webhooks: WebhookArgs,
    #[command(flatten)]
    hl7: Hl7Args,
    #[command(flatten)]
    research: ResearchArgs,
    #[command(flatten)]
    report: ReportArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ServePart {
    #[command(flatten)]
    state: StateArgs,
    /// Where to listen; port 0 takes a free one. Put a proxy with TLS before any address but this
    /// machine's own.
    #[arg(long, env = "COVERSLIP_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    #[command(flatten)]
    access: AccessArgs,
}

impl Serve {
    pub(crate) const fn service(&self) -> &'static str {
        match self {
            Self::Ingest(_) => "coverslip-ingest",
            Self::Tiles(_) => "coverslip-tiles",
            Self::Cases(_) => "coverslip-cases",
        }
    }

    pub(crate) async fn run(self, metrics: Metrics) -> Result<Outcome> {
        match self {
            Self::Ingest(ServeIngest { part, ingest }) => {
                let signing = ingest.signing_secret(part.state.secrets())?;
                let (ingest, receive) = ingest.configs();
                let parts = Parts::open_shared(&part.state).await?;
                parts.ingest(&ingest)?;
                let routes =
                    |installation: &Installation| ingest_router(installation, receive, &signing);
                part.answer(parts, Needs::QueueToo, metrics, routes).await
            }
            Self::Tiles(ServeTiles { shown, text_search }) => {
                let ServeShown { part, first_read } = shown;
                let parts = Parts::open_shared(&part.state).await?;
                let search = SearchConfig {
                    text: text_search.load()?,
                    index: IndexConfig::default().shared_by(parts.n_installations()),
                    ..SearchConfig::default()
                };
                let rule = first_read.rule();
                let routes = |installation: &Installation| {
                    Ok(tiles_router(installation, rule, search.clone()))
                };
                let needs = Needs::CatalogAndStorage;
                part.answer(parts, needs, metrics, routes).await
            }
            Self::Cases(ServeCases {
                shown,
                webhooks,
                hl7,
                research,
                report,
            }) => {
                let ServeShown { part, first_read } = shown;
                let parts = Parts::open_shared(&part.state).await?;
                let (rule, research) = (first_read.rule(), research.rule());
                let (config, fonts) = (webhooks.config(), report.fonts()?);
                parts.hl7(&hl7, rule, research).await?;
                parts.watch();
                parts.webhooks(&config);
                let routes = |installation: &Installation| {
                    let cases = cases_router(installation, rule, research, fonts.clone());
                    Ok(cases.merge(webhooks_router(installation, &config)))
                };
                let needs = Needs::CatalogAndStorage;
                part.answer(parts, needs, metrics, routes).await
            }
        }
    }
}

impl ServePart {
    async fn answer(
        self,
        parts: Parts,
        needs: Needs,
        metrics: Metrics,
        routes: impl Fn(&Installation) -> Result<Router>,
    ) -> Result<Outcome> {
        let listening = Listening::on(self.listen).await?;
        let parts = parts.reached(&self.access)?;
        let answers = parts.answers(needs, metrics, routes)?;
        parts.answer(listening, answers).await
    }
}
