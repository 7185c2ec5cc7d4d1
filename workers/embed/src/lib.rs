//! Embeds the tissue of a slide tile by tile into a bag, and measures the quality of those tiles.

mod bag_in_work;
mod batch;
mod busy;
mod chunk;
mod compute;
mod devices;
mod embed;
mod help;
mod import;
mod layout;
mod pipeline;
mod plan;
mod quality;
mod run;
mod share;
mod strip;

use catalog::Catalog;
use queue::Queue;
use store::Store;

pub use embed::{EmbedConfig, EmbedOutcome, embed_slide};
pub use help::help_embed;
pub use import::{Imported, import_bag};
pub use layout::{TileLayout, TileSpec, lay_out};
pub use run::run;
pub use share::Sharing;

/// What this worker reads from and writes to.
#[derive(Clone)]
pub struct EmbedDeps {
    pub store: Store,
    pub catalog: Catalog,
    pub queue: Queue,
}
