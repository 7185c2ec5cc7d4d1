use std::time::{Duration, Instant};

/// How long something was at work, where several pieces of work may overlap.
#[derive(Debug, Default)]
pub(crate) struct Busy {
    total: Duration,
    until: Option<Instant>,
}

impl Busy {
    /// Adds a piece of work; they come in the order in which they began.
    pub(crate) fn add(&mut self, began: Instant, ended: Instant) {
        let from = self.until.map_or(began, |until| until.max(began));
        self.total += ended.saturating_duration_since(from);
        self.until = Some(from.max(ended));
    }

    pub(crate) fn total(&self) -> Duration {
        self.total
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_at_which_two_overlap_counts_once() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut busy = Busy::default();
        for (began, ended) in [(0, 4), (1, 3), (3, 6), (10, 12), (12, 13)] {
            busy.add(at(began), at(ended));
        }
        assert_eq!(busy.total(), Duration::from_secs(6 + 3));
    }
}
