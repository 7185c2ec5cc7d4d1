use catalog::{IsoWeek, ModelAlert, ModelAlertKind};
use chrono::{DateTime, Utc};
use flow::{ModelAlertId, Sha256Digest};
use serde::Serialize;
use serde_json::Value;

/// An alert as the API shows it.
#[derive(Debug, Serialize)]
pub(super) struct AlertView {
    id: ModelAlertId,
    model: Sha256Digest,
    kind: ModelAlertKind,
    /// The scanner, or the group and its figure.
    subject: String,
    week: IsoWeek,
    detail: Value,
    opened_at: DateTime<Utc>,
    seen: Vec<SightingView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<ClosingView>,
}

#[derive(Debug, Serialize)]
struct SightingView {
    by: String,
    at: DateTime<Utc>,
}

#[derive(Debug, Serialize)]
struct ClosingView {
    by: String,
    reason: String,
    at: DateTime<Utc>,
}

impl From<ModelAlert> for AlertView {
    fn from(alert: ModelAlert) -> Self {
        let seen = alert.seen.into_iter().map(|seen| SightingView {
            by: seen.person,
            at: seen.at,
        });
        Self {
            id: alert.id,
            model: alert.model,
            kind: alert.kind,
            subject: alert.subject,
            week: alert.week,
            detail: alert.detail,
            opened_at: alert.opened_at,
            seen: seen.collect(),
            closed: alert.closed.map(|closed| ClosingView {
                by: closed.by,
                reason: closed.reason,
                at: closed.at,
            }),
        }
    }
}
