use catalog::{Advance, Catalog, CatalogError};
use flow::{HoldReason, SlideId, SlideStatus, SlideTiled};
use queue::{Queue, QueueError};
use thiserror::Error;

use crate::{advance, identity_hold};

/// Why an analysis could not be stopped or resumed.
#[derive(Debug, Error)]
pub enum StopError {
    #[error("slide {slide} is not being read: it is {state}")]
    NotUnderWay { slide: SlideId, state: &'static str },
    #[error("the analysis of slide {slide} was not stopped: it is {state}")]
    NotStopped { slide: SlideId, state: &'static str },
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

const STOPPED: SlideStatus = SlideStatus::Held {
    reason: HoldReason::Stopped,
};

/// Stops the analysis of a tiled slide. Whoever embeds it notices within a second; what is embedded
/// by then is kept.
pub async fn stop_analysis(catalog: &Catalog, slide: SlideId) -> Result<(), StopError> {
    let state = status(catalog, slide).await?.name();
    match advance(catalog, slide, &SlideStatus::Tiled, &STOPPED).await? {
        Advance::Done => Ok(()),
        Advance::Elsewhere => Err(StopError::NotUnderWay { slide, state }),
    }
}

/// Lets a stopped analysis go on where it stood; a slide of which nobody knows which it is waits for
/// that then.
pub async fn resume_analysis(
    catalog: &Catalog,
    queue: &Queue,
    slide: SlideId,
) -> Result<(), StopError> {
    let status = status(catalog, slide).await?;
    let state = status.name();
    if status != STOPPED {
        return Err(StopError::NotStopped { slide, state });
    }
    let hold = identity_hold(catalog, slide).await?;
    let next = hold.map_or(SlideStatus::Tiled, |reason| SlideStatus::Held { reason });
    match advance(catalog, slide, &STOPPED, &next).await? {
        Advance::Done if next != SlideStatus::Tiled => Ok(()),
        Advance::Done => {
            let urgency = catalog.urgency(slide).await?;
            Ok(queue.publish_as(urgency, &SlideTiled { slide }).await?)
        }
        Advance::Elsewhere => Err(StopError::NotStopped { slide, state }),
    }
}

async fn status(catalog: &Catalog, slide: SlideId) -> Result<SlideStatus, CatalogError> {
    Ok(catalog.known_slide(slide).await?.status)
}
