use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flow::Urgency;
use telemetry::TraceContext;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::dead_letters::DeadLetters;
use super::messages::{Messages, Taking};
use crate::CAPACITY;
use crate::answer::Answer;
use crate::dead_letter::{DeadLetterId, Redriven, Remains};
use crate::delivery::{self, Taken};
use crate::depth::Depth;
use crate::pause::pause_after;

/// The messages of one kind, as text, which is also what makes two of them equal.
pub(crate) struct Stream {
    state: Mutex<State>,
    changed: Notify,
}

struct State {
    urgent: Messages,
    routine: Messages,
    dead: DeadLetters,
}

/// A message of a stream in the hands of a consumer.
pub(crate) struct Hold {
    stream: Arc<Stream>,
    urgency: Urgency,
    taking: Taking,
}

impl Default for Stream {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                urgent: Messages::new(CAPACITY),
                routine: Messages::new(CAPACITY),
                dead: DeadLetters::default(),
            }),
            changed: Notify::new(),
        }
    }
}

impl Stream {
    pub(crate) fn publish(&self, urgency: Urgency, text: Arc<str>, trace: Option<TraceContext>) {
        let mut state = self.lock();
        state.lane(urgency).publish(text, trace, Instant::now());
        drop(state);
        self.changed.notify_waiters();
    }

    /// Waits for a message that is due.
    pub(crate) async fn take(self: &Arc<Self>) -> Taken {
        loop {
            // Made before looking, so that no change between looking and waiting is missed.
            let changed = self.changed.notified();
            let taken = self.lock().take(Instant::now());
            let next_due = match taken {
                Ok((urgency, taking)) => return self.taken(urgency, taking),
                Err(next_due) => next_due,
            };
            match next_due {
                Some(due) => tokio::select! {
                    () = changed => {}
                    () = sleep_until(due) => {}
                },
                None => changed.await,
            }
        }
    }

    pub(crate) fn depth(&self) -> Depth {
        let (state, now) = (self.lock(), Instant::now());
        let (urgent, routine) = (state.urgent.depth(now), state.routine.depth(now));
        Depth {
            dead: state.dead.len() as u64,
            lost: urgent.lost + routine.lost,
            ..urgent.with(routine)
        }
    }

    pub(crate) fn urgent_waits(&self) -> bool {
        self.lock().urgent.is_due(Instant::now())
    }

    pub(crate) fn dead_letters(&self) -> Vec<Remains> {
        self.lock().dead.all()
    }

    pub(crate) fn redrive(&self, letter: DeadLetterId) -> Redriven {
        let Some(remains) = self.lock().dead.take_out(letter) else {
            return Redriven::NotThere;
        };
        self.publish(Urgency::Routine, remains.text.into(), remains.trace);
        Redriven::Done
    }

    fn taken(self: &Arc<Self>, urgency: Urgency, taking: Taking) -> Taken {
        Taken {
            text: Arc::clone(&taking.text),
            attempt: taking.attempt,
            trace: taking.trace.clone(),
            hold: delivery::Hold::InProcess(Hold {
                stream: Arc::clone(self),
                urgency,
                taking,
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn lane(&mut self, urgency: Urgency) -> &mut Messages {
        match urgency {
            Urgency::Urgent => &mut self.urgent,
            Urgency::Routine => &mut self.routine,
        }
    }

    /// A message that is due, else the time when the next one will be.
    fn take(&mut self, now: Instant) -> Result<(Urgency, Taking), Option<Instant>> {
        let mut next_due = None;
        for urgency in Urgency::ALL {
            match self.lane(urgency).take(now) {
                Ok(taking) => return Ok((urgency, taking)),
                Err(due) => next_due = next_due.into_iter().chain(due).min(),
            }
        }
        Err(next_due)
    }
}

impl Hold {
    pub(crate) fn answer(&self, answer: Answer) {
        let (text, now) = (&self.taking.text, Instant::now());
        let mut state = self.stream.lock();
        let lane = state.lane(self.urgency);
        match answer {
            Answer::Ack => lane.ack(text, now),
            Answer::Retry => lane.retry(text, now + pause_after(self.taking.attempt)),
            Answer::HandBack => lane.hand_back(text, now),
            Answer::GiveUp { reason } => {
                lane.ack(text, now);
                state.dead.put(&self.taking, reason);
            }
        }
        drop(state);
        self.stream.changed.notify_waiters();
    }
}
