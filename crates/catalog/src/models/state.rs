use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Whether people see what a model says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelState {
    /// It is known and does nothing.
    Draft,
    /// It scores slides, and what it says is kept apart.
    Shadow,
    /// What it says is shown. Of the versions of a task one can be.
    Active,
    /// It scores nothing more; what it said while it was active stays.
    Retired,
}

/// Where a person may send a model. No model becomes a draft again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelTarget {
    Shadow,
    Active,
    Retired,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelKind {
    Encoder,
    Task,
}

/// A state that there is not.
#[derive(Debug, thiserror::Error)]
#[error("a model is draft, shadow, active or retired")]
pub struct UnknownModelState;

impl ModelState {
    const ALL: [Self; 4] = [Self::Draft, Self::Shadow, Self::Active, Self::Retired];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Shadow => "shadow",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }

    /// The state that a person's word leads to from here; `None` where it leads nowhere. Only a rollback
    /// leads from retired to active.
    pub const fn after(self, target: ModelTarget) -> Option<Self> {
        match (self, target) {
            (Self::Draft | Self::Active | Self::Retired, ModelTarget::Shadow) => Some(Self::Shadow),
            (Self::Shadow, ModelTarget::Active) => Some(Self::Active),
            (Self::Draft | Self::Shadow | Self::Active, ModelTarget::Retired) => {
                Some(Self::Retired)
            }
            (Self::Shadow, ModelTarget::Shadow)
            | (Self::Draft | Self::Active | Self::Retired, ModelTarget::Active)
            | (Self::Retired, ModelTarget::Retired) => None,
        }
    }
}

impl ModelTarget {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shadow => "shadow",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }
}

impl ModelKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Encoder => "encoder",
            Self::Task => "task",
        }
    }
}

impl fmt::Display for ModelState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for ModelState {
    type Err = UnknownModelState;

    fn from_str(text: &str) -> Result<Self, UnknownModelState> {
        let state = Self::ALL.into_iter().find(|state| state.name() == text);
        state.ok_or(UnknownModelState)
    }
}
