//! Embeds the tissue of a slide tile by tile into a bag.

mod batch;
mod busy;
mod chunk;
mod devices;
mod embed;
mod import;
mod layout;
mod pipeline;
mod run;
mod strip;

use catalog::Catalog;
use queue::Queue;
use store::Store;

pub use embed::{EmbedConfig, EmbedOutcome, embed_slide};
pub use import::{Imported, import_bag};
pub use layout::{TileLayout, TileSpec, lay_out};
pub use run::run;

/// What this worker reads from and writes to.
#[derive(Clone)]
pub struct EmbedDeps {
    pub store: Store,
    pub catalog: Catalog,
    pub queue: Queue,
}
