use chrono::{DateTime, Utc};
use flow::{Prediction, Sha256Digest, SlideId};
use serde_json::json;

use crate::columns::{from_json, get, get_time, to_json};
use crate::row::Row;
use crate::statement::Statement;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError};

/// Who records results, in the audit trail.
const ACTOR: &str = "score";

/// A result, and when it was put on record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedPrediction {
    pub prediction: Prediction,
    pub recorded_at: DateTime<Utc>,
}

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

    /// The same with when each was recorded.
    pub async fn recorded_predictions(
        &self,
        id: SlideId,
    ) -> Result<Vec<RecordedPrediction>, CatalogError> {
        let statement = Statement::to(
            "read predictions",
            "SELECT predictions.body, predictions.recorded_at_ms FROM predictions
             LEFT JOIN models AS tasks ON tasks.hash = predictions.task_hash
             LEFT JOIN models AS encoders ON encoders.hash = predictions.encoder_hash
             WHERE predictions.slide = $1
                 AND coalesce(tasks.state, 'active') NOT IN ('draft', 'shadow')
                 AND coalesce(encoders.state, 'active') NOT IN ('draft', 'shadow')
             ORDER BY predictions.task, CASE tasks.state WHEN 'active' THEN 0 ELSE 1 END,
                 predictions.recorded_at_ms DESC, predictions.task_version DESC",
        )
        .bind(id.to_string());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_recorded).collect()
    }

    /// Also of models that were rolled back or moved to shadow since, which nobody is shown: by task, the
    /// one recorded last first.
    pub async fn predictions_of_all_models(
        &self,
        id: SlideId,
    ) -> Result<Vec<Prediction>, CatalogError> {
        let statement = Statement::to(
            "read predictions of all models",
            "SELECT body, recorded_at_ms FROM predictions WHERE slide = $1
             ORDER BY task, recorded_at_ms DESC, task_version DESC",
        )
        .bind(id.to_string());
        let rows = self.readers.fetch_all(statement).await?;
        let rows = rows.iter().map(read_recorded);
        rows.map(|row| Ok(row?.prediction)).collect()
    }

    /// The first result of each version of each task with each encoder whose results are shown, whatever
    /// the slide.
    pub async fn first_of_each_model(&self) -> Result<Vec<RecordedPrediction>, CatalogError> {
        let statement = Statement::to(
            "list the models",
            "SELECT DISTINCT task, task_version, task_hash, encoder_hash FROM predictions
             WHERE NOT EXISTS (
                 SELECT 1 FROM models
                 WHERE models.hash IN (predictions.task_hash, predictions.encoder_hash)
                     AND models.state IN ('draft', 'shadow')
             )
             ORDER BY task, task_version, task_hash, encoder_hash",
        );
        let mut first = Vec::new();
        for model in self.readers.fetch_all(statement).await? {
            let statement = Statement::to(
                "read a model's first result",
                "SELECT body, recorded_at_ms FROM predictions
                 WHERE task = $1 AND task_version = $2 AND task_hash = $3 AND encoder_hash = $4
                 ORDER BY recorded_at_ms LIMIT 1",
            )
            .bind(get::<String>(&model, "task")?)
            .bind(get::<String>(&model, "task_version")?)
            .bind(get::<String>(&model, "task_hash")?)
            .bind(get::<String>(&model, "encoder_hash")?);
            let row = self.readers.fetch_optional(statement).await?;
            first.extend(row.map(|row| read_recorded(&row)).transpose()?);
        }
        Ok(first)
    }

    /// The results of a slide that are shown, by task: first that of the active version, where the task
    /// is registered, then the latest. What models said that are in shadow now is not among them.
    pub async fn predictions(&self, id: SlideId) -> Result<Vec<Prediction>, CatalogError> {
        let recorded = self.recorded_predictions(id).await?;
        Ok(recorded.into_iter().map(|row| row.prediction).collect())
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

fn read_recorded(row: &Row) -> Result<RecordedPrediction, CatalogError> {
    Ok(RecordedPrediction {
        prediction: from_json(row, "body")?,
        recorded_at: get_time(row, "recorded_at_ms")?,
    })
}
