use axum::extract::State;
use catalog::TaskFailure;
use chrono::{DateTime, Utc};
use flow::{SlideId, TaskRef};
use http::{Access, ApiError, Json, Path};
use serde::Serialize;

use crate::CasesState;

#[derive(Debug, Serialize)]
pub(crate) struct TaskFailures {
    failures: Vec<TaskFailureView>,
}

/// Why a task that is a service gave no result of a slide.
#[derive(Debug, Serialize)]
pub struct TaskFailureView {
    pub task: TaskRef,
    pub reason: String,
    pub n_attempts: u64,
    pub failed_at: DateTime<Utc>,
    /// `None` where it is not asked again.
    pub again_at: Option<DateTime<Utc>>,
}

impl From<TaskFailure> for TaskFailureView {
    fn from(failure: TaskFailure) -> Self {
        Self {
            task: failure.task,
            reason: failure.reason,
            n_attempts: failure.n_attempts,
            failed_at: failure.failed_at,
            again_at: failure.again_at,
        }
    }
}

/// Says nothing of the patient and of no result, so that whoever sees slides may see it.
pub(crate) async fn all(
    State(state): State<CasesState>,
    _access: Access,
    Path(id): Path<SlideId>,
) -> Result<Json<TaskFailures>, ApiError> {
    state.slide(id).await?;
    let failures = state.deps.catalog.task_failures(id).await?;
    let failures = failures.into_iter().map(TaskFailureView::from).collect();
    Ok(Json(TaskFailures { failures }))
}
