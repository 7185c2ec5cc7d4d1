//! The command line: which commands there are. Each command's own arguments lie beside it.

use clap::{Parser, Subcommand};
use telemetry::{Collector, LogFormat, TelemetryConfig};

use crate::commands;

/// Whole-slide digital pathology: slides in, tiles, calls and evidence out.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Which log lines to write to standard error, for example `info` or `ingest=debug`.
    #[arg(long, global = true, env = "COVERSLIP_LOG", default_value = "warn")]
    pub(crate) log: String,
    /// How log lines look: auto (human on a terminal, else JSON), human or json.
    #[arg(
        long,
        global = true,
        env = "COVERSLIP_LOG_FORMAT",
        default_value = "auto"
    )]
    pub(crate) log_format: LogFormat,
    /// Send traces to this OpenTelemetry collector, as http://HOST:PORT; nowhere if not given.
    #[arg(
        long,
        global = true,
        env = "OTEL_EXPORTER_OTLP_ENDPOINT",
        value_name = "URL"
    )]
    pub(crate) otlp_endpoint: Option<Collector>,
}

impl Arguments {
    pub(crate) fn telemetry(&self) -> TelemetryConfig {
        TelemetryConfig {
            log_format: self.log_format,
            log_filter: self.log.clone(),
            collector: self.otlp_endpoint.clone(),
            service: self.command.service(),
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run everything in one process: ingest, tiles, embed, mil and the viewer.
    Up(Box<commands::up::Up>),
    /// Run one of the parts that answer over HTTP, as a process of its own.
    #[command(subcommand)]
    Serve(commands::serve::Serve),
    /// Run one of the parts that compute, as a process of its own.
    #[command(subcommand)]
    Work(commands::work::Work),
    /// Take slides the whole path, offline, and print the result.
    Analyze(commands::analyze::Analyze),
    /// One step of the path: receive and tile.
    Ingest(commands::ingest::Ingest),
    /// One step of the path: embed the tissue of a tiled slide.
    Embed(commands::embed::Embed),
    /// One step of the path: score an embedded slide and draw its heatmaps.
    Score(commands::score::Score),
    /// Take in and give out bags of other tools: TRIDENT, CLAM and STAMP.
    #[command(subcommand)]
    Bags(commands::bags::Bags),
    /// Paint a synthetic slide with a known tumour and its ground truth.
    Phantom(commands::phantom::Phantom),
    /// What the encoder is, and training the small one that ships.
    #[command(subcommand)]
    Encoder(commands::encoder::Encoder),
    /// What the tasks are.
    #[command(subcommand)]
    Task(commands::task::Task),
    /// Which encoders and tasks there are, and whether people see what they say.
    #[command(subcommand)]
    Model(commands::model::Model),
    /// Measure how good predictions are, and write the model card.
    Evaluate(commands::evaluate::Evaluate),
    /// Train a task of one's own on labelled slides.
    Train(commands::train::Train),
    /// Turn what pathologists said of slides into labels to train by.
    #[command(subcommand)]
    Labels(commands::labels::Labels),
    /// How full the queue is, what was given up, and to try that once more.
    #[command(subcommand)]
    Queue(commands::queue::Queue),
    /// What became of results that are sent by HL7, and to send them once more.
    #[command(subcommand)]
    Hl7(commands::hl7::Hl7),
    /// Bring the catalog's tables up to date, as every part does when it starts.
    Migrate(commands::migrate::Migrate),
    /// Make, list and withdraw access tokens, and links to log in by.
    #[command(subcommand)]
    Token(commands::token::Token),
    /// Whether the audit trail is what was written, and the trail as FHIR AuditEvents.
    #[command(subcommand)]
    Audit(commands::audit::Audit),
    /// What was computed, by task and time.
    Usage(commands::usage::Usage),
    /// Measure this build against its peers in the same run.
    Bench(commands::bench::Bench),
    /// The sandboxed decoder; started by the other commands, not by people.
    #[command(hide = true)]
    DecodeChild,
}

impl Command {
    /// What traces call the process.
    const fn service(&self) -> &'static str {
        match self {
            Self::Up(_) => "coverslip-up",
            Self::Serve(serve) => serve.service(),
            Self::Work(work) => work.service(),
            _ => "coverslip",
        }
    }
}
