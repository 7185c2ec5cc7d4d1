use flow::{SlideId, SlideStatus};

use crate::columns::{from_json, get_count, parse, to_json};
use crate::{Catalog, CatalogError};

/// What became of a conditional change of status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advance {
    Done,
    /// The slide was not, or no longer, where the change was to begin; nothing changed.
    Elsewhere,
}

impl Catalog {
    /// Sets the status whatever it was, and forgets the progress of the stage before.
    pub async fn set_status(&self, id: SlideId, status: &SlideStatus) -> Result<(), CatalogError> {
        match self.change_status(id, None, status).await? {
            Advance::Done => Ok(()),
            Advance::Elsewhere => Err(CatalogError::UnknownSlide { id }),
        }
    }

    /// Sets the status if the state is still that of `from` (whatever its reason), so that of two
    /// who do the same work one moves the slide on.
    pub async fn advance(
        &self,
        id: SlideId,
        from: &SlideStatus,
        to: &SlideStatus,
    ) -> Result<Advance, CatalogError> {
        self.change_status(id, Some(from), to).await
    }

    /// Slides that some stage still has to work on, oldest first: the sweeper's list.
    pub async fn unfinished(&self) -> Result<Vec<(SlideId, SlideStatus)>, CatalogError> {
        let rows = sqlx::query(
            "SELECT id, status FROM slides WHERE state IN ('received', 'tiled', 'embedded')
             ORDER BY received_at_ms, id",
        )
        .fetch_all(&self.readers)
        .await
        .map_err(CatalogError::database("list unfinished slides"))?;
        rows.iter()
            .map(|row| Ok((parse(row, "id")?, from_json(row, "status")?)))
            .collect()
    }

    /// How many these are.
    pub async fn n_unfinished(&self) -> Result<u64, CatalogError> {
        let row = sqlx::query(
            "SELECT count(*) AS n FROM slides WHERE state IN ('received', 'tiled', 'embedded')",
        )
        .fetch_one(&self.readers)
        .await
        .map_err(CatalogError::database("count unfinished slides"))?;
        get_count(&row, "n")
    }

    async fn change_status(
        &self,
        id: SlideId,
        from: Option<&SlideStatus>,
        to: &SlideStatus,
    ) -> Result<Advance, CatalogError> {
        let failed = || CatalogError::database("set a slide's status");
        let status = to_json("status", to)?;
        let mut transaction = self.records.begin().await.map_err(failed())?;
        let changed = sqlx::query(
            "UPDATE slides SET state = $2, status = $3
             WHERE id = $1 AND state = coalesce($4, state)",
        )
        .bind(id.to_string())
        .bind(to.name())
        .bind(status)
        .bind(from.map(SlideStatus::name))
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        if changed.rows_affected() == 0 {
            return Ok(Advance::Elsewhere);
        }
        sqlx::query("DELETE FROM slide_progress WHERE slide = $1")
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        Ok(Advance::Done)
    }
}
