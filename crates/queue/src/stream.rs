use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// Messages a stream holds: some ten megabytes.
const CAPACITY: usize = 65_536;

/// The messages of one kind, as text, which is also what makes two of them equal.
pub(crate) struct Stream {
    messages: Mutex<Messages>,
    changed: Notify,
}

/// A message handed out, for which an answer is owed.
pub(crate) struct Taken {
    pub(crate) text: Arc<str>,
    pub(crate) attempt: u32,
}

#[derive(Clone, Copy)]
pub(crate) enum Answer {
    Ack,
    Retry,
}

impl Default for Stream {
    fn default() -> Self {
        Self::with_capacity(CAPACITY)
    }
}

impl Stream {
    fn with_capacity(capacity: usize) -> Self {
        Self {
            messages: Mutex::new(Messages::new(capacity)),
            changed: Notify::new(),
        }
    }

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

struct Messages {
    capacity: usize,
    entries: HashMap<Arc<str>, Entry>,
    /// Due now, longest waiting first.
    ready: VecDeque<Arc<str>>,
    /// Due later, soonest first.
    paused: BinaryHeap<Reverse<(Instant, Arc<str>)>>,
}

struct Entry {
    /// Deliveries so far.
    attempts: u32,
    place: Place,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In `ready` or `paused`.
    Waiting,
    InFlight,
    /// In flight, and published again since.
    InFlightAndWanted,
}

impl Messages {
    fn new(capacity: usize) -> Self {
        Self {
            capacity,
            entries: HashMap::new(),
            ready: VecDeque::new(),
            paused: BinaryHeap::new(),
        }
    }

    fn publish(&mut self, text: Arc<str>) {
        if let Some(entry) = self.entries.get_mut(&text) {
            if entry.place == Place::InFlight {
                entry.place = Place::InFlightAndWanted;
            }
            return;
        }
        if self.entries.len() >= self.capacity && !self.lose_oldest() {
            return;
        }
        self.entries.insert(Arc::clone(&text), Entry::waiting());
        self.ready.push_back(text);
    }

    /// Makes room; false where everything is in flight or paused.
    fn lose_oldest(&mut self) -> bool {
        let oldest = self.ready.pop_front();
        oldest.is_some_and(|text| self.entries.remove(&text).is_some())
    }

    /// A message that is due, else the time when the next one will be.
    fn take(&mut self, now: Instant) -> Result<Taken, Option<Instant>> {
        while let Some(Reverse((due, text))) = self.paused.pop() {
            if due > now {
                self.paused.push(Reverse((due, text)));
                break;
            }
            self.ready.push_back(text);
        }
        while let Some(text) = self.ready.pop_front() {
            if let Some(entry) = self.entries.get_mut(&text) {
                entry.attempts += 1;
                entry.place = Place::InFlight;
                let attempt = entry.attempts;
                return Ok(Taken { text, attempt });
            }
        }
        Err(self.paused.peek().map(|Reverse((due, _))| *due))
    }

    fn ack(&mut self, text: &Arc<str>) {
        let done = self.entries.remove(text);
        if done.is_some_and(|entry| entry.place == Place::InFlightAndWanted) {
            self.publish(Arc::clone(text));
        }
    }

    fn retry(&mut self, text: &Arc<str>, due: Instant) {
        if let Some(entry) = self.entries.get_mut(text) {
            entry.place = Place::Waiting;
            self.paused.push(Reverse((due, Arc::clone(text))));
        }
    }
}

impl Entry {
    const fn waiting() -> Self {
        Self {
            attempts: 0,
            place: Place::Waiting,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take_all(stream: &Stream) -> Vec<String> {
        let mut messages = stream.lock();
        std::iter::from_fn(|| messages.take(Instant::now()).ok())
            .map(|taken| taken.text.to_string())
            .collect()
    }

    #[test]
    fn a_full_stream_loses_the_message_that_waited_longest() {
        let stream = Stream::with_capacity(2);
        for text in ["a", "b", "c"] {
            stream.publish(text.into());
        }
        assert_eq!(take_all(&stream), ["b", "c"]);
    }

    #[test]
    fn a_stream_full_of_messages_in_flight_takes_no_more() {
        let stream = Stream::with_capacity(1);
        stream.publish("a".into());
        assert_eq!(take_all(&stream), ["a"]);
        stream.publish("b".into());
        assert!(take_all(&stream).is_empty());
    }

    #[test]
    fn pauses_double_up_to_five_minutes() {
        let pauses: Vec<_> = [1, 2, 3, 9, 10, 1000].map(|n| pause(n).as_secs()).into();
        assert_eq!(pauses, [1, 2, 4, 256, 300, 300]);
    }
}
