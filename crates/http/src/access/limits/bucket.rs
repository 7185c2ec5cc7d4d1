use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::sync::Cache;
use tokio::time::Instant;

/// More clients than a hospital has; beyond that the oldest are forgotten.
const MAX_BUCKETS: u64 = 100_000;

/// How fast a bucket of tokens fills, and how many it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// For one token.
    interval: Duration,
    n_tokens: u32,
}

impl Rate {
    /// A minute's tokens at once.
    pub fn per_minute(n_tokens: NonZeroU32) -> Self {
        Self {
            interval: Duration::from_secs(60) / n_tokens.get(),
            n_tokens: n_tokens.get(),
        }
    }

    /// Ten seconds' tokens at once, for a page asks for much when it opens.
    pub fn per_second(n_tokens: NonZeroU32) -> Self {
        Self {
            interval: Duration::from_secs(1) / n_tokens.get(),
            n_tokens: n_tokens.get().saturating_mul(10),
        }
    }

    fn fills_in(self) -> Duration {
        self.interval * self.n_tokens
    }
}

/// Token buckets, one a key, in the form of the generic cell rate algorithm (ITU-T I.371): of each
/// is kept when it will be full again. One that is full is forgotten.
pub(super) struct Buckets<K> {
    rate: Rate,
    full_at: Cache<K, Arc<Mutex<Instant>>>,
}

impl<K: Hash + Eq + Send + Sync + 'static> Buckets<K> {
    pub(super) fn new(rate: Rate) -> Self {
        let full_at = Cache::builder()
            .max_capacity(MAX_BUCKETS)
            .time_to_idle(rate.fills_in())
            .build();
        Self { rate, full_at }
    }

    /// Takes a token; where there is none, how long until there is.
    pub(super) fn take(&self, key: K, now: Instant) -> Result<(), Duration> {
        let bucket = self.full_at.get_with(key, || Arc::new(Mutex::new(now)));
        let mut full_at = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let later = (*full_at).max(now) + self.rate.interval;
        match self.too_full(later, now) {
            Some(wait) => Err(wait),
            None => {
                *full_at = later;
                Ok(())
            }
        }
    }

    /// How long until there is a token, where there is none.
    pub(super) fn wait(&self, key: &K, now: Instant) -> Option<Duration> {
        let bucket = self.full_at.get(key)?;
        let full_at = *bucket.lock().unwrap_or_else(PoisonError::into_inner);
        self.too_full(full_at.max(now) + self.rate.interval, now)
    }

    fn too_full(&self, full_at: Instant, now: Instant) -> Option<Duration> {
        let wait = full_at.saturating_duration_since(now + self.rate.fills_in());
        (!wait.is_zero()).then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(n_tokens: u32) -> Rate {
        Rate::per_minute(NonZeroU32::new(n_tokens).expect("not zero"))
    }

    #[test]
    fn a_bucket_is_emptied_at_once_and_fills_evenly() {
        let buckets = Buckets::new(rate(6));
        let now = Instant::now();
        for _ in 0..6 {
            assert_eq!(buckets.wait(&"a", now), None);
            assert_eq!(buckets.take("a", now), Ok(()));
        }
        let wait = Duration::from_secs(10);
        assert_eq!(buckets.wait(&"a", now), Some(wait));
        for _ in 0..3 {
            assert_eq!(buckets.take("a", now), Err(wait), "refusals cost nothing");
        }
        assert_eq!(buckets.take("b", now), Ok(()), "another one's bucket");
        let later = now + wait;
        assert_eq!(buckets.take("a", later), Ok(()));
        assert_eq!(buckets.take("a", later), Err(wait));
        let much_later = now + Duration::from_secs(3600);
        for _ in 0..6 {
            assert_eq!(buckets.take("a", much_later), Ok(()));
        }
        assert_eq!(
            buckets.take("a", much_later),
            Err(wait),
            "no more than full"
        );
    }

    #[test]
    fn no_more_buckets_are_kept_than_there_is_room_for() {
        let buckets = Buckets::new(rate(6));
        let now = Instant::now();
        for key in 0..MAX_BUCKETS + 20_000 {
            assert_eq!(buckets.take(key, now), Ok(()));
        }
        buckets.full_at.run_pending_tasks();
        assert!(buckets.full_at.entry_count() <= MAX_BUCKETS);
    }
}
