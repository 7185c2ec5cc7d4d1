use std::time::Duration;

use redis::aio::ConnectionManager;
use redis::{RedisError, RedisResult};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};
use tracing::{debug, info, warn};

use super::connection;
use super::entry::{Entry, Look};
use super::lane::Lane;
use super::lease::Lease;
use super::wait::wait;
use crate::delivery::{Hold, Taken};

/// Longest wait for a new message. Between two of them, leases that ran out and pauses that another
/// process began are seen.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// How long a message stays here whose asker left just before it came. Most ask again.
const KEPT: Duration = Duration::from_secs(1);

/// Pauses while Redis is away.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Consumers silent for so many leases and without a message belong to processes that ended. One
/// that did not is there again with its next read.
const FORGOTTEN_AFTER: u32 = 10;

/// Of one stream, the urgent one first.
type Lanes = [Lane; 2];

/// Who asks for a message; gone if it no longer waits.
type Asker = oneshot::Sender<Taken>;

/// Takes messages from the lanes of a stream, when asked and never ahead.
///
/// A task of its own does the waiting: Redis may give a message at any moment, also just after
/// whoever waited for it has left.
pub(crate) struct Reader {
    lanes: Lanes,
    askers: Option<mpsc::UnboundedSender<Asker>>,
}

impl Reader {
    pub(crate) const fn new(lanes: Lanes) -> Self {
        Self {
            lanes,
            askers: None,
        }
    }

    pub(crate) async fn take(&mut self) -> Taken {
        let askers = self.askers.get_or_insert_with(|| start(&self.lanes));
        let (asker, answer) = oneshot::channel();
        let asked = askers.send(asker);
        match (asked, answer.await) {
            (Ok(()), Ok(taken)) => taken,
            // The task ended with its runtime, and so will this one.
            _ => std::future::pending().await,
        }
    }
}

fn start(lanes: &Lanes) -> mpsc::UnboundedSender<Asker> {
    let (sender, askers) = mpsc::unbounded_channel();
    let reading = Reading {
        lanes: lanes.clone(),
        connection: None,
        pause: Duration::ZERO,
    };
    lanes[0].tasks().spawn(reading.run(askers));
    sender
}

/// The task of a [`Reader`].
struct Reading {
    lanes: Lanes,
    connection: Option<ConnectionManager>,
    /// Grows while Redis is away; zero while it is there.
    pause: Duration,
}

impl Reading {
    async fn run(mut self, mut askers: mpsc::UnboundedReceiver<Asker>) {
        for lane in &self.lanes {
            let silent = lane.lease() * FORGOTTEN_AFTER;
            if let Err(error) = lane.tidy(silent).await {
                debug!(stream = lane.name(), %error, "consumers of the past were not forgotten");
            }
        }
        while let Some(asker) = askers.recv().await {
            if let Some(taken) = self.read_for(&asker).await {
                hand_over(taken, asker, &mut askers).await;
            }
        }
    }

    /// Reads until there is a message or nobody waits for one.
    async fn read_for(&mut self, asker: &Asker) -> Option<Taken> {
        while !asker.is_closed() {
            match self.read().await {
                Ok(taken) => {
                    self.is_there();
                    if taken.is_some() {
                        return taken;
                    }
                }
                Err(error) => self.is_away(error).await,
            }
        }
        None
    }

    /// A message that is due, or one that comes within a second.
    async fn read(&mut self) -> RedisResult<Option<Taken>> {
        let redis = self.lanes[0].redis();
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(connection::for_waiting(&redis.config.url, LONGEST_WAIT)?),
        };
        let mut at_most = LONGEST_WAIT;
        for lane in &self.lanes {
            match lane.take(connection).await? {
                Look::Entry(entry) => return Ok(Some(taken(lane, entry))),
                Look::Nothing { next_due_ms } => {
                    let next_due = u64::try_from(next_due_ms).map(Duration::from_millis);
                    at_most = at_most.min(next_due.unwrap_or(LONGEST_WAIT));
                }
            }
        }
        let waited = wait(&self.lanes, redis, connection, at_most).await?;
        Ok(waited.map(|(lane, entry)| taken(lane, entry)))
    }

    fn is_there(&mut self) {
        if !self.pause.is_zero() {
            info!(stream = self.lanes[0].name(), "Redis is back");
            self.pause = Duration::ZERO;
        }
    }

    async fn is_away(&mut self, error: RedisError) {
        if self.pause.is_zero() {
            let (stream, remedy) = (self.lanes[0].name(), crate::error::remedy(&error));
            warn!(stream, %error, remedy, "Redis does not answer; trying until it does");
        }
        self.pause = (self.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
        sleep(self.pause).await;
    }
}

fn taken(lane: &Lane, entry: Entry) -> Taken {
    Taken {
        text: entry.text.clone(),
        attempt: entry.attempt,
        trace: entry.trace.clone(),
        hold: Hold::Redis(Lease::start(lane.clone(), entry)),
    }
}

/// To the asker; if that one left, to the next if there is one soon. Otherwise it is handed back.
async fn hand_over(
    mut taken: Taken,
    mut asker: Asker,
    askers: &mut mpsc::UnboundedReceiver<Asker>,
) {
    while let Err(left_over) = asker.send(taken) {
        taken = left_over;
        let Ok(Some(next)) = timeout(KEPT, askers.recv()).await else {
            return;
        };
        asker = next;
    }
}
