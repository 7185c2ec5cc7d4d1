use std::sync::Arc;
use std::time::Duration;

use flow::Sha256Digest;

use super::TextSearch;

/// How similar places are searched.
#[derive(Clone, Debug, Default)]
pub struct SearchConfig {
    pub index: IndexConfig,
    /// By what their bags go. A slide's results name others, which are searched as well.
    pub encoders: Vec<Sha256Digest>,
    pub text: Option<Arc<TextSearch>>,
}

/// What the index over all slides may cost.
#[derive(Clone, Copy, Debug)]
pub struct IndexConfig {
    /// Memory of the embeddings in it and of its links, about. Slides that no longer fit, the oldest
    /// of them, are left out, and every answer says so.
    pub n_bytes: usize,
    /// Tiles of one slide at most, evenly spread over it.
    pub tiles_a_slide: usize,
    /// How long it may be behind what is stored.
    pub look_every: Duration,
    /// How long a search waits while all slides are looked at for the first time.
    pub patience: Duration,
}

impl IndexConfig {
    /// Of one among so many that share the memory.
    #[must_use]
    pub fn shared_by(self, n_indices: usize) -> Self {
        Self {
            n_bytes: self.n_bytes / n_indices.max(1),
            ..self
        }
    }
}

impl Default for IndexConfig {
    fn default() -> Self {
        Self {
            n_bytes: 512 * 1024 * 1024,
            tiles_a_slide: 2000,
            look_every: Duration::from_secs(30),
            patience: Duration::from_secs(5),
        }
    }
}
