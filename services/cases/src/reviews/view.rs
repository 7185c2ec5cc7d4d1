use catalog::{Opinion, ReviewRow};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// A review as the API shows it.
#[derive(Debug, Serialize)]
pub(crate) struct ReviewView {
    number: u32,
    reviewer: String,
    reviewed_at: DateTime<Utc>,
    /// The number of the review that it took the place of.
    amends: Option<u32>,
    #[serde(flatten)]
    opinion: Opinion,
}

impl From<ReviewRow> for ReviewView {
    fn from(row: ReviewRow) -> Self {
        Self {
            number: row.number,
            reviewer: row.reviewer,
            reviewed_at: row.reviewed_at,
            amends: row.amends,
            opinion: row.opinion,
        }
    }
}
