use flow::{SlideId, SlideStatus};

use crate::columns::{from_json, get_count, parse, to_json};
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// What became of a conditional change of status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advance {
    Done,
    /// The slide was not, or no longer, where the change was to begin; nothing changed.
    Elsewhere,
}

/// Of slides that some stage still has to work on.
macro_rules! is_unfinished {
    () => {
        "state IN ('received', 'tiled', 'embedded')"
    };
}
pub(crate) use is_unfinished;

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
        let statement = Statement::to(
            "list unfinished slides",
            concat!(
                "SELECT id, status FROM slides WHERE ",
                is_unfinished!(),
                " ORDER BY received_at_ms, id"
            ),
        );
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter()
            .map(|row| Ok((parse(row, "id")?, from_json(row, "status")?)))
            .collect()
    }

    /// How many these are.
    pub async fn n_unfinished(&self) -> Result<u64, CatalogError> {
        let statement = Statement::to(
            "count unfinished slides",
            concat!("SELECT count(*) AS n FROM slides WHERE ", is_unfinished!()),
        );
        get_count(&self.readers.fetch_one(statement).await?, "n")
    }

    async fn change_status(
        &self,
        id: SlideId,
        from: Option<&SlideStatus>,
        to: &SlideStatus,
    ) -> Result<Advance, CatalogError> {
        let action = "set a slide's status";
        let change = Statement::to(
            action,
            "UPDATE slides SET state = $2, status = $3
             WHERE id = $1 AND state = coalesce($4, state)",
        )
        .bind(id.to_string())
        .bind(to.name())
        .bind(to_json("status", to)?)
        .bind(from.map(SlideStatus::name));
        let forget = Statement::to(action, "DELETE FROM slide_progress WHERE slide = $1");
        let forget = forget.bind(id.to_string());
        Ok(match self.records.execute_both(change, forget).await? {
            0 => Advance::Elsewhere,
            _ => Advance::Done,
        })
    }
}
