use std::future::poll_fn;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::Poll;

use catalog::Catalog;
use flow::{Message, Stage};
use queue::{Consumer, Delivery};
use telemetry::StepSpan;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::worker::{OUTAGE_PAUSE, attempt};
use crate::{Ended, Failure, kind_of};

/// What one installation asks a worker for.
pub struct Demand<D, M, H> {
    /// What the work needs, which is the installation's own.
    pub deps: D,
    pub catalog: Catalog,
    pub messages: Consumer<M>,
    /// That another worker could do with some help.
    pub hints: Consumer<H>,
}

/// As [`crate::work`] for several installations, one message of one of them at a time; and where no
/// message waits, hands `help` the hints that another worker could do with some.
///
/// They take turns: whoever was served last is asked last, so that none waits for more than one message
/// of each of the others. (Where the queue is on Redis whoever answers first is served: there a turn is
/// a matter of luck, and nobody's luck is better for having more that waits.) No message is taken
/// before there is time for it: another process may have some.
///
/// A hint is forgotten as soon as it is taken: the slide is in the hands of whoever gave it, who
/// does alone what nobody helps with, and is not at fault where helping fails.
pub async fn work_or_help<D, M, H, F, E, G>(
    stage: Stage,
    mut demands: Vec<Demand<D, M, H>>,
    shutdown: CancellationToken,
    handle: impl Fn(&D, M) -> F,
    help: impl Fn(&D, H) -> G,
) where
    M: Message,
    H: Message,
    F: Future<Output = Result<E, Failure>> + Send + 'static,
    E: Into<Ended> + Send + 'static,
    G: Future<Output = Result<(), Failure>> + Send + 'static,
{
    loop {
        let next = shutdown.run_until_cancelled(next_of(&mut demands));
        let Some((served, asked)) = next.await else {
            return;
        };
        let Demand { deps, catalog, .. } = &demands[served];
        let flow = match asked {
            Asked::Work(delivery) => {
                let handle = |message| handle(deps, message);
                attempt(stage, delivery, catalog, &shutdown, handle).await
            }
            Asked::Help(hint) => helped(stage, hint, &shutdown, |hint| help(deps, hint)).await,
        };
        if flow.is_break() {
            return;
        }
        demands[served..].rotate_left(1);
    }
}

enum Asked<M, H> {
    Work(Delivery<M>),
    Help(Delivery<H>),
}

/// What is asked for next and by which: messages before hints, and either in the demands' order.
async fn next_of<D, M, H>(demands: &mut [Demand<D, M, H>]) -> (usize, Asked<M, H>)
where
    M: Message,
    H: Message,
{
    type Asking<'d, M, H> = Pin<Box<dyn Future<Output = Asked<M, H>> + Send + 'd>>;
    let (mut work, mut help) = (Vec::new(), Vec::new());
    for (at, demand) in demands.iter_mut().enumerate() {
        let Demand {
            messages, hints, ..
        } = demand;
        let message: Asking<'_, M, H> = Box::pin(async { Asked::Work(messages.next().await) });
        let hint: Asking<'_, M, H> = Box::pin(async { Asked::Help(hints.next().await) });
        work.push((at, message));
        help.push((at, hint));
    }
    let mut all: Vec<_> = work.into_iter().chain(help).collect();
    poll_fn(|context| {
        let first = all.iter_mut().find_map(|(at, asking)| {
            let Poll::Ready(asked) = asking.as_mut().poll(context) else {
                return None;
            };
            Some((*at, asked))
        });
        first.map_or(Poll::Pending, Poll::Ready)
    })
    .await
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
        work_or_help(
            Stage::Embed,
            vec![Demand {
                deps: (),
                catalog,
                messages: queue.subscribe(),
                hints: queue.subscribe(),
            }],
            shutdown,
            |(), message: SlideTiled| {
                note("own", message.slide);
                std::future::ready(Ok(()))
            },
            |(), hint: SlideShared| {
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

    #[tokio::test]
    async fn whoever_has_much_waiting_is_served_in_turn_with_the_others()
    -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let mut demands = Vec::new();
        for (tenant, n_slides) in [("flood", 4_u64), ("idle", 0), ("calm", 2)] {
            let queue = Queue::in_process();
            for i in 0..n_slides {
                let slide = SlideId::from_digest(&Sha256Digest::of(&i.to_le_bytes()));
                queue.publish(&SlideTiled { slide }).await?;
            }
            demands.push(Demand {
                deps: tenant,
                catalog: Catalog::open(&folder.path().join(tenant)).await?,
                messages: queue.subscribe(),
                hints: queue.subscribe(),
            });
        }
        let shutdown = CancellationToken::new();
        let served = Mutex::new(Vec::new());
        work_or_help(
            Stage::Embed,
            demands,
            shutdown.clone(),
            |tenant: &&'static str, _: SlideTiled| {
                let mut served = served.lock().expect("not poisoned");
                served.push(*tenant);
                if served.len() == 6 {
                    shutdown.cancel();
                }
                std::future::ready(Ok(()))
            },
            |_, _: SlideShared| std::future::ready(Ok(())),
        )
        .await;
        let served = served.into_inner()?;
        assert_eq!(served, ["flood", "calm", "flood", "calm", "flood", "flood"]);
        Ok(())
    }
}
