use chrono::Utc;
use flow::{Prediction, Sha256Digest, SlideId};
use serde_json::json;

use crate::columns::{from_json, to_json};
use crate::statement::Statement;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError};

/// Who records results, in the audit trail.
const ACTOR: &str = "score";

impl Catalog {
    /// Recording the same encoder's and task's result again replaces it. What is the latest result
    /// of its task already is not recorded anew; everything else stands in the audit trail.
    pub async fn record_prediction(
        &self,
        id: SlideId,
        prediction: &Prediction,
    ) -> Result<(), CatalogError> {
        let body = to_json("prediction", prediction)?;
        let statement = Statement::to(
            "record a prediction",
            "INSERT INTO predictions
             (slide, encoder_hash, task, task_version, task_hash, body, recorded_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (slide, encoder_hash, task, task_version, task_hash) DO UPDATE
             SET body = excluded.body, recorded_at_ms = excluded.recorded_at_ms
             WHERE predictions.body <> excluded.body OR EXISTS (
                 SELECT 1 FROM predictions AS later
                 WHERE later.slide = excluded.slide AND later.task = excluded.task
                     AND later.recorded_at_ms > predictions.recorded_at_ms
             )",
        )
        .bind(id.to_string())
        .bind(prediction.encoder.hash.to_string())
        .bind(prediction.task.id.as_str())
        .bind(prediction.task.version.as_str())
        .bind(prediction.task.hash.to_string())
        .bind(body.as_str())
        .bind(Utc::now().timestamp_millis())
        .about(id);
        let event = recorded(id, prediction, &body);
        self.records.execute_on_record(statement, event).await?;
        Ok(())
    }

    /// All results of a slide, by task, the latest of each task first.
    pub async fn predictions(&self, id: SlideId) -> Result<Vec<Prediction>, CatalogError> {
        let statement = Statement::to(
            "read predictions",
            "SELECT body FROM predictions WHERE slide = $1
             ORDER BY task, recorded_at_ms DESC, task_version DESC",
        )
        .bind(id.to_string());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(|row| from_json(row, "body")).collect()
    }
}

/// Which result it is, without what it says; by the hash of its body it can be told whether that is
/// still what was recorded.
fn recorded(slide: SlideId, prediction: &Prediction, body: &str) -> AuditEvent {
    AuditEvent {
        actor: ACTOR.to_owned(),
        action: AuditAction::ResultRecorded,
        slide: Some(slide),
        detail: json!({
            "task": prediction.task,
            "encoder": prediction.encoder.hash,
            "covariates": prediction.covariates,
            "body": Sha256Digest::of(body.as_bytes()),
        }),
    }
}
