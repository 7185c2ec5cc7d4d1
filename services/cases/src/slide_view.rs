use catalog::{FileName, Role, SlideRow};
use chrono::{DateTime, Utc};
use flow::{
    Abstention, Call, CaseId, Deidentification, Grade, Mpp, PixelSize, Prediction, Progress,
    SlideId, SlideStatus, StageTiming,
};
use http::{Access, ApiError, Json};
use serde::Serialize;

use crate::CasesState;
use crate::sightings::{Looking, Subject};
use crate::state::Results;

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
    /// Once it is tiled, of a slide whose label and macro were removed on request.
    deidentification: Option<Deidentification>,
    progress: Option<Progress>,
    timings: Vec<StageTiming>,
    call: Option<Call>,
    /// If there is one, the call is not to be shown as the slide's answer.
    abstention: Option<Abstention>,
    probability: Option<f64>,
    grade: Option<Grade>,
    /// The case that the slide belongs to, for those who may see what can name a patient.
    case: Option<CaseId>,
    /// Whether the four fields about a result are kept back until whoever asks has recorded an
    /// impression of the slide.
    awaits_impression: bool,
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
        Ok(Json(Self::of(state, row, access).await?))
    }

    /// Puts on record that whoever asks sees slides, if what they see may name a patient. The
    /// others see neither file names nor cases.
    pub(crate) async fn note_seen(
        state: &CasesState,
        access: &Access,
        slides: impl IntoIterator<Item = SlideId>,
    ) -> Result<(), ApiError> {
        if Eyes::of(access) == Eyes::Technical {
            return Ok(());
        }
        let seen = slides.into_iter().map(Subject::Slide).collect();
        state.sightings.note(access, Looking::Slides, seen).await
    }

    /// Adds to the catalog's row what manifest and results say.
    pub(crate) async fn of(
        state: &CasesState,
        row: SlideRow,
        access: &Access,
    ) -> Result<Self, ApiError> {
        let results = state.results(access, row.id).await?;
        Ok(Self::with(state, row, Eyes::of(access), &results).await)
    }

    /// The same where the results are known.
    pub(crate) async fn with(
        state: &CasesState,
        row: SlideRow,
        eyes: Eyes,
        results: &Results,
    ) -> Self {
        let scale = state.scale(row.id).await;
        let result = results.shown().first();
        let file_name = row.file_name.as_ref().map(FileName::reveal);
        let case = row.place.as_ref().map(|place| place.case);
        Self {
            id: row.id,
            file_name: file_name
                .filter(|_| eyes == Eyes::Clinical)
                .map(str::to_owned),
            received_at: row.received_at,
            n_bytes: row.n_bytes,
            reason_text: reason_text(&row.status),
            status: row.status,
            mpp: scale.as_ref().map(|scale| scale.mpp),
            size: scale.as_ref().map(|scale| scale.size),
            deidentification: scale.and_then(|scale| scale.deidentification),
            progress: row.progress,
            timings: row.timings,
            call: result.map(|result| result.call.clone()),
            abstention: result.and_then(|result| result.abstention.clone()),
            probability: result.and_then(shown_probability),
            grade: result.and_then(|result| result.grade.clone()),
            case: case.filter(|_| eyes == Eyes::Clinical),
            awaits_impression: results.is_withheld(),
        }
    }

    pub(crate) const fn probability(&self) -> Option<f64> {
        self.probability
    }
}

/// None where it is not that of the task, for want of what else the task reads.
fn shown_probability(result: &Prediction) -> Option<f64> {
    let abstention = result.abstention.as_ref();
    let is_shown = abstention.is_none_or(Abstention::leaves_figures);
    is_shown.then_some(result.probability)
}

/// Why a slide waits, in words.
pub(crate) fn reason_text(status: &SlideStatus) -> Option<String> {
    match status {
        SlideStatus::Held { reason } => Some(reason.to_string()),
        SlideStatus::Quarantined { reason } => Some(reason.clone()),
        _ => None,
    }
}
