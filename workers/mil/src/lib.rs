//! Scores a bag and draws its heatmaps.

mod answer;
mod catch_up;
mod evidence;
mod facts;
mod flags;
mod live;
mod observation;
mod result_objects;
mod run;
mod score;
mod scored;
mod shadow;
mod without_flagged;

use catalog::Catalog;
use queue::Queue;
use store::Store;

pub use observation::{Backfilled, backfill_observations};
pub use run::run;
pub use score::score_slide;

/// What this worker reads from and writes to.
#[derive(Clone)]
pub struct MilDeps {
    pub store: Store,
    pub catalog: Catalog,
    pub queue: Queue,
}
