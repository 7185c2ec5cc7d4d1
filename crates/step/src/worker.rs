use std::ops::ControlFlow;
use std::time::Duration;

use catalog::{Catalog, CatalogError};
use flow::{Message, SlideStatus, Stage};
use queue::{Consumer, Delivery};
use telemetry::{ErrorKind, StepSpan};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::failure::is_outage;
use crate::{Ended, Failure, kind_of};

/// Deliveries after which a slide is taken to be at fault, and not the moment.
pub const MAX_ATTEMPTS: u32 = 5;

/// Time until work is tried again that failed for something that every slide needs.
pub(crate) const OUTAGE_PAUSE: Duration =
    Duration::from_millis(if cfg!(test) { 20 } else { 5_000 });

/// Hands each message to `handle`, one at a time, until `shutdown`.
///
/// A message whose handler fails or panics comes again after a growing pause, behind those that
/// wait; after [`MAX_ATTEMPTS`] its slide is quarantined and the message is a dead letter. So no
/// slide holds up the others, nor does one that takes the whole process down each time. While
/// storage, catalog or queue are away or full no attempt counts: no slide is at fault for that.
///
/// At `shutdown` the message at hand is handed back: it comes to another worker at once. So is one
/// whose handler gave way to a slide that somebody waits for.
pub async fn work<M, F, E>(
    stage: Stage,
    mut consumer: Consumer<M>,
    catalog: Catalog,
    shutdown: CancellationToken,
    handle: impl Fn(M) -> F,
) where
    M: Message,
    F: Future<Output = Result<E, Failure>> + Send + 'static,
    E: Into<Ended> + Send + 'static,
{
    loop {
        let next = shutdown.run_until_cancelled(consumer.next());
        let Some(delivery) = next.await else { return };
        let attempt = attempt(stage, delivery, &catalog, &shutdown, &handle);
        if attempt.await.is_break() {
            return;
        }
    }
}

/// Breaks at shutdown.
pub(crate) async fn attempt<M, F, E>(
    stage: Stage,
    delivery: Delivery<M>,
    catalog: &Catalog,
    shutdown: &CancellationToken,
    handle: impl Fn(M) -> F,
) -> ControlFlow<()>
where
    M: Message,
    F: Future<Output = Result<E, Failure>> + Send + 'static,
    E: Into<Ended> + Send + 'static,
{
    let step = Step::of(stage, &delivery, catalog);
    let ended = step.take(delivery, shutdown, handle);
    step.span.within(ended).await
}

/// One attempt at one slide.
struct Step<'a> {
    stage: Stage,
    catalog: &'a Catalog,
    span: StepSpan,
}

impl<'a> Step<'a> {
    fn of<M: Message>(stage: Stage, delivery: &Delivery<M>, catalog: &'a Catalog) -> Self {
        let span = StepSpan::begin(stage, delivery.trace());
        span.about(delivery.message().slide());
        span.attempt(delivery.attempt());
        Self {
            stage,
            catalog,
            span,
        }
    }

    /// Breaks at shutdown.
    async fn take<M, F, E>(
        &self,
        delivery: Delivery<M>,
        shutdown: &CancellationToken,
        handle: impl Fn(M) -> F,
    ) -> ControlFlow<()>
    where
        M: Message,
        F: Future<Output = Result<E, Failure>> + Send + 'static,
        E: Into<Ended> + Send + 'static,
    {
        if delivery.attempt() > MAX_ATTEMPTS {
            self.never_ended(delivery).await;
            return ControlFlow::Continue(());
        }
        // In a task of its own a panic ends that slide's attempt and nothing else.
        let (span, work) = (self.span.clone(), handle(delivery.message().clone()));
        let mut task = tokio::spawn(async move { span.within(work).await });
        let Some(ended) = shutdown.run_until_cancelled(&mut task).await else {
            task.abort();
            delivery.hand_back();
            return ControlFlow::Break(());
        };
        match ended.map_err(Failure::from).flatten().map(E::into) {
            Ok(Ended::Done) => delivery.ack(),
            Ok(Ended::GaveWay) => {
                let (stage, slide) = (self.stage, delivery.message().slide());
                info!(slide.id = %slide, %stage, "a slide gave way to an urgent one");
                delivery.hand_back();
            }
            Err(failure) if is_outage(&failure) => {
                self.wait_out(delivery, &failure, shutdown).await;
            }
            Err(failure) => self.failed(delivery, &failure).await,
        }
        ControlFlow::Continue(())
    }

    /// Every delivery allowed was broken off, as only the death of the process does.
    async fn never_ended<M: Message>(&self, delivery: Delivery<M>) {
        self.count(ErrorKind::Killed);
        let stage = self.stage;
        let reason = format!(
            "the {stage} step was begun {MAX_ATTEMPTS} times and never ended: its worker was killed, \
             perhaps for the memory it took"
        );
        self.give_up(delivery, reason).await;
    }

    async fn wait_out<M: Message>(
        &self,
        delivery: Delivery<M>,
        failure: &Failure,
        shutdown: &CancellationToken,
    ) {
        self.count(kind_of(failure));
        let (stage, slide) = (self.stage, delivery.message().slide());
        let cause = format!("{failure:#}");
        warn!(slide.id = %slide, %stage, cause, "a step waits for what it needs to be back");
        let pause = tokio::time::sleep(OUTAGE_PAUSE);
        shutdown.run_until_cancelled(pause).await;
        delivery.hand_back();
    }

    async fn failed<M: Message>(&self, delivery: Delivery<M>, failure: &Failure) {
        self.count(kind_of(failure));
        let (stage, slide) = (self.stage, delivery.message().slide());
        let attempt = delivery.attempt();
        // The error and what caused it, on one line.
        let cause = format!("{failure:#}");
        if attempt < MAX_ATTEMPTS {
            warn!(slide.id = %slide, %stage, attempt, cause, "a step failed and will be tried again");
            return delivery.retry();
        }
        let reason = format!("the {stage} step failed {MAX_ATTEMPTS} times: {cause}");
        self.give_up(delivery, reason).await;
    }

    async fn give_up<M: Message>(&self, delivery: Delivery<M>, reason: String) {
        let (stage, slide) = (self.stage, delivery.message().slide());
        let quarantined = SlideStatus::Quarantined {
            reason: reason.clone(),
        };
        match self.catalog.set_status(slide, &quarantined).await {
            Ok(()) => {
                telemetry::slide_reached(&quarantined);
                error!(slide.id = %slide, %stage, reason, "a slide is in quarantine");
                delivery.give_up(reason);
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

    fn count(&self, kind: ErrorKind) {
        self.span.failed(kind);
        telemetry::step_failed(self.stage, kind);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use catalog::NewSlide;
    use flow::{Sha256Digest, SlideId, SlideReceived, Urgency};
    use queue::Queue;

    use super::*;

    async fn registered(catalog: &Catalog, bytes: &[u8]) -> Result<SlideId, CatalogError> {
        let digest = Sha256Digest::of(bytes);
        let id = SlideId::from_digest(&digest);
        let slide = NewSlide::of(digest, bytes.len() as u64);
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
                    Err(anyhow::anyhow!("the disk is on fire"))
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
        let letters = queue.dead_letters::<SlideReceived>().await?;
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0].slide, Some(poisoned));
        assert_eq!(letters[0].attempts, MAX_ATTEMPTS);
        assert!(letters[0].reason.ends_with("the disk is on fire"));
        Ok(())
    }

    #[tokio::test]
    async fn a_slide_whose_step_never_ends_is_quarantined_without_being_begun_again()
    -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let slide = registered(&catalog, b"too large").await?;
        let queue = Queue::in_process();
        queue.publish(&SlideReceived { slide }).await?;
        tokio::time::pause();
        let mut consumer = queue.subscribe::<SlideReceived>();
        for _ in 0..MAX_ATTEMPTS {
            drop(consumer.next().await);
        }
        let delivery = consumer.next().await;
        tokio::time::resume();
        assert_eq!(delivery.attempt(), MAX_ATTEMPTS + 1);
        delivery.hand_back();

        let shutdown = CancellationToken::new();
        let worker = work(
            Stage::Tile,
            consumer,
            catalog.clone(),
            shutdown.clone(),
            |_| std::future::ready(Err::<(), _>(anyhow::anyhow!("it was begun again"))),
        );
        let watch = async {
            while queue.depth::<SlideReceived>().await?.dead == 0 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            shutdown.cancel();
            Ok::<_, queue::QueueError>(())
        };
        let (watched, ()) = tokio::join!(watch, worker);
        watched?;
        let row = catalog.slide(slide).await?.expect("it is registered");
        let SlideStatus::Quarantined { reason } = row.status else {
            return Err("it should be in quarantine".into());
        };
        assert!(reason.contains("begun 5 times and never ended"), "{reason}");
        assert_eq!(
            queue.dead_letters::<SlideReceived>().await?[0].reason,
            reason
        );
        Ok(())
    }

    #[tokio::test]
    async fn an_outage_is_waited_out_however_long() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let slide = registered(&catalog, b"sound").await?;
        let queue = Queue::in_process();
        queue.publish(&SlideReceived { slide }).await?;
        let shutdown = CancellationToken::new();
        let (attempts, end) = (Arc::new(AtomicU32::new(0)), shutdown.clone());
        let counter = Arc::clone(&attempts);
        let worker = work(
            Stage::Tile,
            queue.subscribe::<SlideReceived>(),
            catalog.clone(),
            shutdown,
            move |_| {
                let (counter, end) = (Arc::clone(&counter), end.clone());
                async move {
                    if counter.fetch_add(1, Ordering::Relaxed) < 2 * MAX_ATTEMPTS {
                        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
                        return Err(Failure::from(full).context("cannot write the pyramid"));
                    }
                    end.cancel();
                    Ok(())
                }
            },
        );
        tokio::time::timeout(Duration::from_secs(20), worker).await?;
        assert_eq!(attempts.load(Ordering::Relaxed), 2 * MAX_ATTEMPTS + 1);
        let row = catalog.slide(slide).await?.expect("it is registered");
        assert_eq!(row.status, SlideStatus::Received);
        assert_eq!(queue.depth::<SlideReceived>().await?.dead, 0);
        Ok(())
    }

    #[tokio::test]
    async fn a_slide_that_gave_way_comes_again_after_the_urgent_one()
    -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let routine = registered(&catalog, b"routine").await?;
        let urgent = registered(&catalog, b"urgent").await?;
        let queue = Queue::in_process();
        queue.publish(&SlideReceived { slide: routine }).await?;
        let shutdown = CancellationToken::new();
        let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
        let (notes, publisher, end) = (Arc::clone(&seen), queue.clone(), shutdown.clone());
        let worker = work(
            Stage::Tile,
            queue.subscribe::<SlideReceived>(),
            catalog,
            shutdown,
            move |SlideReceived { slide }| {
                let (notes, queue, end) = (Arc::clone(&notes), publisher.clone(), end.clone());
                async move {
                    let n_before = {
                        let mut notes = notes.lock().expect("not poisoned");
                        notes.push(slide);
                        notes.len() - 1
                    };
                    match n_before {
                        0 => {
                            let message = SlideReceived { slide: urgent };
                            queue.publish_as(Urgency::Urgent, &message).await?;
                            Ok(Ended::GaveWay)
                        }
                        1 => Ok(Ended::Done),
                        _ => {
                            end.cancel();
                            Ok(Ended::Done)
                        }
                    }
                }
            },
        );
        tokio::time::timeout(Duration::from_secs(10), worker).await?;
        assert_eq!(
            *seen.lock().expect("not poisoned"),
            [routine, urgent, routine]
        );
        Ok(())
    }

    #[tokio::test]
    async fn at_shutdown_the_message_at_hand_is_handed_back()
    -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).await?;
        let slide = registered(&catalog, b"long work").await?;
        let queue = Queue::in_process();
        queue.publish(&SlideReceived { slide }).await?;
        let shutdown = CancellationToken::new();
        let begun = shutdown.clone();
        let worker = work(
            Stage::Tile,
            queue.subscribe::<SlideReceived>(),
            catalog,
            shutdown,
            move |_| {
                begun.cancel();
                std::future::pending::<Result<(), Failure>>()
            },
        );
        tokio::time::timeout(Duration::from_secs(10), worker).await?;
        let mut consumer = queue.subscribe::<SlideReceived>();
        let at_once = tokio::time::timeout(Duration::from_millis(200), consumer.next()).await?;
        assert_eq!(at_once.attempt(), 1);
        at_once.ack();
        Ok(())
    }
}
