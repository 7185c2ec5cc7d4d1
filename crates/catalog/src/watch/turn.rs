use chrono::{DateTime, Utc};

use crate::columns::get_time;
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

impl Catalog {
    /// Whether it is this process's turn to look at the models. If so it is no other's before `until`.
    pub async fn take_watch_turn(
        &self,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, CatalogError> {
        let what = "take the turn to look at models";
        let statement = Statement::to(what, "SELECT next_at_ms FROM watch_turn");
        let row = self.readers.fetch_one(statement).await?;
        // Most of the time nothing is due, and looking costs no write.
        if get_time(&row, "next_at_ms")? > now {
            return Ok(false);
        }
        let statement = Statement::to(
            what,
            "UPDATE watch_turn SET next_at_ms = $2 WHERE next_at_ms <= $1",
        )
        .bind(now.timestamp_millis())
        .bind(until.timestamp_millis());
        Ok(self.records.execute(statement).await? == 1)
    }

    /// Whoever had the turn is done: the next one is at `next`.
    pub async fn end_watch_turn(&self, next: DateTime<Utc>) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "end the turn to look at models",
            "UPDATE watch_turn SET next_at_ms = $1",
        );
        let statement = statement.bind(next.timestamp_millis());
        self.records.execute(statement).await.map(drop)
    }
}
