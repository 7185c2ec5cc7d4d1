use std::collections::{HashMap, HashSet};

use flow::{Sha256Digest, TaskId, TaskRef};

use super::{Model, ModelState};
use crate::{Catalog, CatalogError};

/// What each task is for at this moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelStandings {
    states: HashMap<Sha256Digest, ModelState>,
    /// Tasks of which a version is registered.
    governed: HashSet<TaskId>,
}

/// What becomes of what a task says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is shown.
    Shown,
    /// It is kept apart.
    Shadow,
    /// The task is not asked.
    Off,
}

impl Catalog {
    pub async fn model_standings(&self) -> Result<ModelStandings, CatalogError> {
        let mut standings = ModelStandings::default();
        for row in self.models().await? {
            standings.states.insert(row.model.hash(), row.state);
            if let Model::Task { task, .. } = row.model {
                standings.governed.insert(task.id);
            }
        }
        Ok(standings)
    }
}

impl ModelStandings {
    /// Of a task that reads bags of this encoder: what holds of both. A task of which no version is
    /// registered, and an encoder that is not, hold nobody back.
    pub fn of(&self, task: &TaskRef, encoder: Sha256Digest) -> Standing {
        let of_task = match self.states.get(&task.hash) {
            Some(state) => of_state(*state),
            None if self.is_governed(&task.id) => Standing::Off,
            None => Standing::Shown,
        };
        let of_encoder = self.states.get(&encoder).copied().map(of_state);
        match (of_task, of_encoder.unwrap_or(Standing::Shown)) {
            (Standing::Off, _) | (_, Standing::Off) => Standing::Off,
            (Standing::Shadow, _) | (_, Standing::Shadow) => Standing::Shadow,
            (Standing::Shown, Standing::Shown) => Standing::Shown,
        }
    }

    /// Whether a version of the task is registered.
    pub fn is_governed(&self, task: &TaskId) -> bool {
        self.governed.contains(task)
    }
}

const fn of_state(state: ModelState) -> Standing {
    match state {
        ModelState::Active => Standing::Shown,
        ModelState::Shadow => Standing::Shadow,
        ModelState::Draft | ModelState::Retired => Standing::Off,
    }
}
