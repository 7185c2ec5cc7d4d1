use chrono::{DateTime, Utc};

use super::AuditRow;
use super::event::read_event;
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// A part of the audit trail, oldest first.
#[derive(Clone, Copy, Debug)]
pub struct AuditPage {
    /// The number of the last event of the page before; 0 for the first page.
    pub after: u64,
    /// Only what was done at this time or later.
    pub since: Option<DateTime<Utc>>,
    pub limit: u32,
}

macro_rules! audit_columns {
    () => {
        "seq, at_ms, actor, action, slide, detail, hash"
    };
}
pub(super) use audit_columns;

impl Catalog {
    /// The last `limit` events before `before` (from the end where `None`), newest first.
    pub async fn audit_trail(
        &self,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<AuditRow>, CatalogError> {
        let statement = Statement::to(
            "read the audit trail",
            concat!(
                "SELECT ",
                audit_columns!(),
                " FROM audit WHERE seq < $1 ORDER BY seq DESC LIMIT $2"
            ),
        )
        .bind(before.map_or(i64::MAX, u64::cast_signed))
        .bind(limit);
        self.read_events(statement).await
    }

    /// From the beginning on, for who reads all of it.
    pub async fn audit_page(&self, page: AuditPage) -> Result<Vec<AuditRow>, CatalogError> {
        let since = page.since.map(|since| since.timestamp_millis());
        let statement = Statement::to(
            "read the audit trail",
            concat!(
                "SELECT ",
                audit_columns!(),
                " FROM audit WHERE seq > $1 AND at_ms >= $2 ORDER BY seq LIMIT $3"
            ),
        )
        .bind(page.after.cast_signed())
        .bind(since.unwrap_or(i64::MIN))
        .bind(page.limit);
        self.read_events(statement).await
    }

    async fn read_events(&self, statement: Statement) -> Result<Vec<AuditRow>, CatalogError> {
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_event).collect()
    }
}
