use std::fmt;

use serde::{Deserialize, Serialize};

/// One step of the path that takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    Receive,
    Tile,
    Embed,
    Score,
    /// What the score rests on; part of the same step, timed for itself.
    Evidence,
}

impl Stage {
    pub const ALL: [Self; 5] = [
        Self::Receive,
        Self::Tile,
        Self::Embed,
        Self::Score,
        Self::Evidence,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Receive => "receive",
            Self::Tile => "tile",
            Self::Embed => "embed",
            Self::Score => "score",
            Self::Evidence => "evidence",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How far a stage has come; the unit (bytes, tiles) is the stage's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub stage: Stage,
    pub done: u64,
    pub total: u64,
}

/// Called by long work as it advances, from any thread, often: it must be quick and must not fail.
pub type ProgressReport<'a> = &'a (dyn Fn(Progress) + Sync);

/// What a stage cost for one slide.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageTiming {
    pub stage: Stage,
    pub wall_s: f64,
}
