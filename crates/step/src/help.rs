use std::ops::ControlFlow;

use catalog::Catalog;
use flow::{Message, Stage};
use queue::{Consumer, Delivery};
use telemetry::StepSpan;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::worker::{OUTAGE_PAUSE, attempt};
use crate::{Ended, Failure, kind_of};

/// As [`crate::work`]; and where no message waits, hands `help` the hints that another worker could
/// do with some.
///
/// A hint is forgotten as soon as it is taken: the slide is in the hands of whoever gave it, who
/// does alone what nobody helps with, and is not at fault where helping fails.
pub async fn work_or_help<M, H, F, E, G>(
    stage: Stage,
    (mut messages, mut hints): (Consumer<M>, Consumer<H>),
    catalog: Catalog,
    shutdown: CancellationToken,
    handle: impl Fn(M) -> F,
    help: impl Fn(H) -> G,
) where
    M: Message,
    H: Message,
    F: Future<Output = Result<E, Failure>> + Send + 'static,
    E: Into<Ended> + Send + 'static,
    G: Future<Output = Result<(), Failure>> + Send + 'static,
{
    loop {
        let flow = tokio::select! {
            biased;
            () = shutdown.cancelled() => return,
            delivery = messages.next() => {
                attempt(stage, delivery, &catalog, &shutdown, &handle).await
            }
            hint = hints.next() => helped(stage, hint, &shutdown, &help).await,
        };
        if flow.is_break() {
            return;
        }
    }
}

/// Breaks at shutdown.
async fn helped<H, G>(
    stage: Stage,
    hint: Delivery<H>,
    shutdown: &CancellationToken,
    help: impl Fn(H) -> G,
) -> ControlFlow<()>
where
    H: Message,
    G: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let span = StepSpan::begin(stage, hint.trace());
    let slide = hint.message().slide();
    span.about(slide);
    let (within, work) = (span.clone(), help(hint.message().clone()));
    hint.ack();
    // In a task of its own a panic ends this help and nothing else.
    let mut task = tokio::spawn(async move { within.within(work).await });
    let Some(ended) = shutdown.run_until_cancelled(&mut task).await else {
        task.abort();
        return ControlFlow::Break(());
    };
    if let Err(failure) = ended.map_err(Failure::from).flatten() {
        span.failed(kind_of(&failure));
        let cause = format!("{failure:#}");
        warn!(slide.id = %slide, %stage, cause, "helping with a slide failed; its own worker goes on");
        // What failed here may be asked for again at once.
        shutdown
            .run_until_cancelled(tokio::time::sleep(OUTAGE_PAUSE))
            .await;
    }
    ControlFlow::Continue(())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use flow::{Sha256Digest, SlideId, SlideShared, SlideTiled};
    use queue::Queue;

    use super::*;

    #[tokio::test]
    async fn slides_come_before_hints_and_a_hint_that_fails_harms_no_slide()
    -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let queue = Queue::in_process();
        let slide = |name: &[u8]| SlideId::from_digest(&Sha256Digest::of(name));
        let encoder = Sha256Digest::of(b"encoder");
        for name in [b"broken", b"shared"] {
            let slide = slide(name);
            queue.publish(&SlideShared { slide, encoder }).await?;
        }
        queue
            .publish(&SlideTiled {
                slide: slide(b"own"),
            })
            .await?;

        let shutdown = CancellationToken::new();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let note = |what: &'static str, slide| {
            let seen = Arc::clone(&seen);
            seen.lock().expect("not poisoned").push((what, slide));
        };
        let (broken, last) = (slide(b"broken"), slide(b"shared"));
        let end = shutdown.clone();
        let consumers = (queue.subscribe(), queue.subscribe());
        work_or_help(
            Stage::Embed,
            consumers,
            catalog,
            shutdown,
            |message: SlideTiled| {
                note("own", message.slide);
                std::future::ready(Ok(()))
            },
            |hint: SlideShared| {
                note("help", hint.slide);
                if hint.slide == last {
                    end.cancel();
                }
                let failed = hint.slide == broken;
                std::future::ready(if failed {
                    Err(anyhow::anyhow!("the disk is on fire"))
                } else {
                    Ok(())
                })
            },
        )
        .await;
        let expected = [("own", slide(b"own")), ("help", broken), ("help", last)];
        assert_eq!(*seen.lock().expect("not poisoned"), expected);
        let depth = queue.depth::<SlideShared>().await?;
        assert_eq!(depth.dead, 0);
        Ok(())
    }
}
