use chrono::Utc;
use flow::{Prediction, Sha256Digest, SlideId};
use serde_json::json;

use crate::columns::{from_json, to_json};
use crate::row::Row;
use crate::statement::Statement;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError};

/// Who records them, in the audit trail.
const ACTOR: &str = "score";

/// What two models say of one slide.
#[derive(Clone, Debug, PartialEq)]
pub struct ComparedResults {
    /// Of the one that is shown.
    pub shown: Prediction,
    pub shadow: Prediction,
}

impl Catalog {
    /// Records what a task in shadow says, apart from results. The same again changes nothing.
    pub async fn record_shadow_result(
        &self,
        id: SlideId,
        prediction: &Prediction,
    ) -> Result<(), CatalogError> {
        let body = to_json("prediction", prediction)?;
        let digest = Sha256Digest::of(body.as_bytes());
        let statement = Statement::to(
            "record a result in shadow",
            "INSERT INTO shadow_results
             (slide, encoder_hash, task, task_version, task_hash, body, recorded_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (slide, encoder_hash, task, task_version, task_hash) DO UPDATE
             SET body = excluded.body, recorded_at_ms = excluded.recorded_at_ms
             WHERE shadow_results.body <> excluded.body",
        )
        .bind(id.to_string())
        .bind(prediction.encoder.hash.to_string())
        .bind(prediction.task.id.as_str())
        .bind(prediction.task.version.as_str())
        .bind(prediction.task.hash.to_string())
        .bind(body)
        .bind(Utc::now().timestamp_millis())
        .about(id);
        let event = AuditEvent {
            actor: ACTOR.to_owned(),
            action: AuditAction::ShadowRecorded,
            slide: Some(id),
            detail: json!({
                "task": prediction.task,
                "encoder": prediction.encoder.hash,
                "covariates": prediction.covariates,
                "body": digest,
            }),
        };
        self.records.execute_on_record(statement, event).await?;
        Ok(())
    }

    /// What tasks in shadow said of a slide.
    pub async fn shadow_results(&self, id: SlideId) -> Result<Vec<Prediction>, CatalogError> {
        let statement = Statement::to(
            "read results in shadow",
            "SELECT body FROM shadow_results WHERE slide = $1
             ORDER BY task, recorded_at_ms DESC, task_version DESC",
        )
        .bind(id.to_string());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(|row| from_json(row, "body")).collect()
    }

    /// Slides of which a task in shadow said anything.
    pub async fn n_shadow_slides(&self, shadow: Sha256Digest) -> Result<u64, CatalogError> {
        let statement = Statement::to(
            "count results in shadow",
            "SELECT count(DISTINCT slide) AS n FROM shadow_results WHERE task_hash = $1",
        );
        let statement = statement.bind(shadow.to_string());
        crate::columns::get_count(&self.readers.fetch_one(statement).await?, "n")
    }

    /// What a task in shadow and another version of it said of the same slides, by slide: the next
    /// `limit` of them after that slide.
    pub async fn shadow_and_shown(
        &self,
        shadow: Sha256Digest,
        shown: Sha256Digest,
        after: Option<SlideId>,
        limit: u32,
    ) -> Result<Vec<ComparedResults>, CatalogError> {
        let statement = Statement::to(
            "compare results in shadow",
            "SELECT predictions.body AS shown, shadow_results.body AS shadow
             FROM shadow_results JOIN predictions ON predictions.slide = shadow_results.slide
             WHERE shadow_results.task_hash = $1 AND predictions.task_hash = $2
                 AND shadow_results.slide > $3
             ORDER BY shadow_results.slide LIMIT $4",
        )
        .bind(shadow.to_string())
        .bind(shown.to_string())
        // Before every id.
        .bind(after.map(|slide| slide.to_string()).unwrap_or_default())
        .bind(limit);
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(compared).collect()
    }
}

fn compared(row: &Row) -> Result<ComparedResults, CatalogError> {
    Ok(ComparedResults {
        shown: from_json(row, "shown")?,
        shadow: from_json(row, "shadow")?,
    })
}
