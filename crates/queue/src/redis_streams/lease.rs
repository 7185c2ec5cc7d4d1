use tokio::sync::oneshot;
use tokio::time::{Duration, Instant, MissedTickBehavior, interval_at, sleep};
use tracing::{debug, warn};

use super::entry::Entry;
use super::lane::{Lane, Standing};
use crate::answer::Answer;

/// Pause before an answer that did not reach Redis is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Keeps an entry from other consumers until it is answered. Dropped without an answer, the entry
/// is handed back.
pub(crate) struct Lease {
    answer: Option<oneshot::Sender<Answer>>,
}

impl Lease {
    /// A task extends the lease until the answer comes, and brings that to Redis.
    pub(super) fn start(lane: Lane, entry: Entry) -> Self {
        let (answer, answered) = oneshot::channel();
        let tasks = lane.tasks().clone();
        tasks.spawn(keep(lane, entry, answered));
        Self {
            answer: Some(answer),
        }
    }

    pub(crate) fn answer(&mut self, answer: Answer) {
        if let Some(sender) = self.answer.take() {
            // The task is gone only if its runtime is: then the lease runs out.
            let _gone = sender.send(answer);
        }
    }
}

async fn keep(lane: Lane, entry: Entry, mut answered: oneshot::Receiver<Answer>) {
    let every = (lane.lease() / 3).max(Duration::from_millis(1));
    let mut ticks = interval_at(Instant::now() + every, every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let answer = loop {
        tokio::select! {
            biased;
            answer = &mut answered => break answer.unwrap_or(Answer::HandBack),
            _ = ticks.tick() => extend(&lane, &entry).await,
        }
    };
    give(&lane, &entry, &answer).await;
}

async fn extend(lane: &Lane, entry: &Entry) {
    match lane.extend(entry).await {
        Ok(Standing::Ours) => {}
        Ok(Standing::Lost) => {
            debug!(
                stream = lane.name(),
                entry.id, "a lease was lost while the work goes on"
            );
        }
        // The next tick may come in time.
        Err(error) => debug!(stream = lane.name(), %error, "a lease was not extended"),
    }
}

/// Answers, for as long as the lease may last.
async fn give(lane: &Lane, entry: &Entry, answer: &Answer) {
    let name = lane.name();
    let end = Instant::now() + lane.lease();
    loop {
        match lane.answer(entry, answer).await {
            Ok(Standing::Ours) => return,
            Ok(Standing::Lost) => {
                warn!(
                    stream = name,
                    entry.id, "an answer came after its lease was lost"
                );
                return;
            }
            Err(error) if Instant::now() + AGAIN < end => {
                debug!(stream = name, entry.id, %error, "an answer did not reach Redis yet");
                sleep(AGAIN).await;
            }
            Err(error) => {
                warn!(stream = name, entry.id, %error, "an answer did not reach Redis: its message comes again");
                return;
            }
        }
    }
}
