use std::fmt;

use chrono::{DateTime, Utc};
use flow::{CaseId, ResultsMessageId};
use serde_json::json;

use crate::columns::{get, get_optional_time, get_time, parse};
use crate::row::Row;
use crate::statement::Statement;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError};

/// Results of one case for the laboratory's system, and what became of them.
#[derive(Clone, PartialEq, Eq)]
pub struct ResultsMessage {
    pub id: ResultsMessageId,
    pub case: CaseId,
    /// Of the signature; `None` for what nobody signed.
    pub version: Option<u32>,
    /// When there was something to tell.
    pub at: DateTime<Utc>,
    pub state: ResultsState,
    /// What is sent, once it was made. It names a patient: never logged.
    pub body: Option<String>,
    /// Those that reached the receiver.
    pub n_attempts: u32,
    /// Of these, those that were not answered.
    pub n_unanswered: u32,
    pub last_at: Option<DateTime<Utc>>,
    /// Why the last attempt was no success. May repeat what the receiver said: never logged.
    pub last_error: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultsState {
    Pending,
    Delivered,
    /// There is no further attempt but by a person's word.
    Failed,
    /// It was signed before it was sent, or has nothing to say any more.
    Superseded,
}

/// A part of the messages, newest first.
#[derive(Clone, Copy, Debug)]
pub struct ResultsPage {
    /// `None` for all.
    pub state: Option<ResultsState>,
    pub limit: u32,
}

macro_rules! results_columns {
    () => {
        "id, case_id, version, at_ms, state, body, n_attempts, n_unanswered, last_at_ms, last_error"
    };
}
pub(super) use results_columns;

impl ResultsState {
    pub const ALL: [Self; 4] = [
        Self::Pending,
        Self::Delivered,
        Self::Failed,
        Self::Superseded,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Superseded => "superseded",
        }
    }
}

impl Catalog {
    /// Newest first.
    pub async fn results_messages(
        &self,
        page: ResultsPage,
    ) -> Result<Vec<ResultsMessage>, CatalogError> {
        let statement = Statement::to(
            "list messages with results",
            concat!(
                "SELECT ",
                results_columns!(),
                " FROM hl7_results WHERE state = coalesce($1, state)
                 ORDER BY at_ms DESC, version DESC, id DESC LIMIT $2"
            ),
        )
        .bind(page.state.map(ResultsState::name))
        .bind(page.limit);
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_results).collect()
    }

    /// Has a message that was settled sent once more. Whether it will be: there may be none of that id,
    /// it may wait already, or a later signature of its case took its place.
    pub async fn replay_results(
        &self,
        actor: &str,
        id: ResultsMessageId,
    ) -> Result<bool, CatalogError> {
        let statement = Statement::to(
            "send results once more",
            "UPDATE hl7_results
             SET state = 'pending', n_attempts = 0, n_unanswered = 0, next_at_ms = 0,
                 claimed_until_ms = NULL
             WHERE id = $1 AND state IN ('delivered', 'failed') AND NOT EXISTS (
                 SELECT 1 FROM sign_offs
                 WHERE sign_offs.case_id = hl7_results.case_id
                     AND sign_offs.version > hl7_results.version
             )",
        );
        let event = AuditEvent {
            actor: actor.to_owned(),
            action: AuditAction::ResultsReplayed,
            slide: None,
            detail: json!({ "message": id }),
        };
        let statement = statement.bind(id.to_string());
        Ok(self.records.execute_on_record(statement, event).await? > 0)
    }

    /// Forgets what is settled and was to be told before that time. How many these were.
    pub async fn forget_results_messages(
        &self,
        before: DateTime<Utc>,
    ) -> Result<u64, CatalogError> {
        let statement = Statement::to(
            "forget old messages",
            "DELETE FROM hl7_results WHERE state <> 'pending' AND at_ms < $1",
        );
        let statement = statement.bind(before.timestamp_millis());
        self.records.execute(statement).await
    }
}

pub(super) fn read_results(row: &Row) -> Result<ResultsMessage, CatalogError> {
    let state: String = get(row, "state")?;
    let state = ResultsState::ALL.into_iter().find(|s| s.name() == state);
    let version = count(row, "version")?;
    Ok(ResultsMessage {
        id: parse(row, "id")?,
        case: parse(row, "case_id")?,
        version: (version > 0).then_some(version),
        at: get_time(row, "at_ms")?,
        state: state
            .ok_or("there is no such state")
            .map_err(CatalogError::damaged("state"))?,
        body: get(row, "body")?,
        n_attempts: count(row, "n_attempts")?,
        n_unanswered: count(row, "n_unanswered")?,
        last_at: get_optional_time(row, "last_at_ms")?,
        last_error: get(row, "last_error")?,
    })
}

fn count(row: &Row, column: &'static str) -> Result<u32, CatalogError> {
    let count: i64 = get(row, column)?;
    u32::try_from(count).map_err(CatalogError::damaged(column))
}

impl fmt::Debug for ResultsMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResultsMessage")
            .field("id", &self.id)
            .field("case", &self.case)
            .field("version", &self.version)
            .field("state", &self.state)
            .field("n_attempts", &self.n_attempts)
            .field("n_unanswered", &self.n_unanswered)
            .finish_non_exhaustive()
    }
}
