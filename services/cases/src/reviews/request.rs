use catalog::{Finding, Impression, Opinion, OverrideReason, PrivateRemark, SeenResult};
use flow::{Prediction, Sha256Digest, TaskId};
use http::ApiError;
use serde::Deserialize;

/// What a person sends. The result it judges is named as they saw it.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum ReviewRequest {
    Impression {
        impression: Impression,
        text: Option<PrivateRemark>,
        amends: Option<u32>,
    },
    Accept {
        task: TaskId,
        task_hash: Sha256Digest,
        text: Option<PrivateRemark>,
        amends: Option<u32>,
    },
    Override {
        task: TaskId,
        task_hash: Sha256Digest,
        finding: Finding,
        reason: OverrideReason,
        text: PrivateRemark,
        amends: Option<u32>,
    },
}

impl ReviewRequest {
    pub(super) const fn amends(&self) -> Option<u32> {
        match self {
            Self::Impression { amends, .. }
            | Self::Accept { amends, .. }
            | Self::Override { amends, .. } => *amends,
        }
    }

    pub(super) const fn is_impression(&self) -> bool {
        matches!(self, Self::Impression { .. })
    }

    /// What goes on record. `blind` says whether nothing of the AI was shown until now;
    /// `predictions` are the slide's, the latest of each task first.
    pub(super) fn opinion(
        self,
        blind: bool,
        predictions: &[Prediction],
    ) -> Result<Opinion, ApiError> {
        match self {
            Self::Impression {
                impression, text, ..
            } => Ok(Opinion::Impression {
                impression,
                text,
                blind,
            }),
            Self::Accept {
                task,
                task_hash,
                text,
                ..
            } => {
                let result = seen(predictions, &task, task_hash)?;
                if result.abstained {
                    return Err(ApiError::unprocessable(
                        "the task gives no answer for this slide that could be accepted: send an \
                         `override` with the reason `no_answer` and a finding of your own",
                    ));
                }
                Ok(Opinion::Accept { result, text })
            }
            Self::Override {
                task,
                task_hash,
                finding,
                reason,
                text,
                ..
            } => {
                let result = seen(predictions, &task, task_hash)?;
                let says_the_same = result.call == finding.call && result.grade == finding.grade;
                if says_the_same && !result.abstained {
                    return Err(ApiError::unprocessable(
                        "this is what the task says: send an `accept`",
                    ));
                }
                Ok(Opinion::Override {
                    result,
                    finding,
                    reason,
                    text,
                })
            }
        }
    }
}

/// The result that the person had before them, if it is still the task's latest.
fn seen(
    predictions: &[Prediction],
    task: &TaskId,
    hash: Sha256Digest,
) -> Result<SeenResult, ApiError> {
    let latest = predictions.iter().find(|result| result.task.id == *task);
    let latest = latest.ok_or_else(|| {
        ApiError::conflict(format!(
            "the slide has no result of the task {task} to judge"
        ))
    })?;
    if latest.task.hash != hash {
        return Err(ApiError::conflict(format!(
            "the slide has a newer result of the task {task}: look at it, and judge that one"
        )));
    }
    Ok(SeenResult::of(latest))
}
