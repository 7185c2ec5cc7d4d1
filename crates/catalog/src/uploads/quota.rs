use chrono::{DateTime, Duration, Utc};
use flow::{Sha256Digest, SlideId};

use crate::columns::get_count;
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// What one key may do. `None` is without a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UploadQuota {
    /// Of all its uploads that are not finished, as long as their files will be.
    pub most_unfinished_bytes: Option<u64>,
    /// Within the last 24 hours, uploads that are not finished included.
    pub most_slides_a_day: Option<u64>,
}

impl Catalog {
    /// Counts a slide that this key brought, once a day.
    pub async fn note_owner_slide(
        &self,
        owner: &Sha256Digest,
        slide: SlideId,
        now: DateTime<Utc>,
    ) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "count a slide for its key",
            "INSERT INTO owner_slides (owner, slide, at_ms) VALUES ($1, $2, $3)
             ON CONFLICT (owner, slide) DO NOTHING",
        )
        .bind(owner.to_string())
        .bind(slide.to_string())
        .bind(now.timestamp_millis());
        self.records.execute(statement).await.map(drop)
    }

    /// How many slides this key brought within the last 24 hours.
    pub async fn n_slides_of_owner(
        &self,
        owner: &Sha256Digest,
        now: DateTime<Utc>,
    ) -> Result<u64, CatalogError> {
        let row = self.readers.fetch_one(slides_today(owner, now)).await?;
        get_count(&row, "n")
    }

    /// Forgets which slides were brought longer ago than they count.
    pub async fn forget_owner_slides(&self, now: DateTime<Utc>) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "forget who brought old slides",
            "DELETE FROM owner_slides WHERE at_ms <= $1",
        )
        .bind(day_before(now));
        self.records.execute(statement).await.map(drop)
    }
}

pub(super) fn slides_today(owner: &Sha256Digest, now: DateTime<Utc>) -> Statement {
    Statement::to(
        "count a key's slides",
        "SELECT count(*) AS n FROM owner_slides WHERE owner = $1 AND at_ms > $2",
    )
    .bind(owner.to_string())
    .bind(day_before(now))
}

fn day_before(now: DateTime<Utc>) -> i64 {
    (now - Duration::hours(24)).timestamp_millis()
}
