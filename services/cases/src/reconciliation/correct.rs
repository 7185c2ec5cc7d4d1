use axum::extract::State;
use catalog::{PrivateName, PrivateRemark};
use flow::{SlideId, SlideNames};
use http::{Access, ApiError, Json, Path};
use serde::Deserialize;
use step::{CorrectIdentityError, Correction};

use super::MAY_KNOW;
use crate::slide_view::SlideView;
use crate::{CasesDeps, CasesState};

/// Which slide it is, and why the person says so.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    /// Opens the case if there is none.
    accession: PrivateName,
    part: Option<PrivateName>,
    block: Option<PrivateName>,
    stain: Option<PrivateName>,
    reason: PrivateRemark,
    /// As the list had it when the person looked at it.
    revision: u32,
}

/// Says which slide a slide is that waits for that, and lets it go on; answers with the slide.
pub(super) async fn correct(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<SlideId>,
    Json(said): Json<Said>,
) -> Result<Json<SlideView>, ApiError> {
    access.require_any_person(&MAY_KNOW)?;
    let CasesDeps { catalog, queue, .. } = &state.deps;
    let correction = Correction {
        names: SlideNames {
            accession: said.accession,
            part: said.part,
            block: said.block,
        },
        stain: said.stain,
        reason: said.reason,
        seen: said.revision,
    };
    step::correct_identity(catalog, queue, access.name(), id, correction)
        .await
        .map_err(refused)?;
    SlideView::now(&state, &access, id).await
}

fn refused(error: CorrectIdentityError) -> ApiError {
    match error {
        CorrectIdentityError::NotWaiting { .. } | CorrectIdentityError::Changed { .. } => {
            ApiError::conflict(error.to_string())
        }
        CorrectIdentityError::Catalog(error) => error.into(),
        CorrectIdentityError::Queue(error) => ApiError::internal(error),
    }
}
