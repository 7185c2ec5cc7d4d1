//! Uploads that go on where they stood, and what one key may bring.

use std::num::NonZeroU64;
use std::time::Duration;

use clap::Args;
use ingest::{UploadConfig, UploadQuota};

const DAY: Duration = Duration::from_secs(24 * 3600);

#[derive(Clone, Debug, Args)]
pub(crate) struct UploadArgs {
    /// The largest file that a resumable upload may bring.
    #[arg(
        long,
        env = "COVERSLIP_MOST_UPLOAD_BYTES",
        value_name = "BYTES",
        default_value_t = UploadConfig::default().most_bytes
    )]
    most_upload_bytes: u64,
    /// Bytes that the unfinished resumable uploads of one token may have together, before the answer
    /// to another is 429; 0 is without a limit.
    #[arg(
        long,
        env = "COVERSLIP_MOST_UNFINISHED_BYTES",
        value_name = "BYTES",
        default_value_t = 4 << 40
    )]
    most_unfinished_bytes: u64,
    /// Slides that one token may bring within 24 hours, before the answer is 429; 0 is without a
    /// limit.
    #[arg(
        long,
        env = "COVERSLIP_MOST_SLIDES_A_DAY",
        value_name = "SLIDES",
        default_value_t = 0
    )]
    most_slides_a_day: u64,
    /// A resumable upload to which nothing was added for so long is given up.
    #[arg(
        long,
        env = "COVERSLIP_UPLOAD_DAYS",
        value_name = "DAYS",
        default_value_t = 7,
        value_parser = clap::value_parser!(u32).range(1..=365)
    )]
    upload_days: u32,
}

impl UploadArgs {
    pub(crate) fn config(&self) -> UploadConfig {
        UploadConfig {
            most_bytes: self.most_upload_bytes,
            idle: DAY * self.upload_days,
            ..UploadConfig::default()
        }
    }

    pub(crate) fn quota(&self) -> UploadQuota {
        let limit = |most| NonZeroU64::new(most).map(NonZeroU64::get);
        UploadQuota {
            most_unfinished_bytes: limit(self.most_unfinished_bytes),
            most_slides_a_day: limit(self.most_slides_a_day),
        }
    }
}
