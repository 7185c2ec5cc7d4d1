use catalog::{Catalog, CatalogError};
use flow::{Message, SlideStatus, Stage};
use queue::{DeadLetter, Queue, QueueError, Redriven};
use thiserror::Error;

use crate::advance;

/// Why a dead letter could not be redriven.
#[derive(Debug, Error)]
pub enum RedriveError {
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Queue(#[from] QueueError),
}

/// Tries once more what `stage` gave up: takes the slide out of quarantine and makes the dead
/// letter a message again.
///
/// Killed between the two it leaves a slide that the sweeper sends on.
pub async fn redrive<M: Message>(
    stage: Stage,
    catalog: &Catalog,
    queue: &Queue,
    letter: &DeadLetter,
) -> Result<Redriven, RedriveError> {
    if let Some(slide) = letter.slide {
        let quarantined = SlideStatus::Quarantined {
            reason: letter.reason.clone(),
        };
        // Where it is not in quarantine, somebody has sent it on already.
        let _elsewhere = advance(catalog, slide, &quarantined, &status_before(stage)).await?;
    }
    Ok(queue.redrive::<M>(letter.id).await?)
}

/// Where a slide stands that waits for `stage`.
const fn status_before(stage: Stage) -> SlideStatus {
    match stage {
        Stage::Receive | Stage::Tile => SlideStatus::Received,
        Stage::Embed => SlideStatus::Tiled,
        Stage::Score | Stage::Evidence => SlideStatus::Embedded,
    }
}

#[cfg(test)]
mod tests {
    use catalog::NewSlide;
    use flow::{Sha256Digest, SlideId, SlideTiled};

    use super::*;

    #[tokio::test]
    async fn a_redriven_slide_leaves_quarantine_and_its_step_is_tried_again()
    -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let digest = Sha256Digest::of(b"slide");
        let slide = SlideId::from_digest(&digest);
        let new = NewSlide::of(digest, 5);
        catalog.register(new).await?;
        let queue = Queue::in_process();
        let mut consumer = queue.subscribe::<SlideTiled>();
        queue.publish(&SlideTiled { slide }).await?;
        let reason = "the disk is on fire".to_owned();
        let quarantined = SlideStatus::Quarantined {
            reason: reason.clone(),
        };
        catalog.set_status(slide, &quarantined).await?;
        consumer.next().await.give_up(reason);

        let letter = queue.dead_letters::<SlideTiled>().await?.remove(0);
        let again = async || redrive::<SlideTiled>(Stage::Embed, &catalog, &queue, &letter).await;
        assert_eq!(again().await?, Redriven::Done);
        let row = catalog.slide(slide).await?.expect("it is registered");
        assert_eq!(row.status, SlideStatus::Tiled);
        let delivery = consumer.next().await;
        assert_eq!(delivery.message(), &SlideTiled { slide });
        delivery.ack();
        assert_eq!(again().await?, Redriven::NotThere);
        Ok(())
    }
}
