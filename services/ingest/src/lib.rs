//! Receives scanner files and cuts them into the pyramid.

mod config;
mod inspect;
mod quota;
mod receive;
mod resume;
mod run;
mod scanner_s3;
mod stow;
mod sweep;
mod tile;
mod watch;

use catalog::Catalog;
use queue::Queue;
use slide::DecoderCommand;
use store::Store;

pub use catalog::UploadQuota;
pub use config::{
    IdentityConfig, IngestConfig, ReceiveConfig, StowConfig, TilingConfig, UploadConfig,
    WatchConfig,
};
pub use inspect::inspect;
pub use receive::{Accepted, Arrival, Deidentify, ReceiveError, receive, receive_file, router};
pub use run::run;
pub use scanner_s3::scanner_s3;
pub use tile::{Refusal, TileOutcome, tile_slide};

/// What this service reads from and writes to.
#[derive(Clone)]
pub struct IngestDeps {
    pub store: Store,
    pub catalog: Catalog,
    pub queue: Queue,
    pub decoder: DecoderCommand,
}
