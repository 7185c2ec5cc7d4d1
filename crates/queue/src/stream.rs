use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::messages::{Messages, Taken};

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// Messages a stream holds: some ten megabytes.
const CAPACITY: usize = 65_536;

/// The messages of one kind, as text, which is also what makes two of them equal.
pub(crate) struct Stream {
    messages: Mutex<Messages>,
    changed: Notify,
}

#[derive(Clone, Copy)]
pub(crate) enum Answer {
    Ack,
    Retry,
}

impl Default for Stream {
    fn default() -> Self {
        Self {
            messages: Mutex::new(Messages::new(CAPACITY)),
            changed: Notify::new(),
        }
    }
}

impl Stream {
    pub(crate) fn publish(&self, text: Arc<str>) {
        self.lock().publish(text);
        self.changed.notify_waiters();
    }

    /// Waits for a message that is due.
    pub(crate) async fn take(&self) -> Taken {
        loop {
            // Made before looking, so that no change between looking and waiting is missed.
            let changed = self.changed.notified();
            let next_due = match self.lock().take(Instant::now()) {
                Ok(taken) => return taken,
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

    pub(crate) fn answer(&self, taken: &Taken, answer: Answer) {
        match answer {
            Answer::Ack => self.lock().ack(&taken.text),
            Answer::Retry => {
                let due = Instant::now() + pause(taken.attempt);
                self.lock().retry(&taken.text, due);
            }
        }
        self.changed.notify_waiters();
    }

    fn lock(&self) -> MutexGuard<'_, Messages> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Pause before the delivery after number `attempt`.
fn pause(attempt: u32) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    (FIRST_PAUSE * 2_u32.pow(doublings)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes() {
        let pauses: Vec<_> = [1, 2, 3, 9, 10, 1000].map(|n| pause(n).as_secs()).into();
        assert_eq!(pauses, [1, 2, 4, 256, 300, 300]);
    }
}
