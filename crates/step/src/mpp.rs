use catalog::{Advance, Catalog, CatalogError};
use flow::{HoldReason, Mpp, SlideId, SlideReceived, SlideStatus};
use queue::{Queue, QueueError};
use thiserror::Error;

use crate::advance;

/// Why a slide could not be given its micrometres per pixel.
#[derive(Debug, Error)]
pub enum GiveMppError {
    #[error("slide {slide} does not wait for an mpp: it is {state}")]
    NotWaiting { slide: SlideId, state: &'static str },
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Gives a slide that is held for its missing mpp the one a person looked up, and sends it on.
/// The audit trail says that `actor` did.
///
/// A pyramid carries its mpp and is never written over, so a tiled slide keeps the one it has.
pub async fn give_mpp(
    catalog: &Catalog,
    queue: &Queue,
    actor: &str,
    slide: SlideId,
    mpp: Mpp,
) -> Result<(), GiveMppError> {
    let row = catalog.known_slide(slide).await?;
    let held = SlideStatus::Held {
        reason: HoldReason::MissingMpp,
    };
    let not_waiting = GiveMppError::NotWaiting {
        slide,
        state: row.status.name(),
    };
    if row.status != held {
        return Err(not_waiting);
    }
    catalog.set_mpp_override(actor, slide, mpp).await?;
    match advance(catalog, slide, &held, &SlideStatus::Received).await? {
        Advance::Done => {
            let urgency = catalog.urgency(slide).await?;
            Ok(queue.publish_as(urgency, &SlideReceived { slide }).await?)
        }
        Advance::Elsewhere => Err(not_waiting),
    }
}
