use std::error::Error;
use std::fmt::Write;

use catalog::{Catalog, CatalogError};
use flow::{Message, SlideId, SlideStatus, Stage};
use queue::{Consumer, Delivery};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

/// Deliveries after which a slide is taken to be at fault, and not the moment.
pub const MAX_ATTEMPTS: u32 = 5;

/// Why a step failed; it will be tried again.
pub type Failure = Box<dyn Error + Send + Sync>;

/// Hands each message to `handle`, one at a time, until `shutdown`.
///
/// A message whose handler fails or panics comes again after a growing pause, behind those that
/// wait; after [`MAX_ATTEMPTS`] its slide is quarantined. So no slide holds up the others.
pub async fn work<M, F>(
    stage: Stage,
    mut consumer: Consumer<M>,
    catalog: Catalog,
    shutdown: CancellationToken,
    handle: impl Fn(M) -> F,
) where
    M: Message,
    F: Future<Output = Result<(), Failure>> + Send + 'static,
{
    loop {
        let next = shutdown.run_until_cancelled(consumer.next());
        let Some(delivery) = next.await else { return };
        let slide = delivery.message().slide();
        // In a task of its own a panic ends that slide's attempt and nothing else.
        let mut task = tokio::spawn(handle(delivery.message().clone()));
        let Some(ended) = shutdown.run_until_cancelled(&mut task).await else {
            task.abort();
            return;
        };
        match ended.map_err(Failure::from).flatten() {
            Ok(()) => delivery.ack(),
            Err(failure) => failed(stage, slide, delivery, &catalog, failure).await,
        }
    }
}

async fn failed<M>(
    stage: Stage,
    slide: SlideId,
    delivery: Delivery<M>,
    catalog: &Catalog,
    failure: Failure,
) {
    let attempt = delivery.attempt();
    let cause = chain(failure.as_ref());
    if attempt < MAX_ATTEMPTS {
        warn!(slide.id = %slide, %stage, attempt, cause, "a step failed and will be tried again");
        return delivery.retry();
    }
    match give_up(catalog, slide, stage, &cause).await {
        Ok(()) => {
            error!(slide.id = %slide, %stage, cause, "a slide kept failing and is in quarantine");
            delivery.ack();
        }
        Err(CatalogError::UnknownSlide { .. }) => {
            info!(slide.id = %slide, %stage, "dropped a message about a slide that is not there");
            delivery.ack();
        }
        Err(error) => {
            error!(slide.id = %slide, %stage, %error, "a failing slide cannot be quarantined");
            delivery.retry();
        }
    }
}

async fn give_up(
    catalog: &Catalog,
    slide: SlideId,
    stage: Stage,
    cause: &str,
) -> Result<(), CatalogError> {
    let reason = format!("the {stage} step failed {MAX_ATTEMPTS} times: {cause}");
    catalog
        .set_status(slide, &SlideStatus::Quarantined { reason })
        .await
}

/// The error and what caused it, on one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a string does not fail.
        let _infallible = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use catalog::NewSlide;
    use flow::{Sha256Digest, SlideReceived};
    use queue::Queue;

    use super::*;

    async fn registered(catalog: &Catalog, bytes: &[u8]) -> Result<SlideId, CatalogError> {
        let digest = Sha256Digest::of(bytes);
        let id = SlideId::from_digest(&digest);
        let slide = NewSlide {
            id,
            digest,
            n_bytes: bytes.len() as u64,
            file_name: None,
            mpp_override: None,
        };
        catalog.register(slide).await?;
        Ok(id)
    }

    #[tokio::test]
    async fn a_poisoned_slide_is_quarantined_and_holds_up_no_other()
    -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let poisoned = registered(&catalog, b"poisoned").await?;
        let sound = registered(&catalog, b"sound").await?;
        let queue = Queue::in_process();
        for slide in [poisoned, sound] {
            queue.publish(&SlideReceived { slide }).await?;
        }

        let attempts = Arc::new(AtomicU32::new(0));
        let shutdown = CancellationToken::new();
        let counter = Arc::clone(&attempts);
        let done = shutdown.clone();
        let watcher = catalog.clone();
        let worker = work(
            Stage::Tile,
            queue.subscribe::<SlideReceived>(),
            catalog.clone(),
            shutdown.clone(),
            move |message| {
                let (counter, catalog) = (Arc::clone(&counter), watcher.clone());
                async move {
                    if message.slide == sound {
                        return Ok(catalog.set_status(sound, &SlideStatus::Tiled).await?);
                    }
                    // One of the failures is a panic.
                    assert_ne!(counter.fetch_add(1, Ordering::Relaxed), 1, "a bug");
                    Err("the disk is on fire".into())
                }
            },
        );
        // The pauses between attempts are real: time is not paused, for the catalog needs it.
        let watch = async {
            loop {
                let row = catalog.slide(poisoned).await?.expect("it is registered");
                if let SlideStatus::Quarantined { reason } = row.status {
                    done.cancel();
                    return Ok::<_, CatalogError>(reason);
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let (reason, ()) = tokio::join!(watch, worker);
        assert!(reason?.ends_with("the tile step failed 5 times: the disk is on fire"));
        assert_eq!(attempts.load(Ordering::Relaxed), MAX_ATTEMPTS);
        let sound = catalog.slide(sound).await?.expect("it is registered");
        assert_eq!(sound.status, SlideStatus::Tiled);
        Ok(())
    }
}
