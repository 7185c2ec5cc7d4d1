use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::EncoderError;

/// One single-thread pool a processor core.
///
/// candle splits every operation over the rayon pool it is called from, which keeps two cores only
/// 1.6 times as busy as one. A forward pass within a lane stays on that lane's thread, so whole
/// parts of a batch run side by side instead.
#[derive(Debug)]
pub(crate) struct Lanes {
    pools: Vec<ThreadPool>,
}

impl Lanes {
    pub(crate) fn one_per_core() -> Result<Self, EncoderError> {
        let n_lanes = thread::available_parallelism().map_or(1, usize::from);
        let lane = |number| {
            ThreadPoolBuilder::new()
                .num_threads(1)
                .thread_name(move |_| format!("encoder-{number}"))
                .build()
        };
        let pools = (0..n_lanes).map(lane).collect::<Result<_, _>>()?;
        Ok(Self { pools })
    }

    pub(crate) fn len(&self) -> usize {
        self.pools.len()
    }

    /// Runs `work` on every item; the results keep the order of the items.
    ///
    /// # Errors
    /// The first one in that order; items not begun when one fails are left out.
    pub(crate) fn map<T: Sync, R: Send>(
        &self,
        items: &[T],
        work: impl Fn(&T) -> Result<R, EncoderError> + Sync,
    ) -> Result<Vec<R>, EncoderError> {
        let next = AtomicUsize::new(0);
        let (sender, results) = mpsc::channel();
        let lane = |sender: mpsc::Sender<(usize, Result<R, EncoderError>)>| {
            while let Some((index, item)) = take(items, &next) {
                let result = work(item);
                if result.is_err() {
                    next.store(items.len(), Ordering::Relaxed);
                }
                // The receiver outlives the lanes.
                let _ = sender.send((index, result));
            }
        };
        thread::scope(|scope| {
            for pool in self.pools.iter().take(items.len()) {
                let (lane, sender) = (&lane, sender.clone());
                scope.spawn(move || pool.install(|| lane(sender)));
            }
        });
        drop(sender);
        let mut results: Vec<_> = results.into_iter().collect();
        results.sort_by_key(|(index, _)| *index);
        results.into_iter().map(|(_, result)| result).collect()
    }
}

fn take<'a, T>(items: &'a [T], next: &AtomicUsize) -> Option<(usize, &'a T)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    Some((index, items.get(index)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_order_and_the_first_error() -> Result<(), EncoderError> {
        let lanes = Lanes::one_per_core()?;
        let numbers: Vec<u64> = (0..100).collect();
        let squares = lanes.map(&numbers, |n| Ok(n * n))?;
        assert_eq!(squares[99], 99 * 99);
        assert!(squares.is_sorted());

        let fails = |n: &u64| match n {
            7.. => Err(EncoderError::Config(n.to_string())),
            _ => Ok(()),
        };
        let error = lanes.map(&numbers, fails).expect_err("7 fails").to_string();
        assert!(error.contains('7'), "{error}");
        assert!(lanes.map(&[] as &[u64], |_| Ok(()))?.is_empty());
        Ok(())
    }
}
