use axum::extract::State;
use catalog::{PrivateName, SlidePlace};
use flow::{CaseId, SlideId};
use http::{Access, ApiError, Json, Path};
use serde::Deserialize;

use super::case_view::CaseView;
use super::{knows_patients, one};
use crate::{CasesDeps, CasesState};

/// Which case, by one of its two names, and from where in it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Placement {
    case: Option<CaseId>,
    /// Opens the case if there is none.
    accession: Option<PrivateName>,
    part: Option<PrivateName>,
    block: Option<PrivateName>,
    stain: Option<PrivateName>,
}

/// Puts a slide in a case, out of the one that it was in before; answers with the case. Where its
/// label names another one, it waits to be matched from then on.
pub(super) async fn put(
    State(state): State<CasesState>,
    access: Access,
    Path(id): Path<SlideId>,
    Json(placement): Json<Placement>,
) -> Result<Json<CaseView>, ApiError> {
    knows_patients(&access)?;
    state.slide(id).await?;
    let place = placed(&state, placement).await?;
    let CasesDeps { catalog, queue, .. } = &state.deps;
    step::place_slide(catalog, queue, access.name(), id, &place).await?;
    one::now(&state, &access, place.case).await
}

async fn placed(state: &CasesState, placement: Placement) -> Result<SlidePlace, ApiError> {
    let case = match (placement.case, placement.accession) {
        (Some(case), None) => case,
        (None, Some(accession)) => state.deps.catalog.open_case(&accession, None).await?.id,
        _ => {
            return Err(ApiError::unprocessable(
                "name the case by `case` or by `accession`, and by one of them only",
            ));
        }
    };
    Ok(SlidePlace {
        case,
        part: placement.part,
        block: placement.block,
        stain: placement.stain,
    })
}
