use chrono::{DateTime, Utc};
use flow::RegulatoryStatus;
use serde::Serialize;

use super::Coding;
use crate::systems;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Meta {
    pub(crate) last_updated: Option<DateTime<Utc>>,
    pub(crate) security: Vec<Coding>,
    pub(crate) tag: Vec<Coding>,
}

impl Meta {
    pub(crate) fn updated(at: DateTime<Utc>) -> Self {
        Self {
            last_updated: Some(at),
            ..Self::default()
        }
    }

    /// Marks what may be used for this alone: a security label that systems act on, and our own tag
    /// that says it in the catalog's words.
    pub(crate) fn marked(self, status: RegulatoryStatus) -> Self {
        let (purpose, tag) = match status {
            RegulatoryStatus::ResearchUseOnly => (
                Coding::new(systems::PURPOSE_OF_USE, "HRESCH").shown_as("healthcare research"),
                Coding::new(systems::REGULATORY_STATUS, "research_use_only")
                    .shown_as("research use only"),
            ),
        };
        Self {
            security: vec![purpose],
            tag: vec![tag],
            ..self
        }
    }
}
