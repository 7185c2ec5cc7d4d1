use chrono::Utc;
use flow::{Prediction, SlideId};

use crate::columns::{from_json, to_json};
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

impl Catalog {
    /// Recording the same encoder's and task's result again replaces it.
    pub async fn record_prediction(
        &self,
        id: SlideId,
        prediction: &Prediction,
    ) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "record a prediction",
            "INSERT INTO predictions
             (slide, encoder_hash, task, task_version, task_hash, body, recorded_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (slide, encoder_hash, task, task_version, task_hash) DO UPDATE
             SET body = excluded.body, recorded_at_ms = excluded.recorded_at_ms",
        )
        .bind(id.to_string())
        .bind(prediction.encoder.hash.to_string())
        .bind(prediction.task.id.as_str())
        .bind(prediction.task.version.as_str())
        .bind(prediction.task.hash.to_string())
        .bind(to_json("prediction", prediction)?)
        .bind(Utc::now().timestamp_millis())
        .about(id);
        self.records.execute(statement).await?;
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
