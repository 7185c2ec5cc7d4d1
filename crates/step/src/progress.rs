use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use catalog::Catalog;
use flow::{Progress, SlideId};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};
use tracing::debug;

/// Takes progress from any thread, as often as it comes.
pub type ProgressSink = Arc<dyn Fn(Progress) + Send + Sync>;

/// People see four steps a second.
const EVERY: Duration = Duration::from_millis(250);

/// Does `work` and keeps the catalog's progress of the slide up to date meanwhile.
pub async fn noting_progress<F: Future>(
    catalog: &Catalog,
    slide: SlideId,
    work: impl FnOnce(ProgressSink) -> F,
) -> F::Output {
    let (latest, mut seen) = watch::channel(None);
    let sink: ProgressSink = Arc::new(move |progress| {
        latest.send_replace(Some(progress));
    });
    // Both are polled all the time: a note that waits behind the work for a connection to the
    // catalog would wait for ever, were the work not polled meanwhile to take its turn.
    tokio::select! {
        biased;
        done = work(sink) => done,
        never = note_all(catalog, slide, &mut seen) => match never {},
    }
}

async fn note_all(
    catalog: &Catalog,
    slide: SlideId,
    seen: &mut watch::Receiver<Option<Progress>>,
) -> Infallible {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        note(catalog, slide, seen).await;
    }
}

async fn note(catalog: &Catalog, slide: SlideId, seen: &mut watch::Receiver<Option<Progress>>) {
    // Closed once the work no longer needs its sink: there is nothing new then.
    if !seen.has_changed().unwrap_or(false) {
        return;
    }
    let Some(progress) = *seen.borrow_and_update() else {
        return;
    };
    if let Err(error) = catalog.set_progress(slide, progress).await {
        // Only shown to people: the work itself must not fail for it.
        debug!(slide.id = %slide, %error, "progress was not noted");
    }
}

#[cfg(test)]
mod tests {
    use catalog::NewSlide;
    use flow::{Sha256Digest, Stage};
    use tokio::task::JoinSet;
    use tokio::time::{Instant, timeout};

    use super::*;

    const LEASE: Duration = Duration::from_secs(60);

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    async fn with_a_slide(catalog: &Catalog) -> Result<SlideId, catalog::CatalogError> {
        let digest = Sha256Digest::of(b"slide");
        let id = SlideId::from_digest(&digest);
        let slide = NewSlide::of(digest, 5);
        catalog.register(slide).await?;
        Ok(id)
    }

    fn at(done: u64) -> Progress {
        Progress {
            stage: Stage::Tile,
            done,
            total: 900,
        }
    }

    #[tokio::test]
    async fn the_latest_progress_is_seen_while_the_work_goes_on() -> Outcome {
        let folder = tempfile::tempdir()?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let id = with_a_slide(&catalog).await?;
        let seen = noting_progress(&catalog, id, async |sink: ProgressSink| {
            for done in 0..=700 {
                sink(at(done));
            }
            loop {
                let row = catalog.slide(id).await?;
                if let Some(progress) = row.and_then(|row| row.progress) {
                    return Ok::<_, catalog::CatalogError>(progress);
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let seen = timeout(Duration::from_secs(10), seen).await??;
        assert_eq!(seen, at(700));
        Ok(())
    }

    #[tokio::test]
    async fn work_that_waits_for_the_catalog_and_the_note_of_its_progress_do_not_wait_for_each_other()
    -> Outcome {
        let folder = tempfile::tempdir()?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let id = with_a_slide(&catalog).await?;
        let claims = || catalog.chunk_claims(id, Sha256Digest::of(b"encoder"), LEASE);
        let mut others = JoinSet::new();
        for claims in [claims(), claims(), claims()] {
            others.spawn(async move { while claims.renew().await.is_ok() {} });
        }
        // It is in the queue for the one connection whenever its progress is noted.
        let work = noting_progress(&catalog, id, async |sink: ProgressSink| {
            let (began, claims) = (Instant::now(), claims());
            let mut done = 0;
            while began.elapsed() < 4 * EVERY {
                done += 1;
                sink(at(done));
                claims.renew().await?;
            }
            Ok::<_, catalog::CatalogError>(done)
        });
        let done = timeout(Duration::from_secs(15), work).await??;
        assert!(done > 1, "{done}");
        Ok(())
    }
}
