//! What comes in, and from where.

use std::path::PathBuf;

use clap::Args;
use ingest::{IngestConfig, ReceiveConfig, WatchConfig};

use crate::upload_args::UploadArgs;

#[derive(Clone, Debug, Args)]
pub(crate) struct IngestArgs {
    /// Take the slides that a scanner drops into this folder, once they stop growing.
    #[arg(long, env = "COVERSLIP_WATCH")]
    watch: Option<PathBuf>,
    /// While so many slides wait for their analysis, scanners are asked to come again later.
    #[arg(
        long,
        env = "COVERSLIP_MOST_UNFINISHED",
        value_name = "SLIDES",
        default_value_t = ReceiveConfig::default().most_unfinished
    )]
    most_unfinished: u64,
    #[command(flatten)]
    uploads: UploadArgs,
}

impl IngestArgs {
    pub(crate) fn configs(self) -> (IngestConfig, ReceiveConfig) {
        let uploads = self.uploads.config();
        let ingest = IngestConfig {
            watch: self.watch.map(WatchConfig::new),
            uploads,
            ..IngestConfig::default()
        };
        let receive = ReceiveConfig {
            most_unfinished: self.most_unfinished,
            quota: self.uploads.quota(),
            uploads,
            ..ReceiveConfig::default()
        };
        (ingest, receive)
    }
}
