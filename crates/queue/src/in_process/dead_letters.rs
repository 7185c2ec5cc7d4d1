use std::collections::VecDeque;

use chrono::Utc;

use super::messages::Taking;
use crate::DEAD_LETTERS;
use crate::dead_letter::{DeadLetterId, Remains};

/// The dead letters of a stream, oldest first.
#[derive(Default)]
pub(crate) struct DeadLetters {
    letters: VecDeque<Remains>,
    /// How many there ever were: tells those of one millisecond apart.
    n_ever: u64,
}

impl DeadLetters {
    pub(crate) fn put(&mut self, taking: &Taking, reason: String) {
        if self.letters.len() >= DEAD_LETTERS {
            self.letters.pop_front();
        }
        let id = DeadLetterId {
            ms: u64::try_from(Utc::now().timestamp_millis()).unwrap_or(0),
            number: self.n_ever,
        };
        self.n_ever += 1;
        self.letters.push_back(Remains {
            id,
            text: taking.text.to_string(),
            reason,
            attempts: taking.attempt,
            trace: taking.trace.clone(),
        });
    }

    pub(crate) fn take_out(&mut self, id: DeadLetterId) -> Option<Remains> {
        let place = self.letters.iter().position(|letter| letter.id == id)?;
        self.letters.remove(place)
    }

    pub(crate) fn all(&self) -> Vec<Remains> {
        self.letters.iter().cloned().collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.letters.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_makes_room() {
        let mut letters = DeadLetters::default();
        for n in 0..=DEAD_LETTERS {
            let taking = Taking {
                text: n.to_string().into(),
                attempt: 1,
                trace: None,
            };
            letters.put(&taking, String::new());
        }
        assert_eq!(letters.len(), DEAD_LETTERS);
        let all = letters.all();
        assert_eq!(all[0].text, "1");
        let first = all[0].id;
        assert!(letters.take_out(first).is_some());
        assert!(letters.take_out(first).is_none());
    }
}
