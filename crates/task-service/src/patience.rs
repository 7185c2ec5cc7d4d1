use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use flow::Sha256Digest;
use tokio::time::Instant;

/// Least time that a service which failed is left alone.
const LEAST: Duration = Duration::from_secs(5);
/// Of the time that the failure took: so a service that hangs takes a fifth of a worker's time at most.
const TIMES: u32 = 4;

/// Which services failed a moment ago, by their task's hash.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    until: Mutex<HashMap<Sha256Digest, Instant>>,
}

impl Patience {
    /// For how much longer a service is left alone.
    pub(crate) fn left(&self, task: Sha256Digest) -> Option<Duration> {
        let until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        let left = until.get(&task)?.checked_duration_since(Instant::now())?;
        (!left.is_zero()).then_some(left)
    }

    pub(crate) fn failed(&self, task: Sha256Digest, after: Duration) {
        let pause = LEAST.max(after * TIMES);
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.insert(task, Instant::now() + pause);
    }

    pub(crate) fn answered(&self, task: Sha256Digest) {
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.remove(&task);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_hangs_is_left_alone_for_longer_than_what_fails_at_once() {
        let patience = Patience::default();
        let (quick, slow) = (Sha256Digest::of(b"quick"), Sha256Digest::of(b"slow"));
        assert_eq!(patience.left(quick), None);
        patience.failed(quick, Duration::from_millis(3));
        patience.failed(slow, Duration::from_secs(60));
        tokio::time::advance(LEAST).await;
        assert_eq!(patience.left(quick), None);
        assert_eq!(patience.left(slow), Some(Duration::from_secs(235)));
        patience.answered(slow);
        assert_eq!(patience.left(slow), None);
    }
}
