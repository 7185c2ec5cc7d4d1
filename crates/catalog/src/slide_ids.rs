use chrono::{DateTime, Utc};
use flow::{SlideId, Stage};

use crate::columns::{get_count, get_time, parse};
use crate::statement::Statement;
use crate::{Catalog, CatalogError, Page};

/// Lists of slides without what the catalog says of them, for those who go through all of them.
impl Catalog {
    /// Like [`Catalog::slides`], with nothing but when each was received.
    pub async fn slide_ids(
        &self,
        page: Page,
    ) -> Result<Vec<(SlideId, DateTime<Utc>)>, CatalogError> {
        let Some((received_at_ms, id)) = self.start_of(page).await? else {
            return Ok(Vec::new());
        };
        let statement = Statement::to(
            "list the ids of slides",
            "SELECT id, received_at_ms FROM slides WHERE (received_at_ms, id) < ($1, $2)
             ORDER BY received_at_ms DESC, id DESC LIMIT $3",
        )
        .bind(received_at_ms)
        .bind(id)
        .bind(page.limit);
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter()
            .map(|row| Ok((parse(row, "id")?, get_time(row, "received_at_ms")?)))
            .collect()
    }

    pub async fn n_slides(&self) -> Result<u64, CatalogError> {
        let statement = Statement::to("count slides", "SELECT count(*) AS n FROM slides");
        get_count(&self.readers.fetch_one(statement).await?, "n")
    }

    /// Slides that can be looked at, newest first, without the newest `skipped` of them. One that is
    /// held or quarantined is among them if it was tiled before. Of several that came in one DICOM study
    /// it is the one with the first id.
    ///
    /// Skipping costs a look at each row that is skipped.
    pub async fn tiled_studies(
        &self,
        skipped: u64,
        limit: u32,
    ) -> Result<Vec<SlideId>, CatalogError> {
        let statement = Statement::to(
            "list tiled slides",
            "SELECT id FROM slides
             WHERE (state IN ('tiled', 'embedded', 'scored')
                OR (state <> 'received' AND EXISTS (
                    SELECT 1 FROM slide_timings WHERE slide = slides.id AND stage = $1)))
               AND NOT EXISTS (
                    SELECT 1 FROM dicom_instances AS own
                    JOIN dicom_instances AS other
                      ON other.study = own.study AND other.slide < own.slide
                    JOIN slides AS first ON first.id = other.slide
                    WHERE own.slide = slides.id
                      AND (first.state IN ('tiled', 'embedded', 'scored')
                       OR (first.state <> 'received' AND EXISTS (
                           SELECT 1 FROM slide_timings WHERE slide = first.id AND stage = $1))))
             ORDER BY received_at_ms DESC, id DESC LIMIT $2 OFFSET $3",
        )
        .bind(Stage::Tile.name())
        .bind(limit)
        .bind(skipped.cast_signed());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(|row| parse(row, "id")).collect()
    }
}
