use anyhow::{Context, Result};
use catalog::{AuditAction, AuditEvent, AuditPage, Catalog};
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, json};

use super::event::audit_event;
use crate::catalog_args::KnownCatalog;
use crate::exit::Outcome;
use crate::print;

/// Events read at once.
const PAGE: u32 = 500;

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    catalog: KnownCatalog,
    /// Only what was done at this time or later, as 2026-11-22T08:00:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<DateTime<Utc>>,
}

impl Export {
    /// Page by page: memory does not grow with the trail.
    pub(super) async fn run(self) -> Result<Outcome> {
        let catalog = self.catalog.open().await?;
        self.note(&catalog).await?;
        let mut after = 0;
        loop {
            let page = AuditPage {
                after,
                since: self.since,
                limit: PAGE,
            };
            let rows = catalog.audit_page(page).await?;
            let Some(last) = rows.last() else {
                return Ok(Outcome::Done);
            };
            after = last.seq;
            for row in &rows {
                let line = serde_json::to_string(&audit_event(row));
                print::line(&line.context("cannot write JSON")?)?;
            }
        }
    }

    /// Reading the trail is on record, and the last line that is written.
    async fn note(&self, catalog: &Catalog) -> Result<()> {
        let detail = match self.since {
            None => Value::Null,
            Some(since) => json!({ "since": since }),
        };
        let event = AuditEvent {
            actor: "command line".to_owned(),
            action: AuditAction::AuditExported,
            slide: None,
            detail,
        };
        Ok(catalog.audit(event).await?)
    }
}
