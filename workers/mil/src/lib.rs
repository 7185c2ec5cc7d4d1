//! Scores a bag and draws its heatmaps, here or by asking a task's service.

mod answer;
mod catch_up;
mod evidence;
mod facts;
mod flags;
mod here;
mod live;
mod made;
mod meter;
mod observation;
mod result_objects;
mod run;
mod score;
mod scored;
mod service;
mod service_result;
mod shadow;
mod without_flagged;

use catalog::Catalog;
use flow::TenantName;
use queue::Queue;
use store::Store;
use task_service::TaskServices;

pub use observation::{Backfilled, backfill_observations};
pub use run::run;
pub use score::score_slide;

/// What this worker reads from and writes to.
#[derive(Clone)]
pub struct MilDeps {
    pub store: Store,
    pub catalog: Catalog,
    pub queue: Queue,
    /// Which tasks may be asked over the network, and how.
    pub services: TaskServices,
    /// Whose the installation is, where several share processes.
    pub tenant: Option<TenantName>,
}
