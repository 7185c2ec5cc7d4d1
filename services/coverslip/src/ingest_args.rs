//! What comes in, and from where.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, ValueEnum};
use http::SigningSecret;
use ingest::{IdentityConfig, IngestConfig, ReceiveConfig, TilingConfig, WatchConfig};
use label::LabelPattern;
use step::IdentityRule;

use crate::deidentify_args::DeidentifyChoice;
use crate::scanner_s3_args::ScannerS3Args;
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
    #[command(flatten)]
    scanner_s3: ScannerS3Args,
    /// Whether the barcode of a slide's label, what its scanner wrote into the file and the case it was
    /// put in must name the same slide.
    #[arg(
        long,
        env = "COVERSLIP_SLIDE_IDENTITY",
        value_enum,
        default_value_t = SlideIdentity::Check
    )]
    slide_identity: SlideIdentity,
    /// What a barcode's text means: a regular expression that all of it matches, with the groups
    /// (?<accession>...) and, if the text has them, (?<part>...) and (?<block>...). If not given, the
    /// accession number alone, or followed by part and block after a space, `;`, `|`, `^` or `*`.
    #[arg(long, env = "COVERSLIP_LABEL_PATTERN", value_name = "REGEX")]
    label_pattern: Option<LabelPattern>,
    /// What is not stored of slides whose senders do not ask for it themselves.
    #[arg(
        long,
        env = "COVERSLIP_DEIDENTIFY",
        value_enum,
        default_value_t = DeidentifyChoice::None
    )]
    deidentify: DeidentifyChoice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SlideIdentity {
    /// Labels are not read.
    Off,
    /// Where they name different slides, and one of them a case that is known, the slide waits for a person.
    Check,
    /// Where they name different slides, or none a case that is known, it waits.
    Require,
}

impl IngestArgs {
    /// What requests to /incoming are signed with, if there is such a place.
    pub(crate) fn signing_secret(&self, data: Option<&Path>) -> Result<Option<SigningSecret>> {
        self.scanner_s3.secret(data)
    }

    pub(crate) fn configs(self) -> (IngestConfig, ReceiveConfig) {
        let uploads = self.uploads.config();
        let rule = match self.slide_identity {
            SlideIdentity::Off => None,
            SlideIdentity::Check => Some(IdentityRule::GoesOn),
            SlideIdentity::Require => Some(IdentityRule::MustMatch),
        };
        let patient_pictures = self.deidentify.rule();
        let pattern = self.label_pattern.unwrap_or_default();
        let ingest = IngestConfig {
            tiling: TilingConfig {
                identity: rule.map(|rule| IdentityConfig { pattern, rule }),
                ..TilingConfig::default()
            },
            watch: self.watch.map(WatchConfig::new),
            uploads,
            patient_pictures,
            ..IngestConfig::default()
        };
        let receive = ReceiveConfig {
            most_unfinished: self.most_unfinished,
            quota: self.uploads.quota(),
            uploads,
            patient_pictures,
            ..ReceiveConfig::default()
        };
        (ingest, receive)
    }
}
