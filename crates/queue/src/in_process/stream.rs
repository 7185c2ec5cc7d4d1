use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    messages: Messages,
    dead: DeadLetters,
}

/// A message of a stream in the hands of a consumer.
pub(crate) struct Hold {
    stream: Arc<Stream>,
    taking: Taking,
}

impl Default for Stream {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                messages: Messages::new(CAPACITY),
                dead: DeadLetters::default(),
            }),
            changed: Notify::new(),
        }
    }
}

impl Stream {
    pub(crate) fn publish(&self, text: Arc<str>, trace: Option<TraceContext>) {
        self.lock().messages.publish(text, trace, Instant::now());
        self.changed.notify_waiters();
    }

    /// Waits for a message that is due.
    pub(crate) async fn take(self: &Arc<Self>) -> Taken {
        loop {
            // Made before looking, so that no change between looking and waiting is missed.
            let changed = self.changed.notified();
            let next_due = match self.lock().messages.take(Instant::now()) {
                Ok(taking) => return self.taken(taking),
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
        let state = self.lock();
        Depth {
            dead: state.dead.len() as u64,
            ..state.messages.depth(Instant::now())
        }
    }

    pub(crate) fn dead_letters(&self) -> Vec<Remains> {
        self.lock().dead.all()
    }

    pub(crate) fn redrive(&self, letter: DeadLetterId) -> Redriven {
        let Some(remains) = self.lock().dead.take_out(letter) else {
            return Redriven::NotThere;
        };
        self.publish(remains.text.into(), remains.trace);
        Redriven::Done
    }

    fn taken(self: &Arc<Self>, taking: Taking) -> Taken {
        Taken {
            text: Arc::clone(&taking.text),
            attempt: taking.attempt,
            trace: taking.trace.clone(),
            hold: delivery::Hold::InProcess(Hold {
                stream: Arc::clone(self),
                taking,
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hold {
    pub(crate) fn answer(&self, answer: Answer) {
        let (text, now) = (&self.taking.text, Instant::now());
        let mut state = self.stream.lock();
        match answer {
            Answer::Ack => state.messages.ack(text, now),
            Answer::Retry => state
                .messages
                .retry(text, now + pause_after(self.taking.attempt)),
            Answer::HandBack => state.messages.hand_back(text, now),
            Answer::GiveUp { reason } => {
                state.dead.put(&self.taking, reason);
                state.messages.ack(text, now);
            }
        }
        drop(state);
        self.stream.changed.notify_waiters();
    }
}
