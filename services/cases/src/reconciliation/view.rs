use catalog::{
    IdentityRow, IdentityStanding, NewOrder, PrivateName, Role, SlideIdentity, SlidePlace, Witness,
};
use chrono::{DateTime, Utc};
use flow::{AssociatedName, ObjectKey, SlideId, SlideManifest, SlideNames};
use http::{Access, ApiError};
use serde::Serialize;

use crate::CasesState;
use crate::slide_view::SlideView;

/// A slide that waits to be told which it is, as the API shows it.
#[derive(Debug, Serialize)]
pub(super) struct ToBeMatched {
    slide: SlideView,
    /// To be sent back with a correction.
    revision: u32,
    standing: IdentityStanding,
    since: DateTime<Utc>,
    witnesses: Vec<Witness>,
    /// What a person said of it before, if anybody did.
    corrected_to: Option<SlideNames>,
    /// Where it was put.
    case: Option<Placed>,
    /// What the laboratory ordered for the case that the witnesses name, where they name one.
    ordered: Vec<Placed>,
    /// The picture that shows the label, for those who may see it.
    picture: Option<AssociatedName>,
}

#[derive(Debug, Serialize)]
struct Placed {
    accession: PrivateName,
    part: Option<PrivateName>,
    block: Option<PrivateName>,
    stain: Option<PrivateName>,
}

impl ToBeMatched {
    pub(super) async fn of(
        state: &CasesState,
        access: &Access,
        row: IdentityRow,
    ) -> Result<Self, ApiError> {
        let slide = state.slide(row.slide).await?;
        let case = match &slide.place {
            Some(place) => Some(Placed::at(state, place).await?),
            None => None,
        };
        let ordered = ordered(state, &row.identity).await?;
        let picture = match access.has(Role::Pathologist) {
            true => picture(state, row.slide).await,
            false => None,
        };
        let SlideIdentity {
            standing,
            witnesses,
            correction,
        } = row.identity;
        Ok(Self {
            slide: SlideView::of(state, slide, access).await?,
            revision: row.revision,
            standing,
            since: row.noted_at,
            witnesses,
            corrected_to: correction.map(|correction| correction.names),
            case,
            ordered,
            picture,
        })
    }
}

impl Placed {
    async fn at(state: &CasesState, place: &SlidePlace) -> Result<Self, ApiError> {
        let case = state.deps.catalog.known_case(place.case).await?;
        let place = place.clone();
        Ok(Self {
            accession: case.accession,
            part: place.part,
            block: place.block,
            stain: place.stain,
        })
    }
}

impl From<NewOrder> for Placed {
    fn from(order: NewOrder) -> Self {
        Self {
            accession: order.accession,
            part: order.part,
            block: order.block,
            stain: order.stain,
        }
    }
}

/// The label, or the whole glass where a scanner takes no other picture; `None` while the slide is
/// not tiled.
async fn picture(state: &CasesState, slide: SlideId) -> Option<AssociatedName> {
    let manifest = state
        .deps
        .store
        .get(&ObjectKey::SlideManifest(slide))
        .await
        .ok()?;
    let manifest: SlideManifest = serde_json::from_slice(&manifest).ok()?;
    let has = |name: &AssociatedName| manifest.associated.iter().any(|image| image.name == *name);
    [AssociatedName::Label, AssociatedName::Macro]
        .into_iter()
        .find(has)
}

async fn ordered(state: &CasesState, identity: &SlideIdentity) -> Result<Vec<Placed>, ApiError> {
    let catalog = &state.deps.catalog;
    let Some(agreed) = identity.agreed() else {
        return Ok(Vec::new());
    };
    let Some(case) = catalog.case_of_accession(&agreed.accession).await? else {
        return Ok(Vec::new());
    };
    let orders = catalog.orders_of_case(case.id).await?;
    Ok(orders.into_iter().map(|row| row.order.into()).collect())
}
