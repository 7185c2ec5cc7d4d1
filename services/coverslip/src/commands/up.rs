//! `coverslip up`: every part in one process.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Result;
use axum::Router;
use cases::{CasesDeps, CasesState};
use clap::Args;
use dicomweb::DicomwebState;
use embed_worker::Sharing;
use fhir::FhirState;
use flow::TenantName;
use http::{FirstReadRule, Secret, SigningSecret};
use ingest::ReceiveConfig;
use reading::ResearchResults;
use report::Fonts;
use telemetry::Metrics;
use tiles::{IndexConfig, SearchConfig, TilesState};
use webhooks::{WebhooksConfig, WebhooksState};

use crate::access_args::AccessArgs;
use crate::encoder_args::EncoderArgs;
use crate::exit::Outcome;
use crate::first_read_args::FirstReadArgs;
use crate::health::Needs;
use crate::hl7_args::Hl7Args;
use crate::ingest_args::IngestArgs;
use crate::installation::Installation;
use crate::listening::{Listening, stop_on_signal};
use crate::parts::Parts;
use crate::print;
use crate::report_args::ReportArgs;
use crate::research_args::ResearchArgs;
use crate::state_args::StateArgs;
use crate::task_folder;
use crate::task_registry::TaskRegistry;
use crate::task_service_args::TaskServiceArgs;
use crate::text_search_args::TextSearchArgs;
use crate::webhook_args::WebhookArgs;

#[derive(Debug, Args)]
pub(crate) struct Up {
    #[command(flatten)]
    state: StateArgs,
    /// Where to listen; port 0 takes a free one. Put a proxy with TLS before any address but this
    /// machine's own.
    #[arg(long, env = "COVERSLIP_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    #[command(flatten)]
    access: AccessArgs,
    #[command(flatten)]
    first_read: FirstReadArgs,
    #[command(flatten)]
    research: ResearchArgs,
    #[command(flatten)]
    report: ReportArgs,
    #[command(flatten)]
    ingest: IngestArgs,
    #[command(flatten)]
    webhooks: WebhookArgs,
    #[command(flatten)]
    hl7: Hl7Args,
    /// A folder of tasks beside those that ship; what comes and goes there is seen within seconds.
    /// `tasks` in the data folder if not given.
    #[arg(long, env = "COVERSLIP_TASKS")]
    tasks: Option<PathBuf>,
    /// Of every slide that comes in; tasks that read another encoder's bags have no work.
    #[command(flatten)]
    encoder: EncoderArgs,
    #[command(flatten)]
    services: TaskServiceArgs,
    #[command(flatten)]
    text_search: TextSearchArgs,
}

impl Up {
    pub(crate) async fn run(self, metrics: Metrics) -> Result<Outcome> {
        let fonts = self.report.fonts()?;
        let served = self.state.open().await?;
        let retarget = self.encoder.retarget()?;
        let search = SearchConfig {
            encoders: vec![retarget.used.hash],
            text: self.text_search.load()?,
            index: IndexConfig::default().shared_by(served.len()),
        };
        let services = self.services.services()?;
        let listening = Listening::on(self.listen).await?;
        let (rule, research) = (self.first_read.rule(), self.research.rule());

        let signing = self.ingest.signing_secret(self.state.secrets())?;
        let (ingest, receive) = self.ingest.configs();
        let parts = Parts::of(served, stop_on_signal()?);
        let parts = parts.reached(&self.access)?;
        parts.hl7(&self.hl7, rule, research).await?;
        parts.mil(
            |place| {
                let folder = task_folder::chosen(self.tasks.as_deref(), &place.folder);
                TaskRegistry::open(&folder, retarget.clone())
            },
            &services,
        )?;
        parts.ingest(&ingest)?;
        parts.embed(self.encoder.load()?, Sharing::Alone);
        parts.watch();
        let webhooks = self.webhooks.config();
        parts.webhooks(&webhooks);
        let answering = Answering {
            rule,
            research,
            fonts,
            receive,
            signing,
            search,
            webhooks,
        };
        let routes = |installation: &Installation| router(installation, &answering);
        let answers = parts.answers(Needs::QueueToo, metrics, routes)?;
        announce(listening.address, &parts.login_codes().await?)?;
        parts.answer_announced(listening, answers).await
    }
}

/// What answers depend on beside the installation.
struct Answering {
    rule: FirstReadRule,
    research: ResearchResults,
    fonts: Fonts,
    receive: ReceiveConfig,
    signing: Option<SigningSecret>,
    search: SearchConfig,
    webhooks: WebhooksConfig,
}

/// What all parts answer of an installation.
fn router(installation: &Installation, answering: &Answering) -> Result<Router> {
    let Answering {
        rule,
        research,
        fonts,
        receive,
        signing,
        search,
        webhooks,
    } = answering;
    let received = ingest_router(installation, *receive, signing)?;
    Ok(received
        .merge(cases_router(installation, *rule, *research, fonts.clone()))
        .merge(tiles_router(installation, *rule, search.clone()))
        .merge(webhooks_router(installation, webhooks)))
}

/// What takes files in: by requests of our own, and from those who speak S3 where they can sign.
pub(super) fn ingest_router(
    installation: &Installation,
    config: ReceiveConfig,
    signing: &Option<SigningSecret>,
) -> Result<Router> {
    let deps = installation.ingest_deps()?;
    let router = ingest::router(deps.clone(), config);
    Ok(match signing {
        Some(secret) => router.merge(ingest::scanner_s3(deps, config, secret.clone())),
        None => router,
    })
}

/// What shows slides: to the viewer, and to others by DICOMweb.
pub(super) fn tiles_router(
    installation: &Installation,
    rule: FirstReadRule,
    search: SearchConfig,
) -> Router {
    let Installation { store, catalog, .. } = installation.clone();
    let slides = DicomwebState::new(store.clone(), catalog.clone()).reading_first(rule);
    let state = TilesState::new(store, catalog).reading_first(rule);
    tiles::router(state.searching(search)).merge(dicomweb::router(slides))
}

/// What is ordered, said and signed: by REST, and to others by FHIR.
pub(super) fn cases_router(
    installation: &Installation,
    rule: FirstReadRule,
    research: ResearchResults,
    fonts: Fonts,
) -> Router {
    let Installation {
        store,
        catalog,
        queue,
    } = installation.clone();
    let resources = FhirState::new(store.clone(), catalog.clone(), queue.clone());
    let resources = resources.with_research(research);
    let deps = CasesDeps {
        store,
        catalog,
        queue,
    };
    let state = CasesState::new(deps).reading_first(rule);
    cases::router(state.printing_with(fonts)).merge(fhir::router(resources.reading_first(rule)))
}

pub(super) fn webhooks_router(installation: &Installation, config: &WebhooksConfig) -> Router {
    webhooks::router(WebhooksState {
        catalog: installation.catalog.clone(),
        egress: config.egress.clone(),
    })
}

fn announce(address: SocketAddr, codes: &[(Option<&TenantName>, Secret)]) -> Result<()> {
    print::line("Coverslip is up. Open this link to log in; it works once, within 15 minutes:\n")?;
    for (tenant, code) in codes {
        let link = format!("http://{address}/login?code={}", code.reveal());
        match tenant {
            Some(tenant) => print::line(&format!("  {tenant}  {link}\n"))?,
            None => print::line(&format!("  {link}\n"))?,
        }
    }
    print::line("Research use only: it assists, a human signs. Ctrl-C ends it.")
}

#[cfg(test)]
mod tests;
