use chrono::{DateTime, Utc};
use serde_json::json;

use super::ResultsMessage;
use super::results::{read_results, results_columns};
use crate::columns::get;
use crate::statement::Statement;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError};

/// A message that is this process's to send, until another may take it.
#[derive(Clone, Debug)]
pub struct DueResults {
    pub message: ResultsMessage,
    claimed_until: DateTime<Utc>,
}

/// What becomes of a message after an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResultsSettled {
    Delivered,
    /// The receiver could not be reached: to be tried again then.
    Unreached(DateTime<Utc>, &'static str),
    /// It may have been taken, but nobody said so: to be tried again then.
    Unanswered(DateTime<Utc>, &'static str),
    Failed(String),
    Superseded,
}

impl Catalog {
    /// Has results written down to be sent, from now on until then.
    pub async fn want_results(&self, until: DateTime<Utc>) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "have results written down",
            "UPDATE hl7_sending SET wanted_until_ms = $1 WHERE wanted_until_ms < $1",
        );
        let statement = statement.bind(until.timestamp_millis());
        self.records.execute(statement).await.map(drop)
    }

    /// The first of the messages that are not settled, if it is due: it holds up all that come after
    /// it. What nobody signed is due once it waited since `gathered`, so that it tells of much at once.
    /// It is nobody else's until then.
    pub async fn claim_results(
        &self,
        now: DateTime<Utc>,
        gathered: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Option<DueResults>, CatalogError> {
        // Most of the time nothing is due, and looking costs no write.
        let statement = Statement::to(
            "look for results to send",
            "SELECT first.id AS id FROM (
                 SELECT id, version, at_ms, next_at_ms FROM hl7_results
                 WHERE state = 'pending' ORDER BY at_ms, version, id LIMIT 1
             ) AS first
             WHERE first.next_at_ms <= $1 AND (first.version > 0 OR first.at_ms <= $2)
                 AND NOT EXISTS (
                     SELECT 1 FROM hl7_results AS sent
                     WHERE sent.state = 'pending' AND sent.claimed_until_ms > $1
                 )",
        )
        .bind(now.timestamp_millis())
        .bind(gathered.timestamp_millis());
        let Some(first) = self.readers.fetch_optional(statement).await? else {
            return Ok(None);
        };
        let id: String = get(&first, "id")?;
        let statement = Statement::to(
            "claim results to send",
            concat!(
                "UPDATE hl7_results SET claimed_until_ms = $3
                 WHERE id = $1 AND state = 'pending' AND next_at_ms <= $2
                     AND coalesce(claimed_until_ms, 0) <= $2
                 RETURNING ",
                results_columns!()
            ),
        )
        .bind(id)
        .bind(now.timestamp_millis())
        .bind(until.timestamp_millis());
        let claimed = self.records.fetch_optional(statement).await?;
        let message = claimed.as_ref().map(read_results).transpose()?;
        Ok(message.map(|message| DueResults {
            message,
            claimed_until: until,
        }))
    }

    /// Stores what is about to be sent; the audit trail says that `actor` sends it. Whether it is still
    /// this process's to send.
    pub async fn begin_results(
        &self,
        actor: &str,
        due: &DueResults,
        body: &str,
    ) -> Result<bool, CatalogError> {
        let statement = Statement::to(
            "store results to send",
            "UPDATE hl7_results SET body = $3 WHERE id = $1 AND claimed_until_ms = $2",
        )
        .bind(due.message.id.to_string())
        .bind(due.claimed_until.timestamp_millis())
        .bind(body);
        let message = &due.message;
        let event = AuditEvent {
            actor: actor.to_owned(),
            action: AuditAction::ResultsSent,
            slide: None,
            detail: json!({
                "message": message.id, "case": message.case, "version": message.version,
            }),
        };
        Ok(self.records.execute_on_record(statement, event).await? > 0)
    }

    /// Puts on record what became of an attempt. Whoever lost their claim meanwhile changes nothing.
    pub async fn settle_results(
        &self,
        due: &DueResults,
        settled: &ResultsSettled,
    ) -> Result<(), CatalogError> {
        let (state, next_at, error) = match settled {
            ResultsSettled::Delivered => ("delivered", None, None),
            ResultsSettled::Unreached(at, why) | ResultsSettled::Unanswered(at, why) => {
                ("pending", Some(*at), Some(*why))
            }
            ResultsSettled::Failed(why) => ("failed", None, Some(why.as_str())),
            ResultsSettled::Superseded => ("superseded", None, None),
        };
        let statement = Statement::to(
            "put on record that results were sent",
            "UPDATE hl7_results SET state = $3, next_at_ms = $4, claimed_until_ms = NULL,
                 n_attempts = n_attempts + $5, n_unanswered = n_unanswered + $6,
                 last_at_ms = $7, last_error = $8
             WHERE id = $1 AND claimed_until_ms = $2",
        )
        .bind(due.message.id.to_string())
        .bind(due.claimed_until.timestamp_millis())
        .bind(state)
        .bind(next_at.map_or(0, |at: DateTime<Utc>| at.timestamp_millis()))
        .bind(settled.n_attempts())
        .bind(settled.n_unanswered())
        .bind(Utc::now().timestamp_millis())
        .bind(error);
        self.records.execute(statement).await.map(drop)
    }
}

impl ResultsSettled {
    const fn n_attempts(&self) -> u32 {
        match self {
            Self::Delivered | Self::Unanswered(..) | Self::Failed(_) => 1,
            Self::Unreached(..) | Self::Superseded => 0,
        }
    }

    const fn n_unanswered(&self) -> u32 {
        match self {
            Self::Unanswered(..) => 1,
            _ => 0,
        }
    }
}
