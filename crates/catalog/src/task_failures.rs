use chrono::{DateTime, Utc};
use flow::{Sha256Digest, SlideId, TaskRef};

use crate::columns::{get, get_count, get_optional_time, get_time, parse};
use crate::row::Row;
use crate::statement::Statement;
use crate::{Catalog, CatalogError};

/// A task that is a service gave no result of a slide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTaskFailure {
    pub slide: SlideId,
    /// Whose bag it was asked about.
    pub encoder: Sha256Digest,
    pub task: TaskRef,
    /// In words, without anything of a patient.
    pub reason: String,
    pub at: DateTime<Utc>,
    /// When it is to be asked again; `None` if it is not.
    pub again_at: Option<DateTime<Utc>>,
}

/// The same as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskFailure {
    pub slide: SlideId,
    pub encoder: Sha256Digest,
    pub task: TaskRef,
    pub reason: String,
    /// How often it was asked.
    pub n_attempts: u64,
    pub failed_at: DateTime<Utc>,
    pub again_at: Option<DateTime<Utc>>,
}

macro_rules! failure_columns {
    () => {
        "slide, encoder_hash, task, task_version, task_hash, reason, n_attempts, failed_at_ms, \
         again_at_ms"
    };
}

impl Catalog {
    /// In place of what was noted of that slide and task before.
    pub async fn note_task_failure(&self, failure: &NewTaskFailure) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "note a task's failure",
            concat!(
                "INSERT INTO task_failures (",
                failure_columns!(),
                ") VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)
                 ON CONFLICT (slide, task_hash) DO UPDATE
                 SET reason = excluded.reason, n_attempts = task_failures.n_attempts + 1,
                     failed_at_ms = excluded.failed_at_ms, again_at_ms = excluded.again_at_ms"
            ),
        )
        .bind(failure.slide.to_string())
        .bind(failure.encoder.to_string())
        .bind(failure.task.id.as_str())
        .bind(failure.task.version.as_str())
        .bind(failure.task.hash.to_string())
        .bind(failure.reason.as_str())
        .bind(failure.at.timestamp_millis())
        .bind(failure.again_at.map(|at| at.timestamp_millis()))
        .about(failure.slide);
        self.records.execute(statement).await?;
        Ok(())
    }

    /// By task.
    pub async fn task_failures(&self, slide: SlideId) -> Result<Vec<TaskFailure>, CatalogError> {
        let statement = Statement::to(
            "read the failures of tasks",
            concat!(
                "SELECT ",
                failure_columns!(),
                " FROM task_failures WHERE slide = $1 ORDER BY task, failed_at_ms DESC"
            ),
        )
        .bind(slide.to_string());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_failure).collect()
    }

    /// Those of a task that are to be asked again by `now`, the longest due first.
    pub async fn due_task_failures(
        &self,
        task: Sha256Digest,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<TaskFailure>, CatalogError> {
        let statement = Statement::to(
            "look for tasks to be asked again",
            concat!(
                "SELECT ",
                failure_columns!(),
                " FROM task_failures WHERE task_hash = $1 AND again_at_ms <= $2
                 ORDER BY again_at_ms, slide LIMIT $3"
            ),
        )
        .bind(task.to_string())
        .bind(now.timestamp_millis())
        .bind(limit);
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_failure).collect()
    }

    /// The task has given a result, or is to be asked as if for the first time.
    pub async fn forget_task_failure(
        &self,
        slide: SlideId,
        task: Sha256Digest,
    ) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "forget a task's failure",
            "DELETE FROM task_failures WHERE slide = $1 AND task_hash = $2",
        )
        .bind(slide.to_string())
        .bind(task.to_string());
        self.records.execute(statement).await?;
        Ok(())
    }
}

fn read_failure(row: &Row) -> Result<TaskFailure, CatalogError> {
    Ok(TaskFailure {
        slide: parse(row, "slide")?,
        encoder: parse(row, "encoder_hash")?,
        task: TaskRef {
            id: parse(row, "task")?,
            version: parse(row, "task_version")?,
            hash: parse(row, "task_hash")?,
        },
        reason: get(row, "reason")?,
        n_attempts: get_count(row, "n_attempts")?,
        failed_at: get_time(row, "failed_at_ms")?,
        again_at: get_optional_time(row, "again_at_ms")?,
    })
}
