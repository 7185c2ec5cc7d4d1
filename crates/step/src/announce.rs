use catalog::{Catalog, CatalogError};
use flow::{SlideId, SlideReceived, SlideStatus, SlideTiled, Urgency};
use queue::{Queue, QueueError};
use thiserror::Error;

/// Why an urgent slide could not be sent ahead.
#[derive(Debug, Error)]
pub enum HurryError {
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Announces an unfinished slide to the step that it waits for; nothing where it waits for none.
pub async fn announce_unfinished(
    queue: &Queue,
    slide: SlideId,
    status: &SlideStatus,
    urgency: Urgency,
) -> Result<(), QueueError> {
    match status {
        SlideStatus::Received => queue.publish_as(urgency, &SlideReceived { slide }).await,
        // The embed worker knows its encoder, and only announces a bag that is there.
        SlideStatus::Tiled | SlideStatus::Embedded => {
            queue.publish_as(urgency, &SlideTiled { slide }).await
        }
        SlideStatus::Scored | SlideStatus::Held { .. } | SlideStatus::Quarantined { .. } => Ok(()),
    }
}

/// Sends a slide ahead of those that are routine, if the catalog calls it urgent.
///
/// It may wait among the routine ones as well: whoever comes to it there finds it done.
pub async fn hurry(catalog: &Catalog, queue: &Queue, slide: SlideId) -> Result<(), HurryError> {
    if catalog.urgency(slide).await? == Urgency::Routine {
        return Ok(());
    }
    let status = catalog.known_slide(slide).await?.status;
    Ok(announce_unfinished(queue, slide, &status, Urgency::Urgent).await?)
}
