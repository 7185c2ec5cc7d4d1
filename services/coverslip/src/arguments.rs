//! The command line: which commands there are. Each command's own arguments lie beside it.

use clap::{Parser, Subcommand};
use telemetry::LogFormat;

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
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run everything in one process: ingest, tiles, embed, mil and the viewer.
    Up(commands::up::Up),
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
    /// Measure how good predictions are, and write the model card.
    Evaluate(commands::evaluate::Evaluate),
    /// Train a task of one's own on labelled slides.
    Train(commands::train::Train),
    /// Make, list and withdraw access tokens.
    #[command(subcommand)]
    Token(commands::token::Token),
    /// Measure this build against its peers in the same run.
    Bench(commands::bench::Bench),
    /// The sandboxed decoder; started by the other commands, not by people.
    #[command(hide = true)]
    DecodeChild,
}
