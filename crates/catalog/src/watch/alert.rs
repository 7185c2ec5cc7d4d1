use std::str::FromStr;

use chrono::{DateTime, Utc};
use flow::{ModelAlertId, Sha256Digest};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::IsoWeek;

/// What is not as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelAlertKind {
    /// The slides of a scanner lie apart from those of the reference.
    EmbeddingDistance,
    /// The task abstains more often than it did, or less.
    AbstentionRate,
    /// People override it more often than they did, or less.
    OverrideRate,
    /// A group of slides fares worse than all.
    SubgroupGap,
}

/// An alert to be opened.
#[derive(Clone, Debug, PartialEq)]
pub struct NewModelAlert {
    pub model: Sha256Digest,
    pub kind: ModelAlertKind,
    /// The scanner, or the group and its figure.
    pub subject: String,
    pub week: IsoWeek,
    /// The figures that it rests on.
    pub detail: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ModelAlert {
    pub id: ModelAlertId,
    pub model: Sha256Digest,
    pub kind: ModelAlertKind,
    pub subject: String,
    pub week: IsoWeek,
    pub detail: Value,
    pub opened_at: DateTime<Utc>,
    /// In the order of seeing it.
    pub seen: Vec<AlertSighting>,
    /// `None` while it is open.
    pub closed: Option<AlertClosing>,
}

/// Who saw an alert, when first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertSighting {
    pub person: String,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertClosing {
    pub by: String,
    pub reason: String,
    pub at: DateTime<Utc>,
}

/// A kind of alert that there is not.
#[derive(Debug, thiserror::Error)]
#[error("there is no such kind of alert")]
pub struct UnknownAlertKind;

impl ModelAlert {
    pub fn is_seen_by(&self, person: &str) -> bool {
        self.seen.iter().any(|seen| seen.person == person)
    }
}

impl ModelAlertKind {
    pub const ALL: [Self; 4] = [
        Self::EmbeddingDistance,
        Self::AbstentionRate,
        Self::OverrideRate,
        Self::SubgroupGap,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::EmbeddingDistance => "embedding_distance",
            Self::AbstentionRate => "abstention_rate",
            Self::OverrideRate => "override_rate",
            Self::SubgroupGap => "subgroup_gap",
        }
    }
}

impl FromStr for ModelAlertKind {
    type Err = UnknownAlertKind;

    fn from_str(text: &str) -> Result<Self, UnknownAlertKind> {
        let kind = Self::ALL.into_iter().find(|kind| kind.name() == text);
        kind.ok_or(UnknownAlertKind)
    }
}
