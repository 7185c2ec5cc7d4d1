use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

/// What changes of a file when somebody writes to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) n_bytes: u64,
    pub(super) modified: SystemTime,
}

/// Tells the files that are still being written from those that are whole.
pub(super) struct Settling {
    settle: Duration,
    files: HashMap<PathBuf, Sighting>,
}

struct Sighting {
    stamp: Stamp,
    since: Instant,
    is_taken: bool,
}

impl Settling {
    /// A file is whole once it was the same for `settle`.
    pub(super) fn new(settle: Duration) -> Self {
        Self {
            settle,
            files: HashMap::new(),
        }
    }

    /// Compares the folder with how it was before; the files that are whole and not yet taken.
    pub(super) fn look(
        &mut self,
        listing: impl IntoIterator<Item = (PathBuf, Stamp)>,
        now: Instant,
    ) -> Vec<PathBuf> {
        let before = std::mem::take(&mut self.files);
        let sighting = |(path, stamp): (PathBuf, Stamp)| {
            let same = before.get(&path).filter(|seen| seen.stamp == stamp);
            let seen = Sighting {
                stamp,
                since: same.map_or(now, |seen| seen.since),
                is_taken: same.is_some_and(|seen| seen.is_taken),
            };
            (path, seen)
        };
        self.files = listing.into_iter().map(sighting).collect();
        let is_whole = |seen: &Sighting| {
            !seen.is_taken && now.saturating_duration_since(seen.since) >= self.settle
        };
        let whole = self.files.iter().filter(|(_, seen)| is_whole(seen));
        let mut paths: Vec<PathBuf> = whole.map(|(path, _)| path.clone()).collect();
        paths.sort();
        paths
    }

    /// The file is not offered again, unless it changes.
    pub(super) fn taken(&mut self, path: &PathBuf) {
        if let Some(seen) = self.files.get_mut(path) {
            seen.is_taken = true;
        }
    }

    /// The file is offered again after another quiet time.
    pub(super) fn disturbed(&mut self, path: &PathBuf, now: Instant) {
        if let Some(seen) = self.files.get_mut(path) {
            seen.since = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SETTLE: Duration = Duration::from_secs(5);

    fn stamp(n_bytes: u64) -> Stamp {
        Stamp {
            n_bytes,
            modified: SystemTime::UNIX_EPOCH,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn a_file_is_offered_only_after_a_quiet_time(
            looks in proptest::collection::vec((0_u64..3, 0_u64..4, any::<bool>()), 1..60),
        ) {
            let mut settling = Settling::new(SETTLE);
            let path = PathBuf::from("slide.svs");
            let mut now = Instant::now();
            let (mut size, mut quiet_since, mut taken) = (0, None, false);
            for (grown, seconds, is_there) in looks {
                now += Duration::from_secs(seconds);
                if grown > 0 {
                    size += grown;
                    quiet_since = None;
                    taken = false;
                }
                let offered = if is_there {
                    let since = *quiet_since.get_or_insert(now);
                    let offered = settling.look([(path.clone(), stamp(size))], now);
                    prop_assert_eq!(!offered.is_empty(), !taken && now - since >= SETTLE);
                    offered
                } else {
                    quiet_since = None;
                    taken = false;
                    settling.look([], now)
                };
                for path in offered {
                    settling.taken(&path);
                    taken = true;
                }
            }
        }
    }

    #[test]
    fn a_disturbed_file_has_to_be_quiet_again() {
        let mut settling = Settling::new(SETTLE);
        let path = PathBuf::from("slide.svs");
        let start = Instant::now();
        let listing = || [(path.clone(), stamp(9))];
        assert!(settling.look(listing(), start).is_empty());
        assert_eq!(
            settling.look(listing(), start + SETTLE),
            std::slice::from_ref(&path)
        );
        settling.disturbed(&path, start + SETTLE);
        assert!(
            settling
                .look(listing(), start + SETTLE + SETTLE / 2)
                .is_empty()
        );
        assert_eq!(
            settling.look(listing(), start + 2 * SETTLE),
            std::slice::from_ref(&path)
        );
    }
}
