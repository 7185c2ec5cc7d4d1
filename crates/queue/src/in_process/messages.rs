use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::sync::Arc;

use telemetry::TraceContext;
use tokio::time::Instant;

use crate::depth::Depth;

/// The messages of a lane and where each of them stands.
pub(crate) struct Messages {
    capacity: usize,
    entries: HashMap<Arc<str>, Entry>,
    /// Due now, longest waiting first, with since when.
    ready: VecDeque<(Instant, Arc<str>)>,
    /// Due later, soonest first.
    paused: BinaryHeap<Reverse<(Instant, Arc<str>)>>,
    /// Messages lost because there was no room.
    n_lost: u64,
}

/// A message as it is handed out.
pub(crate) struct Taking {
    pub(crate) text: Arc<str>,
    /// Deliveries so far, this one included.
    pub(crate) attempt: u32,
    pub(crate) trace: Option<TraceContext>,
}

struct Entry {
    /// Deliveries so far.
    attempts: u32,
    place: Place,
    /// That of whoever published it first.
    trace: Option<TraceContext>,
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
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            entries: HashMap::new(),
            ready: VecDeque::new(),
            paused: BinaryHeap::new(),
            n_lost: 0,
        }
    }

    pub(crate) fn publish(&mut self, text: Arc<str>, trace: Option<TraceContext>, now: Instant) {
        if let Some(entry) = self.entries.get_mut(&text) {
            if entry.place == Place::InFlight {
                entry.place = Place::InFlightAndWanted;
            }
            return;
        }
        if self.entries.len() >= self.capacity {
            self.n_lost += 1;
            if !self.lose_oldest() {
                return;
            }
        }
        self.entries
            .insert(Arc::clone(&text), Entry::waiting(trace));
        self.ready.push_back((now, text));
    }

    /// Makes room; false where everything is in flight or paused.
    fn lose_oldest(&mut self) -> bool {
        let oldest = self.ready.pop_front();
        oldest.is_some_and(|(_, text)| self.entries.remove(&text).is_some())
    }

    /// A message that is due, else the time when the next one will be.
    pub(crate) fn take(&mut self, now: Instant) -> Result<Taking, Option<Instant>> {
        while let Some(Reverse((due, text))) = self.paused.pop() {
            if due > now {
                self.paused.push(Reverse((due, text)));
                break;
            }
            self.ready.push_back((due, text));
        }
        while let Some((_, text)) = self.ready.pop_front() {
            if let Some(entry) = self.entries.get_mut(&text) {
                entry.attempts += 1;
                entry.place = Place::InFlight;
                return Ok(Taking {
                    text,
                    attempt: entry.attempts,
                    trace: entry.trace.clone(),
                });
            }
        }
        Err(self.paused.peek().map(|Reverse((due, _))| *due))
    }

    pub(crate) fn ack(&mut self, text: &Arc<str>, now: Instant) {
        let done = self.entries.remove(text);
        if let Some(entry) = done.filter(|entry| entry.place == Place::InFlightAndWanted) {
            self.publish(Arc::clone(text), entry.trace, now);
        }
    }

    pub(crate) fn retry(&mut self, text: &Arc<str>, due: Instant) {
        if let Some(entry) = self.entries.get_mut(text) {
            entry.place = Place::Waiting;
            self.paused.push(Reverse((due, Arc::clone(text))));
        }
    }

    pub(crate) fn hand_back(&mut self, text: &Arc<str>, now: Instant) {
        if let Some(entry) = self.entries.get_mut(text) {
            entry.place = Place::Waiting;
            entry.attempts -= 1;
            self.ready.push_back((now, Arc::clone(text)));
        }
    }

    /// Whether a message is due that nobody has.
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        let paused = self.paused.peek();
        !self.ready.is_empty() || paused.is_some_and(|Reverse((due, _))| *due <= now)
    }

    /// All but the dead letters, which lie elsewhere.
    pub(crate) fn depth(&self, now: Instant) -> Depth {
        let waiting = self.ready.len() + self.paused.len();
        let ready = self.ready.front().map(|(since, _)| *since);
        let paused = self.paused.peek().map(|Reverse((due, _))| *due);
        let oldest = ready.into_iter().chain(paused).min();
        Depth {
            waiting: waiting as u64,
            in_flight: (self.entries.len() - waiting) as u64,
            dead: 0,
            lost: self.n_lost,
            lag: oldest.map_or_else(Default::default, |since| {
                now.saturating_duration_since(since)
            }),
        }
    }
}

impl Entry {
    const fn waiting(trace: Option<TraceContext>) -> Self {
        Self {
            attempts: 0,
            place: Place::Waiting,
            trace,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take_all(messages: &mut Messages) -> Vec<String> {
        std::iter::from_fn(|| messages.take(Instant::now()).ok())
            .map(|taking| taking.text.to_string())
            .collect()
    }

    #[test]
    fn a_full_stream_loses_the_message_that_waited_longest() {
        let mut messages = Messages::new(2);
        for text in ["a", "b", "c"] {
            messages.publish(text.into(), None, Instant::now());
        }
        assert_eq!(messages.depth(Instant::now()).lost, 1);
        assert_eq!(take_all(&mut messages), ["b", "c"]);
    }

    #[test]
    fn a_stream_full_of_messages_in_flight_takes_no_more() {
        let mut messages = Messages::new(1);
        messages.publish("a".into(), None, Instant::now());
        assert_eq!(take_all(&mut messages), ["a"]);
        messages.publish("b".into(), None, Instant::now());
        assert_eq!(messages.depth(Instant::now()).lost, 1);
        assert!(take_all(&mut messages).is_empty());
    }
}
