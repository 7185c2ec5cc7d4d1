use catalog::{
    IdentityRow, IdentityStanding, LabelReading, NewOrder, PrivateName, Role, SlideIdentity,
    SlidePlace, SlideRow, Witness,
};
use chrono::{DateTime, Utc};
use flow::{AssociatedName, ObjectKey, SlideId, SlideManifest, SlideNames};
use http::{Access, ApiError};
use serde::Serialize;

use crate::CasesState;
use crate::slide_view::SlideView;

/// What tells which slide a slide is, as the API shows it.
#[derive(Debug, Serialize)]
pub(super) struct IdentityView {
    slide: SlideView,
    /// To be sent back with a correction; 0 where nothing was found that tells which slide it is.
    revision: u32,
    standing: IdentityStanding,
    since: Option<DateTime<Utc>>,
    /// `None` where nobody looked, or found nothing at all.
    label: Option<LabelReading>,
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

impl IdentityView {
    pub(super) async fn of(
        state: &CasesState,
        access: &Access,
        slide: SlideRow,
        found: Option<IdentityRow>,
    ) -> Result<Self, ApiError> {
        let case = match &slide.place {
            Some(place) => Some(Placed::at(state, place).await?),
            None => None,
        };
        let picture = match access.has(Role::Pathologist) {
            true => picture(state, slide.id).await,
            false => None,
        };
        let unsaid = match slide.place {
            Some(_) => IdentityStanding::Matched,
            None => IdentityStanding::Open,
        };
        let view = Self {
            slide: SlideView::of(state, slide, access).await?,
            revision: 0,
            standing: unsaid,
            since: None,
            label: None,
            witnesses: Vec::new(),
            corrected_to: None,
            case,
            ordered: Vec::new(),
            picture,
        };
        match found {
            Some(row) => view.with(state, row).await,
            None => Ok(view),
        }
    }

    async fn with(self, state: &CasesState, row: IdentityRow) -> Result<Self, ApiError> {
        let ordered = ordered(state, &row.identity).await?;
        let SlideIdentity {
            standing,
            label,
            witnesses,
            correction,
        } = row.identity;
        Ok(Self {
            revision: row.revision,
            standing,
            since: Some(row.noted_at),
            label: Some(label),
            witnesses,
            corrected_to: correction.map(|correction| correction.names),
            ordered,
            ..self
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
