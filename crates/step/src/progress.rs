use std::pin::pin;
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
    let mut work = pin!(work(sink));
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return done,
            _ = ticks.tick() => note(catalog, slide, &mut seen).await,
        }
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

    use super::*;

    #[tokio::test]
    async fn the_latest_progress_is_seen_while_the_work_goes_on()
    -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let digest = Sha256Digest::of(b"slide");
        let id = SlideId::from_digest(&digest);
        let slide = NewSlide {
            id,
            digest,
            n_bytes: 5,
            file_name: None,
            mpp_override: None,
        };
        catalog.register(slide).await?;
        let at = |done| Progress {
            stage: Stage::Tile,
            done,
            total: 900,
        };
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
        let seen = tokio::time::timeout(Duration::from_secs(10), seen).await??;
        assert_eq!(seen, at(700));
        Ok(())
    }
}
