use catalog::{
    Catalog, CatalogError, IdentityChange, IdentityCorrection, IdentityStanding, PrivateName,
    PrivateRemark, SlidePlace,
};
use flow::{SlideId, SlideNames};
use queue::{Queue, QueueError};
use thiserror::Error;

use super::settle::settle;
use crate::announce::HurryError;

/// What a person says of a slide that waits to be told which it is.
#[derive(Clone, Debug)]
pub struct Correction {
    pub names: SlideNames,
    pub stain: Option<PrivateName>,
    pub reason: PrivateRemark,
    /// The revision that the person saw.
    pub seen: u32,
}

/// Why a person's word was not taken.
#[derive(Debug, Error)]
pub enum CorrectIdentityError {
    #[error(
        "slide {slide} does not wait to be matched: PUT /api/v1/slides/{slide}/case moves it to \
         another case"
    )]
    NotWaiting { slide: SlideId },
    #[error(
        "what is known of slide {slide} has changed: nothing was corrected, look at it again and \
         send the new `revision`"
    )]
    Changed { slide: SlideId },
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Puts a slide whose witnesses contradict each other, or that nobody could match, in the case that a
/// person names, and lets it go on. The case is opened if there is none. What the witnesses say is
/// kept, and the audit trail says that `actor` did.
pub async fn correct_identity(
    catalog: &Catalog,
    queue: &Queue,
    actor: &str,
    slide: SlideId,
    correction: Correction,
) -> Result<(), CorrectIdentityError> {
    let before = catalog.known_slide(slide).await?.place;
    let waiting = catalog.identity(slide).await?;
    let waiting = waiting.filter(|row| row.identity.standing.hold().is_some());
    let row = waiting.ok_or(CorrectIdentityError::NotWaiting { slide })?;
    if row.revision != correction.seen {
        return Err(CorrectIdentityError::Changed { slide });
    }
    let case = catalog.open_case(&correction.names.accession, None).await?;
    let after = SlidePlace {
        case: case.id,
        part: correction.names.part.clone(),
        block: correction.names.block.clone(),
        stain: correction.stain,
    };
    let change = IdentityChange {
        slide,
        seen: correction.seen,
        label: row.identity.label,
        witnesses: row.identity.witnesses,
        correction: IdentityCorrection {
            by: actor.to_owned(),
            reason: correction.reason,
            names: correction.names,
            before,
            after,
        },
    };
    if !catalog.correct_identity(&change).await? {
        return Err(CorrectIdentityError::Changed { slide });
    }
    Ok(settle(catalog, queue, slide, IdentityStanding::Matched).await?)
}

impl From<HurryError> for CorrectIdentityError {
    fn from(error: HurryError) -> Self {
        match error {
            HurryError::Catalog(error) => error.into(),
            HurryError::Queue(error) => error.into(),
        }
    }
}
