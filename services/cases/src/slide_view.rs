use catalog::{FileName, Role, SlideRow};
use chrono::{DateTime, Utc};
use flow::{Abstention, Call, Grade, Mpp, PixelSize, Progress, SlideId, SlideStatus, StageTiming};
use http::{Access, ApiError, Json};
use serde::Serialize;

use crate::CasesState;

/// A slide as the API shows it.
#[derive(Debug, Serialize)]
pub(crate) struct SlideView {
    id: SlideId,
    /// Only for those who may see what can name a patient.
    file_name: Option<String>,
    received_at: DateTime<Utc>,
    n_bytes: u64,
    status: SlideStatus,
    /// For people: why the slide is held or quarantined, and what to do.
    reason_text: Option<String>,
    mpp: Option<Mpp>,
    size: Option<PixelSize>,
    progress: Option<Progress>,
    timings: Vec<StageTiming>,
    call: Option<Call>,
    /// If there is one, the call is not to be shown as the slide's answer.
    abstention: Option<Abstention>,
    probability: Option<f64>,
    grade: Option<Grade>,
}

/// Whether the viewer may see what can name a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Eyes {
    Clinical,
    Technical,
}

impl Eyes {
    pub(crate) fn of(access: &Access) -> Self {
        let clinical = [Role::Pathologist, Role::Lis]
            .iter()
            .any(|role| access.has(*role));
        if clinical {
            Self::Clinical
        } else {
            Self::Technical
        }
    }
}

impl SlideView {
    /// The slide as it stands now, for whoever asks.
    pub(crate) async fn now(
        state: &CasesState,
        access: &Access,
        slide: SlideId,
    ) -> Result<Json<Self>, ApiError> {
        let row = state.slide(slide).await?;
        Ok(Json(Self::of(state, row, Eyes::of(access)).await?))
    }

    /// Adds to the catalog's row what manifest and results say.
    pub(crate) async fn of(
        state: &CasesState,
        row: SlideRow,
        eyes: Eyes,
    ) -> Result<Self, ApiError> {
        let scale = state.scale(row.id).await;
        let predictions = state.deps.catalog.predictions(row.id).await?;
        let result = predictions.into_iter().next();
        let file_name = row.file_name.as_ref().map(FileName::reveal);
        Ok(Self {
            id: row.id,
            file_name: file_name
                .filter(|_| eyes == Eyes::Clinical)
                .map(str::to_owned),
            received_at: row.received_at,
            n_bytes: row.n_bytes,
            reason_text: reason_text(&row.status),
            status: row.status,
            mpp: scale.map(|scale| scale.mpp),
            size: scale.map(|scale| scale.size),
            progress: row.progress,
            timings: row.timings,
            call: result.as_ref().map(|result| result.call.clone()),
            abstention: result.as_ref().and_then(|result| result.abstention.clone()),
            probability: result.as_ref().map(|result| result.probability),
            grade: result.and_then(|result| result.grade),
        })
    }
}

/// Why a slide waits, in words.
pub(crate) fn reason_text(status: &SlideStatus) -> Option<String> {
    match status {
        SlideStatus::Held { reason } => Some(reason.to_string()),
        SlideStatus::Quarantined { reason } => Some(reason.clone()),
        _ => None,
    }
}
