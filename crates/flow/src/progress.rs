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
    /// Of these, the seconds in which the encoder computed; in the others it waited for tiles.
    /// Known of embedding only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub busy_s: Option<f64>,
}

impl StageTiming {
    pub const fn of_wall(stage: Stage, wall_s: f64) -> Self {
        Self {
            stage,
            wall_s,
            busy_s: None,
        }
    }

    /// The share of the time in which the encoder computed, from 0 to 1.
    pub fn busy_share(self) -> Option<f64> {
        let busy_s = self.busy_s?;
        (self.wall_s > 0.0).then(|| busy_s / self.wall_s)
    }
}
